"""Likely duplicates: complaints whose words, and where given whose place, are near to a new one's."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.expression import ColumnElement, FromClause

from domain import policy
from domain.model import complaint as model
from domain.search_sql import distance_meters, lies_about, matches, relevance, within_circle, word_query
from domain.search_words import words_of
from domain.words import ComplaintStatus
from schema.declaring import described
from schema.finding.stretches import Stretch, end_of_time, stretched
from schema.plan.fields import by, column, derived, one
from schema.plan.refusal import invalid
from schema.plan.scope import Scope
from schema.plan.sql import number
from schema.types.complaint import Complaint

SHOWN = 5
SHOWN_MOST = 20
NEIGHBOURHOOD_METERS = 2_000
"""Two reports of one pothole that both have a position lie no farther apart."""
WALK_METERS = 300
"""At this distance a complaint's score has lost about two thirds of what the place can give."""
CANDIDATES = 200
"""The newest that share a word, or a likely spelling of it: from them the most alike are chosen."""
SCORE_LEAST = 0.1
NUMBER: Any = sa.Double()


def _number(text: str) -> ColumnElement[Any]:
    return sa.literal_column(text, NUMBER)


def _size(value: int | None) -> int:
    if value is not None and not 1 <= value <= SHOWN_MOST:
        raise invalid("first", f"1..{SHOWN_MOST}, not {value}.")
    return SHOWN if value is None else value


def _degrees(name: str, most: int) -> Any:
    def check(value: float) -> float:
        if not -most <= value <= most:
            raise invalid(name, f"-{most}..{most}, not {value:g}.")
        return value

    return check


def _words(values: Any) -> list[str]:
    """The new report's words; half a place is refused at each run, after whoever may not ask at all."""
    if (values.get("latitude") is None) != (values.get("longitude") is None):
        raise invalid("longitude", "latitude and longitude, or neither.")
    return words_of(f"{values['title']} {values.get('body') or ''}")


def similar(s: Scope) -> FromClause:
    """The most alike first: by their words, then by how near they lie."""
    title = s.bind("title", type_=sa.Text(), convert=lambda text: text[:200].replace("\0", " "))
    words = s.bind(type_=sa.ARRAY(sa.Text()), convert=_words)
    query = s.once("words", lambda: word_query(words, every=False))
    placed = s.values.get("latitude") is not None and s.values.get("longitude") is not None
    here: Any = placed and (
        s.bind("latitude", type_=NUMBER, convert=_degrees("latitude", 90)),
        s.bind("longitude", type_=NUMBER, convert=_degrees("longitude", 180)),
    )

    def fresh() -> FromClause:
        return model.Complaint.__table__.alias(s.draft.name("t"))

    def alike(stretch: Stretch | None) -> FromClause:
        row = fresh()
        gone = (policy.constant(ComplaintStatus.ARCHIVED), policy.constant(ComplaintStatus.MERGED))
        where = [policy.lists_complaint(s.viewer, row), row.c.status.not_in(gone), matches(row, query)]
        if placed:
            circle = within_circle(row, here[0], here[1], _number(f"{NEIGHBOURHOOD_METERS}.0"))
            where.append(sa.or_(row.c.latitude.is_(None), circle))
        if stretch is not None:
            where.append(lies_about(row, *stretch))
        return sa.select(*row.c).where(*where).offset(number(0)).subquery(s.draft.name("t"))

    def newest(select: Any, row: FromClause, most: int | None) -> Any:
        return select.order_by(row.c.submitted_at.desc(), row.c.id.desc()).limit(number(most or 0))

    last = end_of_time(fresh(), last=True)
    found = stretched(s.draft.name, alike, last, descending=True, cut=newest, most=CANDIDATES)
    found = newest(sa.select(*found.c), found, CANDIDATES).subquery(s.draft.name("t"))
    likeness = sa.func.similarity(found.c.title, title) * _number("0.6") + sa.func.least(
        relevance(found, query), _number("1.0")
    ) * _number("0.4")
    metres: ColumnElement[Any] = distance_meters(found, *here) if placed else sa.cast(sa.null(), NUMBER)
    candidates = sa.select(
        found.c.id, sa.cast(likeness, NUMBER).label("likeness"), metres.label("distance_meters")
    ).subquery(s.draft.name("t"))
    score: ColumnElement[Any] = candidates.c.likeness
    if placed:
        # Beyond the neighbourhood nothing is left, and its exponential would be too small for a number.
        walk = sa.func.least(candidates.c.distance_meters, _number(f"{NEIGHBOURHOOD_METERS}.0"))
        closeness = sa.func.exp(-walk / _number(f"{WALK_METERS}.0"))
        score = score * (
            _number("0.6")
            + _number("0.4")
            * sa.case((candidates.c.distance_meters.is_(None), _number("0.25")), else_=closeness)
        )
    scored = sa.select(candidates.c.id, candidates.c.distance_meters, score.label("score")).subquery(
        s.draft.name("t")
    )
    return (
        sa.select(scored)
        .where(scored.c.score >= _number(str(SCORE_LEAST)))
        .order_by(scored.c.score.desc(), scored.c.id)
        .limit(s.bind("first", type_=sa.Integer(), convert=_size))
        .subquery(s.draft.name("t"))
    )


@described
class SimilarComplaint:
    """A complaint that may be about the same."""

    complaint: Complaint = one("The complaint.", by("id"))
    score: float = column("How alike they are, 0 to 1.")
    distance_meters: float | None = column(
        "How far apart they are, in metres; null where either has no position."
    )


def similar_complaints(description: str) -> Any:
    """The list of a text's likely duplicates."""
    return derived(
        description,
        similar,
        order=lambda row: (row.c.score.desc(), row.c.id),
        arguments={
            "title": (str, "The new report's title."),
            "body": (str | None, "Its text."),
            "latitude": (float | None, "Its latitude in degrees, WGS 84; with longitude."),
            "longitude": (float | None, "Its longitude in degrees, WGS 84; with latitude."),
            "first": (int | None, f"How many at most: 1 to {SHOWN_MOST}; {SHOWN} if absent."),
        },
    )
