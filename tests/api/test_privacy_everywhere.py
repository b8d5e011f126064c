"""Is a confidential report, and who reported an anonymous one, hidden everywhere at once?

Three reports lie beside each other: an ordinary one (p), an anonymous one (a), a confidential one (c). Each
way to ask is asked by each viewer. What is seen of a report is its small letter, and its capital one where
the answer names who reported it. A root field, a followed field or a page of the panel that has no row fails.
"""

import re
from datetime import UTC, datetime
from typing import Any

import httpx
import sqlalchemy as sa

from admin.signing import COOKIE
from api.database import Database
from domain import sessions
from domain.calendar import local_day
from domain.model.people import Account
from domain.words import ClientScope, SessionKind, StaffRole
from schema.schema import core_schema
from tests.attachments import uploaded
from tests.following import message, socket, subscribe
from tests.service import Service
from tests.steps import done

VIEWERS = ("public", "stranger", "own", "other", "former", "holder", "office", "admin", "auditor", "client")
STAFF = VIEWERS[3:9]
PLACE = {"latitude": -6.0123, "longitude": 106.0456, "areaCode": "36.72.02.1004"}
REPORTS = {
    "p": {"title": "Lampu terbukaan padam", "reporterName": "Nama Terbukawati"},
    "a": {"title": "Lampu samaran padam", "reporterName": "Nama Samarwati", "privacy": "ANONYMOUS"},
    "c": {"title": "Lampu rahasiaan padam", "reporterName": "Nama Rahasiawati", "privacy": "CONFIDENTIAL"},
}
MINE = "trackingCode title attachments { fileName url } reporter { name } actions { nodes { body } }"
# What is asked, and what each viewer then sees: the public, somebody with another's token, the confidential
# one's reporter, another OPD, the one that had them, the one that has them, Diskominfo ...
SEEN = ("pa", "pa", "pa", "pa", "pac", "PaC", "PAC", "PAC", "PAC", "pa")
ASKED: dict[str, tuple[str, tuple[str, ...]]] = {
    "complaint": (
        (
            f"{{ x: complaint(trackingCode: $p, accessToken: $t) {{ {MINE} }}"
            f" y: complaint(trackingCode: $a, accessToken: $t) {{ {MINE} }}"
            f" z: complaint(trackingCode: $c, accessToken: $t) {{ {MINE} }} }}"
        ),
        ("pa", "Pa", "paC", *SEEN[3:]),
    ),
    "complaints": (f"{{ complaints {{ totalCount nodes {{ {MINE} }} }} }}", SEEN),
    "complaints by words": (
        f'{{ complaints(filter: {{search: "lampu padam"}}) {{ totalCount nodes {{ {MINE} }} }} }}',
        SEEN,
    ),
    "complaints nearby": (
        (
            "{ complaints(filter: {near: {latitude: -6.0123, longitude: 106.0456, radiusMeters: 200}})"
            f" {{ totalCount nodes {{ {MINE} }} }} }}"
        ),
        SEEN,
    ),
    "node": (
        f"{{ node(id: $i) {{ ... on Complaint {{ {MINE} }} }} }}",
        tuple("".join(each for each in seen if each in "cC") for seen in SEEN),
    ),
    "nodes": (f"{{ nodes(ids: $all) {{ ... on Complaint {{ {MINE} }} }} }}", SEEN),
    "similarComplaints": (
        f'{{ similarComplaints(title: "Lampu rahasiaan padam", first: 10) {{ complaint {{ {MINE} }} }} }}',
        SEEN,
    ),
    "opd": (f'{{ opd(code: "DPUPR") {{ complaints {{ totalCount nodes {{ {MINE} }} }} }} }}', SEEN),
    "opds": (
        "{ opds(first: 40) { nodes { complaints(first: 3) { nodes { trackingCode reporter { name } } } } } }",
        SEEN,
    ),
    "viewer": (
        f"{{ viewer {{ inbox {{ totalCount nodes {{ {MINE} }} }} }} }}",
        ("", "", "", "", "", "PaC", "", "", "", ""),
    ),
    "events": (
        f"{{ events(first: 100) {{ nodes {{ trackingCode complaint {{ {MINE} }} }} }} }}",
        SEEN,
    ),
    "statistics": (
        '{ statistics(period: {from: "2020-01-01", until: "2099-12-31"}) { byOpd { opd { code } total } } }',
        ("",) * len(VIEWERS),
    ),
    "categories": ("{ categories { code name } }", ("",) * len(VIEWERS)),
    "areas": ("{ areas { code name } }", ("",) * len(VIEWERS)),
    "slaRules": ("{ slaRules { clock } }", ("",) * len(VIEWERS)),
    "holidays": ("{ holidays(year: 2026) { name } }", ("",) * len(VIEWERS)),
}
TOLD = f"type trackingCode complaint {{ {MINE} }}"
FOLLOWED = {
    "complaintEvents": f"subscription ($t: String) {{ complaintEvents(after: $t) {{ {TOLD} }} }}",
    "complaintStatusChanged": "subscription ($c: String!, $k: String, $t: String) {"
    f" complaintStatusChanged(trackingCode: $c, accessToken: $k, after: $t) {{ {TOLD} }} }}",
}
# Pages of the panel, for: another OPD, the former, the holder, Diskominfo, the administrator, the auditor.
PAGES = {
    "": ("", "", "pac", "", "", ""),
    "complaint/list": ("pa", "pac", "pac", "pac", "pac", "pac"),
    "complaint/list?search=lampu": ("pa", "pac", "pac", "pac", "pac", "pac"),
    "complaint/details": ("pa", "pac", "PaC", "PaC", "PaC", "PaC"),
    "audit-entry/list": ("", "", "", "", "codes", "codes"),
}
COUNTS = """query ($from: Date!, $until: Date!) {
  whole: statistics(period: {from: $from, until: $until}) {
    total byOpd { total } byCategory { total } byChannel { count } overdue }
  part: statistics(period: {from: $from, until: $until}, filter: {opd: ["DPUPR"]}) { total }
  opd(code: "DPUPR") { statistics(period: {from: $from, until: $until}) { total } }
}"""


