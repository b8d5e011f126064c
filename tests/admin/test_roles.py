"""Which pages open to whom? Every kind of data for every role, by its own address."""

import pytest

from domain.model.master import Area, Category, Holiday, Opd, SlaRule
from domain.model.people import Account, ApiClient
from domain.words import StaffRole
from tests.admin.desk import PanelDesk

MASTER = {"opd": Opd, "area": Area, "category": Category, "sla-rule": SlaRule, "holiday": Holiday}
KEPT_BY_ADMIN = {"account": Account, "api-client": ApiClient}
CREATED = [*MASTER, "account"]
EDITED = [*CREATED, "api-client"]
REMOVED = ["sla-rule", "holiday", "api-client"]


def expected(role: StaffRole, identity: str, act: str) -> int:
    """What a role's request for a page is answered with."""
    if identity in KEPT_BY_ADMIN and role is not StaffRole.ADMIN:
        return 403
    if act in ("list", "details"):
        return 200
    may_edit = role in (StaffRole.OFFICE, StaffRole.ADMIN)
    offered = identity in {"remove": REMOVED, "create": CREATED}.get(act, EDITED)
    return 200 if may_edit and offered else 403


@pytest.mark.parametrize("role", list(StaffRole))
async def test_pages_of_master_data_and_accounts(panel: PanelDesk, role: StaffRole) -> None:
    visitor = await panel.visitor(role, "DPUPR" if role is StaffRole.OFFICER else None)
    async with panel.database.write() as session:
        session.add(ApiClient(name="Portal", key_hash=b"x", scopes=["read"]))
    keys = {}
    for identity, model in (MASTER | KEPT_BY_ADMIN).items():
        async with panel.database.sessions() as session:
            keys[identity] = (await session.scalars(model.__table__.select().limit(1))).first()
    found, wanted = {}, {}
    for identity, key in keys.items():
        for act in ("list", "details", "create", "edit", "remove"):
            path = f"/{identity}/{act}" + ("" if act in ("list", "create") else f"/{key}")
            found[path] = (await visitor.get(path)).status_code
            wanted[path] = expected(role, identity, act)
            if act in ("create", "edit", "remove") and wanted[path] != 200:
                found[f"POST {path}"] = (await visitor.post(path, name="X")).status_code
                wanted[f"POST {path}"] = 403
    assert found == wanted


@pytest.mark.parametrize("role", list(StaffRole))
async def test_the_menu_offers_what_opens(panel: PanelDesk, role: StaffRole) -> None:
    visitor = await panel.visitor(role, "DPUPR" if role is StaffRole.OFFICER else None)
    page = (await visitor.get("/")).text
    for identity in ("complaint", *MASTER, *KEPT_BY_ADMIN):
        offered = f'href="/admin/{identity}/list"' in page
        assert offered is ((await visitor.get(f"/{identity}/list")).status_code == 200), identity
    buttons = (await visitor.get("/opd/list")).text
    assert ("/admin/opd/create" in buttons) is (role in (StaffRole.OFFICE, StaffRole.ADMIN))


@pytest.mark.parametrize("identity", ["complaint", *MASTER, *KEPT_BY_ADMIN, "tidakada"])
async def test_malformed_addresses_are_not_found(panel: PanelDesk, identity: str) -> None:
    visitor = await panel.visitor(StaffRole.ADMIN)
    unknown = "01890000-0000-7000-8000-000000000000"
    for key in ("abc", "1", unknown, "%00", "CLG-0000-0000-0", "%F0%9F%98%80", "..%2f..", "a" * 500):
        answer = await visitor.get(f"/{identity}/details/{key}")
        assert answer.status_code == 404, key
        assert "Halaman tidak ditemukan" in answer.text
    for act in ("edit", "remove"):
        for key in ("abc", unknown, "%00"):
            answer = await visitor.get(f"/{identity}/{act}/{key}")
            assert answer.status_code in (403, 404), (act, key)


async def test_malformed_lists_are_no_faults(panel: PanelDesk) -> None:
    visitor = await panel.visitor(StaffRole.OFFICE)
    for query, status in {
        "page=abc": 400,
        "page=-5": 200,
        "page=99999999999999999999": 200,
        "pageSize=0": 400,
        "pageSize=100000": 200,
        "sortBy=access_token_hash": 400,
        "sortBy=due_at&sort=x": 200,
        "search=%00%25_": 200,
        "search=" + "a" * 3000: 200,
        "status=RUSAK&opd=%00&category='&channel=1&overdue=mungkin": 200,
    }.items():
        answer = await visitor.get(f"/complaint/list?{query}")
        assert answer.status_code == status, query
    assert (await visitor.get("/holiday/list?year=%C2%B2000")).status_code == 200


async def test_what_the_library_offers_besides_is_not_there(panel: PanelDesk) -> None:
    visitor = await panel.visitor(StaffRole.ADMIN)
    key = await panel.key(Opd, code="DPUPR")
    for method, path in (
        ("DELETE", f"/opd/delete?pks={key}"),
        ("GET", "/opd/export/csv"),
        ("POST", "/opd/import"),
        ("GET", "/opd/ajax/lookup?name=x&term=y"),
        ("GET", f"/account/{key}/password_hash/download/"),
    ):
        assert (await visitor.http.request(method, f"/admin{path}")).status_code == 404, path
