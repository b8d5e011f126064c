"""What is asked of the product and its peers, and when are two answers the same?"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bench.vocabulary import SEARCHES

PEERS: dict[str, str] = {
    "product": "Aduan Cilegon",
    "handwritten": "SQL by hand",
    "postgraphile": "PostGraphile",
    "orm": "Strawberry, ORM",
}
Variables = list[dict[str, Any] | None]

_ACTIONS = "actions(first: 3{0}) {{ nodes {{ kind body createdAt }} }}"
_LIST = "{{ complaints{0} {{ nodes {{ trackingCode title status submittedAt opd {{ code name }} {1} }} }} }}"
_DETAIL = """query ($code: String!) {{ complaint{0} {{
 trackingCode externalTrackingId channel classification title body privacy status submittedAt verifiedAt
 dispatchedAt firstRespondedAt answeredAt completedAt updatedAt version latitude longitude address
 supporterCount reopenedCount rating category {{ code name }} area {{ code name kind }} opd {{ code name
 shortName }} deadlines{1} {{ {2} }}
 dispositions{1} {{ nodes {{ opdName startedAt endedAt outcome opd {{ code }} }} }}
 actions{3} {{ nodes {{ kind visibility body fromStatus toStatus createdAt opd {{ code }}
                        attachments{3} {{ {4} }} }} }}
 attachments{3} {{ {4} }} }} }}"""
_CLOCK = "clock dueAt pausedAt rule { workingDays legalSource }"
_FILE = "fileName contentType size"
_DEEP = """{{ opds{0} {{ nodes {{ code name complaints{1} {{ nodes {{ trackingCode title status submittedAt
 {2} }} }} }} }} }}"""
_SEARCH = """query ($words: String!) { complaints(first: 20, filter: {search: $words}) {
 nodes { trackingCode title status submittedAt opd { code name } } pageInfo { hasNextPage endCursor } } }"""
_DASHBOARD = """{ statistics(period: {from: "2023-01-01", until: "2023-12-31"}) {
 total notFollowedUp inProgress completed followedUp byStatus { status count }
 byOpd { opd { code name } total notFollowedUp inProgress completed } byChannel { channel count }
 byMonth { month total completed } } }"""
_VIEWER = "{ viewer { kind } }"

_EARLIEST = ", orderBy: [CREATED_AT_ASC, ROW_ID_ASC]"
_LATEST = ", orderBy: [SUBMITTED_AT_DESC, ROW_ID_DESC]"


def _nodes(fields: str) -> str:
    return f"nodes {{ {fields} }}"


_OURS = {
    "list": _LIST.format("(first: 20)", _ACTIONS.format("")),
    "detail": _DETAIL.format("(trackingCode: $code)", "", _CLOCK, "", _FILE),
    "search": _SEARCH,
    "dashboard": _DASHBOARD,
    "deep": _DEEP.format("(first: 20)", "(first: 5)", _ACTIONS.format("")),
    "trivial": _VIEWER,
}
# The same questions in PostGraphile's names; the order of a list has to be said.
_POSTGRAPHILE = {
    "list": _LIST.format(f": allComplaints(first: 20{_LATEST})", _ACTIONS.format(_EARLIEST)),
    "detail": _DETAIL.format(
        ": complaintByTrackingCode(trackingCode: $code)",
        "(first: 20, orderBy: [STARTED_AT_ASC, ROW_ID_ASC])",
        _nodes(_CLOCK),
        f"(first: 20{_EARLIEST})",
        _nodes(_FILE),
    ),
    "deep": _DEEP.format(
        ": allOpds(first: 20, orderBy: [CODE_ASC])", f"(first: 5{_LATEST})", _ACTIONS.format(_EARLIEST)
    ),
    "trivial": _VIEWER,
}


@dataclass(frozen=True)
class Work:
    """One comparison: what is asked, in each one's own words."""

    name: str
    title: str
    variables: Callable[[list[str]], Variables]
    """From some complaints' codes; the requests take their turns."""
    bodies: dict[str, str | None]
    """Each peer's query; none for SQL by hand, whose endpoint bears the work's name."""
    own: frozenset[str]
    """What each may answer in its own way."""

    def path(self, peer: str) -> str:
        return f"/{self.name}" if peer == "handwritten" else "/graphql"

    def requests(self, peer: str, codes: list[str]) -> list[dict[str, Any]]:
        """What is sent, one after the other."""
        asked = self.bodies[peer]
        found = []
        for values in self.variables(codes):
            body = {} if asked is None else {"query": " ".join(asked.split())}
            found.append(body if values is None else body | {"variables": values})
        return found

    def normal(self, value: Any) -> Any:
        """An answer in the form in which all agree: lists without their pages, moments as moments."""
        match value:
            case {"nodes": nodes, **rest} if not rest:
                return self.normal(nodes)
            case dict():
                own = self.own | {"extensions"}
                return {key: self.normal(part) for key, part in value.items() if key not in own}
            case list():
                return [self.normal(part) for part in value]
            case str() if re.match(r"\d{4}-\d\d-\d\dT", value):
                return datetime.fromisoformat(value).astimezone(UTC)
        return value


def _work(
    name: str,
    title: str,
    peers: Iterable[str],
    variables: Callable[[list[str]], Variables] = lambda _codes: [None],
    own: Iterable[str] = (),
) -> Work:
    queries = {"product": _OURS[name], "orm": _OURS[name], "postgraphile": _POSTGRAPHILE.get(name)}
    return Work(name, title, variables, {peer: queries.get(peer) for peer in peers}, frozenset(own))


WORKS: dict[str, Work] = {
    work.name: work
    for work in (
        _work("list", "A list: 20 complaints, their OPD, 3 actions each", PEERS),
        _work(
            "detail",
            "One complaint with everything, by its code",
            PEERS,
            lambda codes: [{"code": code} for code in codes],
        ),
        _work(
            "search",
            "A page of a search: the 20 most relevant",
            ("product", "handwritten"),
            lambda _codes: [{"words": words} for words in SEARCHES],
            ("endCursor",),
        ),
        _work(
            "dashboard",
            "A dashboard: the figures of 2023 by status, OPD, channel and month",
            ("product", "handwritten"),
        ),
        _work("deep", "A deep query: 20 OPDs, 5 complaints each, 3 actions each", PEERS),
        _work("trivial", "A trivial query: who asks", PEERS),
    )
}
