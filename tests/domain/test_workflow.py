"""The workflow's table against the one that the city agreed on, row by row."""

import itertools

import pytest

from domain.words import ComplaintEventType, ComplaintStatus, Transition
from domain.workflow import STEPS, Party, allowed

AGREED = """
VERIFY   | SUBMITTED ON_HOLD                                        | VERIFIED    | OFFICE
HOLD     | SUBMITTED VERIFIED DISPATCHED IN_PROGRESS                | ON_HOLD     | OFFICE HOLDER
DISPATCH | VERIFIED DISPATCHED IN_PROGRESS                          | DISPATCHED  | OFFICE
RETURN   | DISPATCHED IN_PROGRESS                                   | VERIFIED    | HOLDER
START    | DISPATCHED                                               | IN_PROGRESS | HOLDER
ANSWER   | DISPATCHED IN_PROGRESS                                   | ANSWERED    | HOLDER
COMPLETE | IN_PROGRESS ANSWERED                                     | COMPLETED   | HOLDER OFFICE CLOCK
REOPEN   | ANSWERED COMPLETED                                       | IN_PROGRESS | REPORTER OFFICE
TRANSFER | SUBMITTED VERIFIED                                       | TRANSFERRED | OFFICE
ARCHIVE  | SUBMITTED ON_HOLD VERIFIED                               | ARCHIVED    | OFFICE
MERGE    | SUBMITTED ON_HOLD VERIFIED DISPATCHED IN_PROGRESS ANSWERED | MERGED    | OFFICE
"""
ROWS = {
    Transition(name.strip()): (
        {ComplaintStatus(word) for word in sources.split()},
        ComplaintStatus(target.strip()),
        {Party(word) for word in who.split()},
    )
    for name, sources, target, who in (line.split("|") for line in AGREED.strip().splitlines())
}


def test_the_agreed_table_names_every_transition() -> None:
    assert set(ROWS) == set(Transition) == set(STEPS)


@pytest.mark.parametrize("transition", Transition)
def test_a_transition_leads_where_it_was_agreed(transition: Transition) -> None:
    step = STEPS[transition]
    sources, target, parties = ROWS[transition]
    assert step.sources == sources
    assert step.target is target
    assert step.parties == parties


@pytest.mark.parametrize(("status", "party"), list(itertools.product(ComplaintStatus, Party)))
def test_each_party_may_do_from_each_status_what_was_agreed(status: ComplaintStatus, party: Party) -> None:
    agreed = [t for t, (sources, _, who) in ROWS.items() if status in sources and party in who]
    assert allowed(status, [party]) == agreed


def test_capacities_add_up() -> None:
    both = allowed(ComplaintStatus.IN_PROGRESS, [Party.OFFICE, Party.HOLDER])
    assert both == ["HOLD", "DISPATCH", "RETURN", "ANSWER", "COMPLETE", "MERGE"]


def test_every_transition_has_an_event_of_its_own() -> None:
    events = [step.event for step in STEPS.values()]
    assert len(set(events)) == len(events)
    assert set(ComplaintEventType) - set(events) == {"SUBMITTED", "REPLIED", "ACTION_ADDED", "RATED"}
