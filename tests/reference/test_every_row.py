"""Does every viewer see every row as the rules have it? All rows, with all that depends on who looks."""

import pytest

from tests.reference.operations import Run
from tests.reference.sides import Both, Sides

SHOWN = """trackingCode status statusLabel(locale: EN) allowedTransitions opd { code }
  mergedInto { trackingCode } reporter { name email phone } attachments { fileName }"""
SWEEPS = {
    "complaints": f"{{ complaints(first: 100) {{ totalCount nodes {{ id {SHOWN} }} }} }}",
    "what is said of them": """{ complaints(first: 100, orderBy: {field: DUE_AT, direction: ASC}) {
      nodes { actions(first: 20) { nodes { id visibility body authorName createdAt } } } } }""",
    "who holds them, until when": """{ complaints(first: 100, orderBy: {field: UPDATED_AT, direction: ASC}) {
      nodes { dispositions(first: 9) { nodes { opdName instruction reason outcome suggestedOpd { code } } }
        deadlines { clock state dueAt workingDaysLeft pausedAt rule { workingDays } } } } }""",
    "statistics": """{ statistics(period: {from: "2015-01-01", until: "2035-01-01"}) {
      total notFollowedUp inProgress completed followedUp followUpRate completionRate overdue onTimeRate
      medianFirstResponseDays meanFirstResponseDays medianResolutionDays meanRating
      byStatus { status count } byChannel { channel count } byMonth { month total completed }
      byCategory { category { code } total completed } byOpd { opd { code } total notFollowedUp inProgress
        completed overdue meanFirstResponseDays onTimeRate meanRating } } }""",
    "opds": """{ opds(first: 50) { nodes { code active parent { code } successor { code }
      complaints(first: 40) { nodes { trackingCode } } } } }""",
    "inbox": "{ viewer { kind permissions inbox(first: 100) { totalCount nodes { trackingCode } } } }",
    "two searches": """{ opd(code: "DPUPR") {
      a: complaints(filter: {search: "jalan rusak"}) { nodes { trackingCode } }
      b: complaints(filter: {search: "sekolah"}) { nodes { trackingCode } } } }""",
}


async def _ask(both: Both, text: str, viewer: str, **variables: object) -> None:
    found = await both.difference(text, Run(viewer, variables))
    assert found is None, f"as {viewer}, {variables}: {found}"


@pytest.mark.parametrize("sweep", SWEEPS)
async def test_everybody_sees_what_they_may(sides: Sides, sweep: str) -> None:
    async with sides.opened() as both:
        for viewer in sides.viewers:
            await _ask(both, SWEEPS[sweep], viewer)


async def test_every_event_is_heard_by_whom_it_is_for(sides: Sides) -> None:
    text = """query ($after: String) { events(first: 100, after: $after) {
      pageInfo { hasNextPage endCursor } nodes { id type fromStatus toStatus trackingCode occurredAt cursor
      opd { code } complaint { trackingCode } } } }"""
    async with sides.opened() as both:
        for name, viewer in sides.viewers.items():
            after, more = None, True
            while more:
                await _ask(both, text, name, after=after)
                page = (await both.product.answer(text, {"after": after}, viewer)).data
                after, more = _rest(page["events"]["pageInfo"]) if page else (None, False)


def _rest(info: dict[str, str]) -> tuple[str, bool]:
    return info["endCursor"], bool(info["hasNextPage"])


@pytest.mark.parametrize("viewer", ["public", "officer of DPUPR", "auditor", "client"])
async def test_each_code_opens_what_it_may_with_its_token_and_without(sides: Sides, viewer: str) -> None:
    text = f"""query ($code: String!, $token: String) {{
      complaint(trackingCode: $code, accessToken: $token) {{
        {SHOWN} actions(first: 20) {{ nodes {{ visibility body authorName }} }} }} }}"""
    async with sides.opened() as both:
        for code in sides.world.by_code:
            for token in (None, sides.tokens.get(code), "ack_salah"):
                await _ask(both, text, viewer, code=code, token=token)


@pytest.mark.parametrize("viewer", ["public", "officer of DLH", "office", "client"])
async def test_each_identifier_opens_what_it_may(sides: Sides, viewer: str) -> None:
    text = """query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Action { body authorName }
      ... on Disposition { instruction } ... on Complaint { title } ... on ComplaintEvent { type } } }"""
    async with sides.opened() as both:
        for kind, rows in sides.world.rows.items():
            keys = sorted(rows)
            for start in range(0, len(keys), 100):
                await _ask(both, text, viewer, ids=[f"{kind}:{key}" for key in keys[start : start + 100]])
