"""How a row is added, changed and removed: one transaction, and nothing typed is lost when it fails."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

from sqlalchemy.exc import IntegrityError
from starlette.exceptions import HTTPException

from admin import constraints, forms
from admin.desk import Desk
from admin.forms import Control, Field, Problem, Stale, Typed, Values, digest
from admin.views import View
from domain import recalculation
from domain.errors import Refusal
from domain.recalculation import Outcome

SEEN_FIELD = "seen"
"""The digest of the values that the form was opened with."""
SHOWN_FIELD = "shown"
"""The mark of the changes of deadlines that were shown."""


class Removal(NamedTuple):
    """How taking a row away is worded; some rows are only marked, and stay."""

    verb: str
    question: str
    done: str


class Act(NamedTuple):
    """Something else that is done with a row, in words; what it gives is a secret that is shown once."""

    verb: str
    question: str
    carry_out: Callable[[Desk, Any, Typed], Awaitable[str | None]]
    done: str = ""
    fields: Sequence[Field] = ()
    secret: str = ""
    """What the secret is called."""
    secret_note: str = ""


class EditableView(View):
    """A kind of data that is also written."""

    can_create = True
    can_edit = True

    removal: ClassVar[Removal | None] = None
    acts: ClassVar[Mapping[str, Act]] = {}
    questions: ClassVar[Sequence[Field]] = ()
    """The form's questions, where they are always the same."""

    async def fields(self, desk: Desk, row: Any | None) -> Sequence[Field]:  # noqa: ARG002
        """The form's questions; `row` is None for a new one."""
        return self.questions

    async def values(self, desk: Desk, row: Any) -> Values:
        """A row's values as its form writes them."""
        raise NotImplementedError

    async def add(self, desk: Desk, typed: Typed) -> Any:
        """The new row, flushed. Raises refusals and problems."""
        raise NotImplementedError

    async def change(self, desk: Desk, row: Any, typed: Typed) -> None:
        """Changes a locked row. Raises refusals and problems."""
        raise NotImplementedError

    async def kept_because(self, desk: Desk, row: Any) -> str | None:  # noqa: ARG002
        """Why a row cannot be removed."""
        return None

    async def remove(self, desk: Desk, row: Any) -> None:
        await desk.session.delete(row)

    moves_deadlines: ClassVar[bool] = False
    """Deadlines follow from its rows: what a change does to them is shown before it is done."""

    def cause(self, row: Any, done: str) -> str:
        """Why deadlines were worked out anew, in the record of it."""
        return f"{self.name} {done}: {self.title_of(row)}"


class Unconfirmed(Problem):
    """Not saved yet: deadlines would change, which the officer has not been shown, or not like this."""

    status_code = 200

    def __init__(self, outcome: Outcome, *, again: bool) -> None:
        super().__init__("")
        self.outcome = outcome
        self.again = again
        """Something else was shown before."""


class Form(NamedTuple):
    """A form as it is drawn."""

    fields: Sequence[Field]
    values: Mapping[str, str]
    seen: str
    problem: Problem | None = None

    def error(self, name: str) -> str | None:
        return self.problem.message if self.problem and self.problem.field == name else None

    @property
    def unconfirmed(self) -> Unconfirmed | None:
        return self.problem if isinstance(self.problem, Unconfirmed) else None

    @property
    def error_above(self) -> str | None:
        """What is wrong, unless it stands beside a field of this form."""
        if self.problem is None or any(field.name == self.problem.field for field in self.fields):
            return None
        return self.problem.message

    def now(self, field: Field) -> str | None:
        """What the row holds by now, where that differs from what was typed."""
        if not isinstance(self.problem, Stale) or field.control is Control.FIXED:
            return None
        stored = self.problem.now.get(field.name)
        typed = self.values.get(field.name, "")
        return None if stored is None or stored == typed else field.shown(stored)


def typed_values(fields: Sequence[Field], posted: Mapping[str, str]) -> Values:
    """What was typed into these fields; line ends as text has them, not as browsers send them."""
    return {field.name: posted.get(field.name, "").replace("\r\n", "\n") for field in fields}


async def open_form(view: EditableView, desk: Desk, key: str | None) -> Form:
    """The form as it is first seen; for a new row a page's address may fill some fields in."""
    if key is None:
        fields = await view.fields(desk, None)
        return Form(fields, {f.name: desk.request.query_params.get(f.name, "") for f in fields}, "")
    found = await row(view, desk, key)
    values = await view.values(desk, found)
    return Form(await view.fields(desk, found), values, digest(values))


async def save(view: EditableView, desk: Desk, key: str | None, posted: Mapping[str, str]) -> Any:
    """The saved row. Raises Problem for anything that the officer can put right."""
    try:
        if view.moves_deadlines and posted.get(SHOWN_FIELD):
            await recalculation.hold_rules(desk.session)
        if key is None:
            added = await view.add(desk, Typed(typed_values(await view.fields(desk, None), posted)))
            await _settle_deadlines(view, desk, added, "ditambah", posted)
            return added
        found = await row(view, desk, key, lock=True)
        values = await view.values(desk, found)
        if digest(values) != posted.get(SEEN_FIELD):
            raise Stale(values)
        await view.change(desk, found, Typed(typed_values(await view.fields(desk, found), posted)))
        await desk.session.flush()
        await _settle_deadlines(view, desk, found, "diubah", posted)
    except Refusal as refusal:
        raise forms.problem_of(refusal) from refusal
    except IntegrityError as error:
        raise constraints.problem_of(error) from error
    return found


async def _settle_deadlines(
    view: EditableView, desk: Desk, row: Any, done: str, posted: Mapping[str, str]
) -> None:
    """Works out anew the deadlines that follow from a row. Raises Unconfirmed where that was not shown."""
    if not view.moves_deadlines:
        return
    shown = posted.get(SHOWN_FIELD)
    cause = view.cause(row, done)
    outcome = await recalculation.recalculate_as_shown(desk.session, desk.actor, cause, shown)
    if outcome is not None:
        raise Unconfirmed(outcome, again=bool(shown))


async def remove(view: EditableView, desk: Desk, key: str, posted: Mapping[str, str]) -> None:
    """Removes a row. Raises Problem where it has to stay."""
    if view.moves_deadlines and posted.get(SHOWN_FIELD):
        await recalculation.hold_rules(desk.session)
    found = await row(view, desk, key, lock=True)
    reason = await view.kept_because(desk, found)
    if reason:
        raise Problem(reason)
    try:
        await view.remove(desk, found)
        await desk.session.flush()
        await _settle_deadlines(view, desk, found, "dihapus", posted)
    except Refusal as refusal:
        raise forms.problem_of(refusal) from refusal
    except IntegrityError as error:
        raise constraints.problem_of(error) from error


async def row(view: EditableView, desk: Desk, key: str, *, lock: bool = False) -> Any:
    """The row that an address names, locked until the transaction ends where it will be changed."""
    statement = view.find(key)
    found = await desk.session.scalar(statement.with_for_update() if lock else statement)
    if found is None:
        raise HTTPException(404)
    return found


def redrawn(form: Form, posted: Mapping[str, str], problem: Problem) -> Form:
    """The form again, with what was typed. A password is typed anew."""
    typed = typed_values(form.fields, posted)
    for field in form.fields:
        if field.control is Control.PASSWORD:
            typed[field.name] = ""
        elif field.control is Control.FIXED:
            typed[field.name] = form.values.get(field.name, "")
    return Form(form.fields, typed, posted.get(SEEN_FIELD, ""), problem)