def arguments(document: str) -> str:
    """The document with the variables that it uses."""
    types = {"p": "String!", "a": "String!", "c": "String!", "t": "String", "i": "ID!", "all": "[ID!]!"}
    used = [f"${name}: {type_}" for name, type_ in types.items() if re.search(rf"\${name}\b", document)]
    return f"query ({', '.join(used)}) {document}" if used else f"query {document}"


class World:
    """The reports, the viewers, and how to tell what an answer shows."""

    def __init__(self, service: Service, made: dict[str, Any], tokens: dict[str, str | None]) -> None:
        self.service, self.made, self.tokens = service, made, tokens
        self.marks = {
            name: (report["trackingCode"], REPORTS[name]["title"].split()[1], f"berkas-{name}", report["id"])
            for name, report in made.items()
        }
        self.values = {
            **{name: report["trackingCode"] for name, report in made.items()},
            "i": made["c"]["id"],
            "all": [report["id"] for report in made.values()],
        }

    def shown_token(self, viewer: str) -> str | None:
        """The access token that a viewer shows: a stranger has that of the ordinary report."""
        shown: dict[str, str] = {"stranger": self.made["p"], "own": self.made["c"]}.get(viewer, {})
        return shown.get("accessToken")

    def seen(self, answer: str) -> str:
        """The letters of what an answer shows."""
        signs = ""
        for name, marks in self.marks.items():
            if any(mark in answer for mark in marks):
                signs += name.upper() if REPORTS[name]["reporterName"] in answer else name
            else:
                assert REPORTS[name]["reporterName"] not in answer
        return signs

    async def asked(self, viewer: str, document: str) -> str:
        """The answer as it came, without what was asked."""
        values = self.values | {"t": self.shown_token(viewer)}
        used = {name: value for name, value in values.items() if re.search(rf"\${name}\b", document)}
        token = self.tokens[viewer]
        answer = await self.service.http.post(
            "/graphql",
            json={"query": arguments(document), "variables": used},
            headers={"authorization": f"Bearer {token}"} if token else {},
        )
        assert answer.status_code == 200, (answer.status_code, answer.text)
        assert "errors" not in answer.json(), answer.text
        return answer.text

    async def followed(self, viewer: str, field: str, cursor: str, last: str) -> str:
        """All that a follower gets up to the last event, or the refusal."""
        async with socket(self.service.socket_url, self.tokens[viewer]) as follower:
            values: dict[str, Any] = {"t": cursor}
            if field == "complaintStatusChanged":
                values |= {"c": self.made["c"]["trackingCode"], "k": self.shown_token(viewer)}
            await subscribe(follower, FOLLOWED[field], **values)
            got = ""
            while True:
                told = str(await message(follower))
                got += told
                ended = "DISPATCHED" if field == "complaintStatusChanged" else last
                if ended in told or "NOT_FOUND" in told:
                    return got


async def a_world(service: Service) -> World:
    """The three reports, first with one OPD and then with another, and everybody who looks."""
    made: dict[str, Any] = {}
    office = await service.office()
    for name, values in REPORTS.items():
        files = [await uploaded(service, name=f"berkas-{name}.jpg")]
        made[name] = await service.dispatched("DLH", key=name, attachmentIds=files, **values, **PLACE)
        await done(service, office, "complaintDispatch", made[name]["trackingCode"], opdCode="DPUPR")
    tokens = {
        **dict.fromkeys(("public", "stranger", "own")),
        "other": await service.officer("DINKES"),
        "former": await service.officer("DLH"),
        "holder": await service.officer("DPUPR"),
        "office": office,
        "admin": await service.staff(StaffRole.ADMIN),
        "auditor": await service.staff(StaffRole.AUDITOR),
        "client": await service.client("Portal", ClientScope.READ, ClientScope.EVENTS),
    }
    return World(service, made, tokens)


