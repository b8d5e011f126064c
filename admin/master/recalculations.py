"""What officers read of the recalculations of deadlines: why, by whom, and what they changed."""

from typing import Any, ClassVar

from admin import wording
from admin.views import View
from domain.model.master import Recalculation


def _author(row: Recalculation, *_: object) -> str:
    return row.author_name or "Operator server"


class RecalculationView(View, model=Recalculation):
    """The recalculations, newest first; nobody writes them by hand."""

    identity = "recalculation"
    name = "Perhitungan ulang"
    name_plural = "Perhitungan ulang tenggat"
    noun = "perhitungan ulang"
    icon = "fa-solid fa-clock-rotate-left"
    menu_group = "Data induk"
    about = "Kapan tenggat yang berjalan dihitung ulang, oleh siapa, dan karena perubahan apa."
    search_label = "Cari penyebab"

    column_list = (
        "happened_at",
        "cause",
        "changed",
        "newly_overdue",
        "no_longer_overdue",
        "author_name",
    )
    column_details_list = column_list
    column_labels: ClassVar[dict[Any, str]] = {
        "happened_at": "Waktu",
        "cause": "Penyebab",
        "changed": "Tenggat berubah",
        "newly_overdue": "Jadi terlambat",
        "no_longer_overdue": "Tidak lagi terlambat",
        "author_name": "Oleh",
    }
    column_formatters: ClassVar[dict[Any, Any]] = {"author_name": _author}
    column_formatters_detail: ClassVar[dict[Any, Any]] = column_formatters
    column_searchable_list = ("cause",)
    column_sortable_list = ("happened_at", "changed")
    column_default_sort = ("happened_at", True)

    def title_of(self, row: Recalculation) -> str:
        return f"Perhitungan ulang {wording.moment(row.happened_at)}"
