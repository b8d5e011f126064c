"""What the service once said otherwise than its rules, and must not say again."""

import datetime as dt
from typing import Any

from tests.reference.sides import Sides


async def ask(sides: Sides, text: str, viewer: str = "admin") -> Any:
    async with sides.opened() as both:
        return (await both.product.answer(text, {}, sides.viewers[viewer])).data


async def test_a_report_without_a_position_is_no_hindrance_to_finding_the_like(sides: Sides) -> None:
    """LEAST ignores nulls: no position becomes the other side of the earth, where exp() underflows."""
    found = await ask(
        sides,
        '{ similarComplaints(title: "Lampu padam", latitude: -5.98, longitude: 106.02)'
        " { distanceMeters complaint { latitude } } }",
    )
    assert all(
        (one["distanceMeters"] is None) == (one["complaint"]["latitude"] is None)
        for one in found["similarComplaints"]
    )


async def test_the_parts_of_a_category_have_parts(sides: Sides) -> None:
    """A filter looks one level up; the panel lets categories nest as deep as they like."""
    whole = await ask(sides, '{ complaints(filter: {category: ["UJI-BAGIAN-2"]}) { totalCount } }')
    within = await ask(
        sides, '{ complaints(filter: {category: ["JALAN"]}, first: 100) { nodes { category { code } } } }'
    )
    assert whole["complaints"]["totalCount"] > 0
    assert "UJI-BAGIAN-2" in {node["category"]["code"] for node in within["complaints"]["nodes"]}


async def test_what_was_completed_long_ago_is_not_reopened(sides: Sides) -> None:
    """REOPEN from COMPLETED is for 10 working days."""
    found = await ask(
        sides,
        "{ complaints(first: 100, filter: {status: [COMPLETED]})"
        " { nodes { completedAt allowedTransitions } } }",
    )
    now, world = dt.datetime.now(dt.UTC), sides.world
    for node in found["complaints"]["nodes"]:
        completed = dt.datetime.fromisoformat(node["completedAt"]).date()
        if world.calendar.between(completed, now.date()) > 11:
            assert "REOPEN" not in node["allowedTransitions"]


async def test_events_of_no_complaint_are_none(sides: Sides) -> None:
    """A blank code is no code; a subscription with it is told of nothing."""
    found = await ask(sides, '{ events(filter: {trackingCode: " "}) { nodes { trackingCode } } }')
    assert found["events"]["nodes"] == []