async def test_every_way_to_ask(service: Service) -> None:
    world = await a_world(service)
    schema = core_schema()
    assert schema.query_type is not None
    assert schema.subscription_type is not None
    assert {name.partition(" ")[0] for name in ASKED} == set(schema.query_type.fields)
    assert set(FOLLOWED) == set(schema.subscription_type.fields)
    found: dict[str, tuple[str, ...]] = {}
    wanted = {name: seen for name, (_, seen) in ASKED.items()}
    for name, (document, _) in ASKED.items():
        found[name] = tuple([world.seen(await world.asked(viewer, document)) for viewer in VIEWERS])
    assert found == wanted

    # A count tells no more than a list.
    for viewer in VIEWERS:
        answer = await world.asked(viewer, "{ complaints { totalCount nodes { id } } }")
        number = int(re.search(r'"totalCount" : (\d+)', answer)[1])  # type: ignore[index]
        assert number == answer.count("Complaint:") == len(SEEN[VIEWERS.index(viewer)]), viewer
    # A figure tells of the confidential one only the year.
    today = local_day(datetime.now(UTC))
    year, day = today.year, today.isoformat()
    for viewer in VIEWERS:
        staff = viewer in STAFF
        for period, whole in (((f"{year}-01-01", f"{year}-12-31"), 3), ((day, day), 3 if staff else 2)):
            figures = await service.data(
                COUNTS, world.tokens[viewer], **dict(zip(("from", "until"), period, strict=True))
            )
            listed = 3 if staff else 2
            sums = [
                figures["whole"]["total"],
                *(sum(cell["total"] for cell in figures["whole"][by]) for by in ("byOpd", "byCategory")),
                sum(cell["count"] for cell in figures["whole"]["byChannel"]),
                figures["part"]["total"],
                figures["opd"]["statistics"]["total"],
            ]
            assert sums == [whole, listed, listed, listed, listed, listed], (viewer, period)

    # Followers, from the first event to one that everybody hears of.
    last = (await service.dispatched("DPUPR", key="z"))["trackingCode"]
    cursor = (await service.data("{ events(first: 1) { edges { cursor } } }", world.tokens["admin"]))[
        "events"
    ]
    start = cursor["edges"][0]["cursor"]
    got = {
        field: tuple([world.seen(await world.followed(viewer, field, start, last)) for viewer in VIEWERS])
        for field in FOLLOWED
    }
    assert got["complaintEvents"] == SEEN
    assert got["complaintStatusChanged"] == ("", "", "C", "", "c", "C", "C", "C", "C", "")

    # Addresses of files that were given to somebody who may are nobody's without their signature.
    text = await world.asked("office", "{ node(id: $i) { ... on Complaint { attachments { url } } } }")
    url = re.search(r'"url" : "([^"]+)"', text)[1]  # type: ignore[index]
    assert (await service.http.get(url)).status_code == 200
    assert (await service.http.get(url.replace("few", "public"))).status_code in (403, 404)

    await pages(service, world)


async def panel_of(service: Service, database: Database, email: str) -> httpx.AsyncClient:
    """Somebody's browser at the panel."""
    async with database.write() as session:
        account = (await session.scalars(sa.select(Account).where(Account.email == email))).one()
        begun = await sessions.begin(session, account, SessionKind.PANEL, sessions.Lengths())
    return httpx.AsyncClient(base_url=service.url, cookies={COOKIE: begun.token}, timeout=60)


async def pages(service: Service, world: World) -> None:
    """The panel, for each who signs in there: each page of the menu, and the reports' own."""
    emails = ("officer-dinkes", "officer-dlh", "officer-dpupr", "office", "admin", "auditor")
    found: dict[str, list[str]] = {}
    for column, email in enumerate(emails):
        async with await panel_of(service, service.database, f"{email}@cilegon.go.id") as browser:
            home = await browser.get("/admin/")
            assert home.status_code == 200
            menu = sorted(set(re.findall(r'href="/admin/([a-z-]+/list)"', home.text)))
            assert "complaint/list" in menu
            for page in ("", *menu, *(page for page in PAGES if "?" in page)):
                answer = await browser.get(f"/admin/{page}")
                assert answer.status_code == 200, page
                seen = world.seen(answer.text)
                if page == "audit-entry/list":
                    assert seen == seen.lower()  # which reports its newest entries are about is no matter
                    seen = "codes"
                found.setdefault(page, [""] * len(emails))[column] = seen
            for kind in ("csv", "json"):
                assert (await browser.get(f"/admin/complaint/export/{kind}")).status_code >= 400
            details = [
                await browser.get(f"/admin/complaint/details/{report['trackingCode']}")
                for report in world.made.values()
            ]
            found.setdefault("complaint/details", [""] * len(emails))[column] = world.seen(
                "".join(page.text for page in details if page.status_code == 200)
            )
    shown = {page: tuple(seen) for page, seen in found.items() if any(seen)}
    assert shown == PAGES
