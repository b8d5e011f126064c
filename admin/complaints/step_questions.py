"""What do the forms of a complaint's steps ask, and what is read from the answers?"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from admin import wording
from admin.complaints import step_choices
from admin.desk import Desk
from admin.forms import Control, Field, Typed, Values, words
from domain import unmerging
from domain.model.complaint import BODY_MAX, Complaint
from domain.steps import REASON_MAX
from domain.words import ActionKind, Classification, Visibility

Asked = tuple[Sequence[Field], Values]
"""A form's questions, and what stands in them at first."""


def texts(*names: str) -> Callable[[Typed], dict[str, Any]]:
    """Answers as they were typed: the domain reads them, and names what is wrong by the same names."""

    def read(typed: Typed) -> dict[str, Any]:
        return {name: typed.raw(name) for name in names}

    return read


def asks(*fields: Field) -> Callable[[Desk, Complaint], Awaitable[Asked]]:
    """The same questions of every complaint, with nothing in them."""

    async def ask_for(_desk: Desk, _complaint: Complaint) -> Asked:
        return fields, {}

    return ask_for


def reason_field(hint: str, label: str = "Alasan") -> Field:
    return Field("reason", label, Control.AREA, hint, required=True, most=REASON_MAX)


def body_field(hint: str, label: str) -> Field:
    return Field("body", label, Control.AREA, hint, required=True, most=BODY_MAX)


async def ask_to_verify(desk: Desk, complaint: Complaint) -> Asked:
    categories, category = await step_choices.categories(desk.session, complaint)
    fields = (
        Field("classification", "Klasifikasi", Control.CHOICE, choices=words(Classification)),
        Field("category_code", "Kategori", Control.CHOICE, choices=categories),
        Field(
            "supervised",
            "Berkadar pengawasan",
            Control.CHECK,
            "Menyangkut penyimpangan oleh aparat. Tenggat penyelesaiannya lain.",
        ),
    )
    return fields, {
        "classification": complaint.classification.value,
        "category_code": category,
        "supervised": "ya" if complaint.supervised else "",
    }


def read_to_verify(typed: Typed) -> dict[str, Any]:
    return {
        "classification": typed.optional_word("classification", Classification),
        "category_code": typed.raw("category_code") or None,
        "supervised": typed.flag("supervised"),
    }


async def ask_to_dispatch(desk: Desk, complaint: Complaint) -> Asked:
    choices, chosen, why = await step_choices.receiving_opds(desk.session, complaint)
    fields = (
        Field("opd_code", "OPD", Control.CHOICE, why, required=True, choices=choices),
        Field(
            "instruction",
            "Arahan",
            Control.AREA,
            "Tidak wajib. Hanya dibaca Diskominfo dan OPD itu.",
            most=REASON_MAX,
        ),
    )
    return fields, {"opd_code": chosen}


async def ask_to_return(desk: Desk, complaint: Complaint) -> Asked:
    fields = (
        reason_field("Hanya dibaca Diskominfo dan OPD."),
        Field(
            "suggested_opd_code",
            "OPD yang disarankan",
            Control.CHOICE,
            "Tidak wajib. OPD yang menurut Anda berwenang.",
            choices=await step_choices.other_opds(desk.session, complaint),
        ),
    )
    return fields, {}


async def ask_to_act(_desk: Desk, _complaint: Complaint) -> Asked:
    readers = Field(
        "visibility",
        "Dibaca oleh",
        Control.CHOICE,
        "Catatan internal belum terhitung sebagai tindak lanjut: pelapor belum mendengarnya.",
        choices=[
            (Visibility.PUBLIC.value, "Pelapor dan publik"),
            (Visibility.INTERNAL.value, "Hanya Diskominfo dan OPD (internal)"),
        ],
    )
    return (
        body_field("Tulis tanpa nama atau nomor telepon warga.", "Apa yang dikerjakan"),
        readers,
    ), {"visibility": Visibility.PUBLIC.value}


def read_to_act(typed: Typed) -> dict[str, Any]:
    visibility = typed.word("visibility", Visibility)
    kind = ActionKind.PROGRESS if visibility is Visibility.PUBLIC else ActionKind.NOTE
    return {"body": typed.raw("body"), "visibility": visibility, "kind": kind}


async def ask_to_undo(desk: Desk, complaint: Complaint) -> Asked:
    until = await unmerging.undoable_until(desk.session, desk.actor, complaint)
    asked = (Field("until", "Dapat dibatalkan sampai", Control.FIXED),) if until else ()
    return asked, {"until": wording.moment(until)} if until else {}
