"""Does the planner answer as a plain executor does? Operations made up from the schema, asked of both.

`ADUAN_REFERENCE_OPERATIONS=50000 pytest -n auto tests/reference` asks more than a run of all tests does. A
number in a report is enough to see the difference again, on any day: `ADUAN_REFERENCE_FIRST=1234`.
"""

import os

import pytest

from tests.reference.sides import Sides

OPERATIONS = int(os.environ.get("ADUAN_REFERENCE_OPERATIONS", "2000"))
FIRST = int(os.environ.get("ADUAN_REFERENCE_FIRST", "0"))
RUNS = 2
"""How often each text is asked: by two viewers, with two sets of variables."""
CHUNK = 50
TEXTS = range(FIRST, FIRST + max(1, OPERATIONS // RUNS))


@pytest.mark.timeout(400)
@pytest.mark.parametrize(
    "chunk", [TEXTS[start : start + CHUNK] for start in range(0, len(TEXTS), CHUNK)], ids=str
)
async def test_the_planner_answers_as_the_reference_does(sides: Sides, chunk: range) -> None:
    async with sides.opened() as both:
        for number in chunk:
            if report := await both.report(both.operation(number)):
                pytest.fail(report, pytrace=False)
