"""Do subscriptions tell what the reference does? Event by event, from a cursor to the end that there is."""

import random
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from graphql import GraphQLSchema, parse

from domain.model.complaint import Complaint
from domain.secrecy import token_hash
from domain.tracking import read_code
from tests.reference import filters, rules
from tests.reference.comparison import compare
from tests.reference.executor import Answer, refer
from tests.reference.objects import Scene
from tests.reference.operations import Writer
from tests.reference.query_fields import EVENT_LIST
from tests.reference.rules import Eyes
from tests.reference.sides import Both, Sides
from tests.reference.values import Given, Values
from tests.reference.world import World
from tests.service import VAULT

EACH = 40
Position = tuple[int, int]
NEVER: Position = (2**63, 0)


def _arguments(field: str, values: Values, schema: GraphQLSchema) -> dict[str, Any]:
    """Values for a subscription's arguments: always a cursor, since without one it tells of nothing yet."""
    cursors = values.lists["Query.events"][0].cursors
    made: dict[str, Any] = {"after": values.dice.choice(cursors[:3] * 9 + cursors)}
    if field == "complaintEvents":
        return made | {"filter": values.of(schema.get_type("EventFilter"), "filter")}
    merged = [c.tracking_code for c in values.world.all("Complaint") if c.merged_into_id is not None]
    code = values.dice.choice([values.dice.choice(merged), values.dice.choice(sorted(values.tokens))])
    token = values.tokens.get(code)
    tokens = [None, token, token, "ack_salah"]
    return made | {"trackingCode": code, "accessToken": values.dice.choice(tokens)}


def _position(world: World, event: Any) -> Position:
    return world.xids[event.id], event.id


def _line(world: World, complaint: Complaint) -> dict[UUID, Position]:
    """The complaint and those that it became part of, each with the place after which it is followed."""
    line, found = {complaint.id: (0, 0)}, complaint
    while found.merged_into_id is not None:
        merges = [e for e in world.all("ComplaintEvent") if (e.complaint_id, e.type) == (found.id, "MERGED")]
        after = min((_position(world, event) for event in merges), default=NEVER)
        found = world.get("Complaint", found.merged_into_id)
        line[found.id] = after
    return line


def _expected(
    both: Both, field: str, operation: tuple[str, Any], given: dict[str, Any], name: str
) -> list[Answer]:
    """The reference's: each event after the cursor that the viewer hears of, shown by itself."""
    sides, viewer = both.sides, both.sides.viewers[name]
    world = sides.world
    if viewer.kind == "CLIENT" and "events" not in viewer.scopes:
        return [Answer(None, frozenset({(field, "FORBIDDEN")}), frozenset(), 0)]
    if given.get("accessToken") is not None:
        viewer = viewer.with_access_token(token_hash(given["accessToken"]))
    scene = Scene(Eyes(viewer, world), datetime.now(UTC), sides.cursors, sides.found, VAULT)
    followed: dict[UUID, Position] | None = None
    if "trackingCode" in given:
        complaint = world.by_code.get(read_code(given["trackingCode"]) or "")
        if complaint is None or not rules.sees_complaint(scene.eyes, complaint):
            return [Answer(None, frozenset({(field, "NOT_FOUND")}), frozenset(), 0)]
        followed = _line(world, complaint)
    start = _position(world, world.get("ComplaintEvent", int(sides.cursors.row(EVENT_LIST, given["after"]))))
    heard = [
        event
        for event in sorted(world.all("ComplaintEvent"), key=lambda event: _position(world, event))
        if _position(world, event) > start
        and (followed is None or followed.get(event.complaint_id, NEVER) < _position(world, event))
        and rules.sees_event(scene.eyes, event)
        and filters.passes(filters.EVENTS, scene, event, given)
    ]
    return [
        refer(both.product.sdl, parse(operation[0]), operation[1], replace(scene, readings=set()), event)
        for event in heard
    ]


def _fixed(type_: Any, value: Any) -> Given:
    return Given(type_, value, lambda: value)


def _of_event(answer: Answer) -> Answer:
    """Events are read, and readings of names noted, many at a time."""
    return replace(answer, statements=0, readings=frozenset())


@pytest.mark.parametrize("field", ["complaintEvents", "complaintStatusChanged"])
async def test_a_subscription_tells_what_the_reference_does(sides: Sides, field: str) -> None:
    told = 0
    async with sides.opened() as both:
        schema = both.product.schema
        assert schema.subscription_type is not None
        types = schema.subscription_type.fields[field].args
        for number in range(EACH):
            dice = random.Random(f"{field} {number}")
            values = Values(dice, sides.world, sides.tokens, sides.lists)
            given = _arguments(field, values, schema)
            shown = {key: _fixed(types[key].type, value) for key, value in given.items()}
            text, (variables, _) = Writer(schema, values).following(field, shown)
            viewer = dice.choice(sorted(sides.viewers))
            if not both.product.takes(text, variables, sides.viewers[viewer]):
                continue
            answered = await both.product.follow(text, variables, sides.viewers[viewer])
            expected = _expected(both, field, (text, variables), given, viewer)
            where = f"{number}, as {viewer}: {text} {variables}"
            assert len(answered) == len(expected), where
            for one, other in zip(expected, answered, strict=True):
                found = compare(_of_event(one), _of_event(other), sides.cursors)
                assert found is None, f"{where}\n{found}"
            assert both.product.readings == {key for one in expected for key in one.readings}, where
            told += len(answered)
    assert told > EACH
