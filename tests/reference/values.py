"""Which values do made-up arguments have? Real codes, identifiers, tokens, places and cursors."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, timedelta
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    get_nullable_type,
    is_list_type,
    is_required_argument,
    is_required_input_field,
)

from tests.reference.world import TABLES, World

SEARCHES = (
    "jalan rusak",
    "jln rsk",
    "LAMPU padam",
    "lubang depan pasar",
    "sekolah",
    "tidakadakatanya",
    "100% _aneh_ \\ ' \"",
    " ",
)
SIMILAR: tuple[dict[str, Any], ...] = (
    {"title": "Lampu padam", "latitude": -5.98, "longitude": 106.02},
    {"title": "Lampu padam"},
    {"title": "Banjir setinggi lutut", "latitude": -5.98, "longitude": 106.02},
    {"title": "banjir", "body": "Lutut basah", "latitude": -5.97, "longitude": 106.03},
    {"title": "trotoar", "body": "Trotoar kotor"},
    {"title": "tidakadakatanya"},
)
OPD_SEARCHES = ("uji", "DINAS", "kecamatan c", "%", "_", "\\", '"uji"', "ü", "ujilama", "tidak ada", " ")


UNKNOWING = ("Query.complaints", "Query.events", "Query.statistics")
"""Fields whose filters may name what there is not."""


@dataclass(frozen=True)
class KnownList:
    """A list that was read to its end: how it was asked for, and the cursors of its rows."""

    arguments: dict[str, Any]
    cursors: tuple[str, ...]


@dataclass
class Given:
    """A value for an argument, and how to get another that does as well there."""

    type: Any
    value: Any
    other: Callable[[], Any]


@dataclass
class Values:
    """Draws values for arguments by their types and names."""

    dice: random.Random
    world: World
    tokens: dict[str, str]
    lists: dict[str, list[KnownList]] = field(default_factory=dict)
    has_mistake: bool = False
    """Whether the operation has something that it is refused for: one is enough."""

    def maybe(self, chance: float) -> bool:
        return self.dice.random() < chance

    # -------------------------------------------------------------- by type

    def of(self, type_: Any, name: str) -> Any:
        """A value of an input type, which may be null where the type allows it."""
        nullable: Any = get_nullable_type(type_)
        if nullable is type_ and self.maybe(0.08):
            return None
        if is_list_type(nullable):
            most = 5 if name in ("status", "channel", "type") else 3
            return [self.of(nullable.of_type, name) for _ in range(self.dice.randint(0, most))]
        if isinstance(nullable, GraphQLInputObjectType):
            return self._object(nullable)
        if isinstance(nullable, GraphQLEnumType):
            return self.dice.choice(sorted(nullable.values))
        return self._leaf(nullable.name, name)

    def _object(self, type_: GraphQLInputObjectType) -> dict[str, Any]:
        if type_.name == "Period":
            days = [self._day(), self._day() if self.maybe(0.5) else "2030-01-01"]
            return dict(zip(("from", "until"), sorted(days), strict=True))
        optional = [name for name, part in type_.fields.items() if not is_required_input_field(part)]
        few = self.dice.sample(optional, min(len(optional), self.dice.choice([0, 1, 1, 1, 1, 2, 2, 3])))
        if type_.name == "ComplaintFilter" and self.maybe(0.2):
            few.append("search")
        made = {}
        for name, part in type_.fields.items():
            if name in few or name not in optional:
                searched = (type_.name, name) == ("OpdFilter", "search")
                made[name] = self.of(part.type, "opdSearch" if searched else name)
        return made

    def _leaf(self, type_name: str, name: str) -> Any:
        drawn: dict[str, Callable[[], Any]] = {
            "Boolean": lambda: self.maybe(0.5),
            "Int": lambda: self.dice.choice([2022, 2023, 2024, 2026, 2027]),
            "Float": lambda: self._number(name),
            "DateTime": self._moment,
            "Date": self._day,
            "ID": self._identifier,
            "String": lambda: self._text(name),
        }
        return drawn[type_name]()

    def _number(self, name: str) -> float:
        placed = [c for c in self.world.all("Complaint") if c.latitude is not None]
        match name:
            case "latitude":
                return float(self.dice.choice([-5.98, -5.97, self.dice.choice(placed).latitude]))
            case "longitude":
                return float(self.dice.choice([106.02, 106.03, self.dice.choice(placed).longitude]))
        return self.dice.choice([0.0, 900.0, 2500.5, 100_000.0])

    def _moment(self) -> str:
        """A moment at which something was submitted, or close to it, as apps of several places write it."""
        complaint = self.dice.choice(self.world.all("Complaint"))
        moment = complaint.submitted_at + timedelta(seconds=self.dice.choice([0, 0, 1, -3600]))
        text: str = moment.astimezone(UTC).isoformat()
        return self.dice.choice([text, text.replace("+00:00", "Z")])

    def _day(self) -> str:
        newest = max(c.submitted_at for c in self.world.all("Complaint")).date()
        days = [date(2015, 6, 1), newest - timedelta(days=400), newest - timedelta(days=30), newest]
        day: date = self.dice.choice([*days, newest + timedelta(days=9), newest + timedelta(days=10)])
        return (day + timedelta(days=self.dice.choice([0, 0, 1, -1]))).isoformat()

    def _identifier(self) -> str:
        kind = self.dice.choice([*TABLES, "Complaint", "Complaint", "Action", "Attachment"])
        key = self.dice.choice(list(self.world.rows[kind]))
        odd = ["", "Complaint", "Area:é", *(f"{word}:{key}" for word in ("Viewer", "complaint", "Opd"))]
        return self.dice.choice([*odd, f"{kind}:{key}x"]) if self.maybe(0.1) else f"{kind}:{key}"

    def _text(self, name: str) -> str:
        if name == "search":
            return self.dice.choice(SEARCHES)
        if name == "opdSearch":
            return self.dice.choice(OPD_SEARCHES)
        if name in ("opd", "code"):
            used = [self.world.get("Opd", c.opd_id).code for c in self.world.all("Complaint") if c.opd_id]
            found: list[str] = [*used, self.dice.choice(self.world.all("Opd")).code]
            return self.dice.choice(found if name == "opd" else [" dpupr ", "TIDAK-ADA", *found])
        if name in ("category", "area"):
            return self._place_in_a_tree(name.capitalize())
        if name == "trackingCode":
            return self._typed(self.dice.choice(self.world.all("Complaint")).tracking_code)
        raise LookupError(name)

    def _place_in_a_tree(self, kind: str) -> str:
        """A code of one that complaints have, of one above it, or of any."""
        rows = self.world.all(kind)
        used = {c.category_id if kind == "Category" else c.area_id for c in self.world.all("Complaint")}
        above = {row.parent_id for row in rows if row.id in used}
        choices = [
            rows,
            [row for row in rows if row.id in used],
            [row for row in rows if row.id in above],
        ]
        code: str = self.dice.choice(self.dice.choice(choices)).code
        return code

    def _typed(self, code: str) -> str:
        """A tracking code as people type it."""
        forms = [code, code, code.lower(), code.replace("-", ""), code[4:].replace("0", "o"), "CLG-0"]
        return self.dice.choice(forms)

    # -------------------------------------------------------------- by field

    def arguments(self, owner: str, name: str, definition: GraphQLField, most: int) -> dict[str, Given]:
        """Arguments for a field; a page has at most so many rows."""
        field_name = f"{owner}.{name}"
        if field_name == "Query.similarComplaints":
            return self._similar(definition, most)
        if field_name == "Query.complaint":
            return self._complaint(definition)
        if field_name in UNKNOWING and not self.has_mistake and self.maybe(0.02):
            self.has_mistake = True
            return self._unknown(definition)
        if "after" in definition.args:
            return self._page(field_name, definition, most)
        return {
            key: self._drawn(definition, key)
            for key, argument in definition.args.items()
            if is_required_argument(argument) or self.maybe(0.6)
        }

    def _drawn(self, definition: GraphQLField, key: str) -> Given:
        type_ = definition.args[key].type
        return Given(type_, self.of(type_, key), lambda: self.of(type_, key))

    def _chosen(self, definition: GraphQLField, key: str, choices: Sequence[Any]) -> Given:
        return Given(definition.args[key].type, self.dice.choice(choices), lambda: self.dice.choice(choices))

    def _page(self, field_name: str, definition: GraphQLField, most: int) -> dict[str, Given]:
        """A page of a list: often one between cursors that were met when the same list was read."""
        known = self.lists.get(field_name, [])
        if known and self.maybe(0.4):
            one = self.dice.choice(known)
            made = {key: self._chosen(definition, key, [value]) for key, value in one.arguments.items()}
            for key in ("after", "before"):
                if key in definition.args and one.cursors and self.maybe(0.6):
                    made[key] = self._chosen(definition, key, one.cursors)
        else:
            asked = [key for key in ("filter", "orderBy") if key in definition.args and self.maybe(0.45)]
            made = {key: self._drawn(definition, key) for key in asked}
        if most < 20 or self.maybe(0.8):  # without a size a page has 20
            size = "last" if "last" in definition.args and self.maybe(0.3) else "first"
            made[size] = self._chosen(definition, size, range(1, most + 1))
        if field_name.startswith("Query.") and not self.has_mistake and self.maybe(0.02):
            self.has_mistake = True
            made |= self._mistake(field_name, definition)
        return made

    def _mistake(self, field_name: str, definition: GraphQLField) -> dict[str, Given]:
        """What a page is refused for: no such size, two sizes, a cursor of no list or of another."""
        if self.maybe(0.6):
            lists = self.lists["Complaint.actions"] + self.lists.get(field_name, [])
            foreign = [known.cursors[0] for known in lists if known.cursors]
            return {"after": self._chosen(definition, "after", ["AAAA", *foreign])}
        return {"first": self._chosen(definition, "first", [0, 101, -1])}

    def _unknown(self, definition: GraphQLField) -> dict[str, Given]:
        """A filter that is refused: it names what there is not, if only beside what there is."""
        real = {"opd": self._text("opd"), "category": self._text("category"), "area": self._text("area")}
        filters = [{name: codes} for name, code in real.items() for codes in (["x"], [code, "TIDAK-ADA"])]
        needed = {name for name, argument in definition.args.items() if is_required_argument(argument)}
        made = {name: self._drawn(definition, name) for name in needed}
        return made | {"filter": self._chosen(definition, "filter", filters)}

    def _complaint(self, definition: GraphQLField) -> dict[str, Given]:
        """A complaint by its code: often with its own token, sometimes with another's."""
        found = self.dice.choice(self.world.all("Complaint")).tracking_code
        made = {"trackingCode": self._drawn(definition, "trackingCode")}
        made["trackingCode"].value = self._typed(found)
        tokens = [self.tokens.get(found, "ack_salah"), *self.tokens.values(), "ack_salah", None]
        if self.maybe(0.6):
            made["accessToken"] = self._chosen(definition, "accessToken", tokens)
            if self.maybe(0.7):
                made["accessToken"].value = tokens[0]
        return made

    def _similar(self, definition: GraphQLField, most: int) -> dict[str, Given]:
        text = self.dice.choice(SIMILAR)
        made = {key: self._chosen(definition, key, [value]) for key, value in text.items()}
        if self.maybe(0.5):
            made["first"] = self._chosen(definition, "first", range(1, most + 1))
        return made
