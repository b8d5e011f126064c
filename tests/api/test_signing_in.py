"""How do staff sign in to the API: how often may they try, with which password, and with which codes?"""

import asyncio
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pyotp
import sqlalchemy as sa

from domain import accounts, clients, second_factor
from domain.actor import Rates
from domain.model.people import Account, SignInAttempt, StaffSession
from domain.words import ClientScope, PasswordStanding, StaffRole
from tests.moments import clear_of
from tests.service import PASSWORD, VAULT, Service, running_service

KNOWN = "office@cilegon.go.id"
UNKNOWN = "tidak-ada@cilegon.go.id"
ANSWER = "token errors { code message field ... on ThrottledError { retryAt } }"


async def tried(
    service: Service, email: str, password: str, code: str | None = None, address: str = "203.0.113.7"
) -> dict[str, Any]:
    """The payload of one attempt, from a network address that the proxy tells."""
    answer = await service.http.post(
        "/graphql",
        json={
            "query": f"mutation ($i: SessionCreateInput!) {{ sessionCreate(input: $i) {{ {ANSWER} }} }}",
            "variables": {"i": {"email": email, "password": password, "code": code}},
        },
        headers={"x-forwarded-for": address},
    )
    found: dict[str, Any] = answer.json()["data"]["sessionCreate"]
    return found


def code_of(payload: dict[str, Any]) -> str | None:
    return payload["errors"][0]["code"] if payload["errors"] else None


async def forgotten(service: Service) -> None:
    """As if the quarter of an hour had passed."""
    async with service.database.write() as session:
        await session.execute(sa.text("UPDATE sign_in_attempt SET at = at - interval '15 minutes'"))


async def account_of(service: Service, **changes: Any) -> Account:
    async with service.database.write() as session:
        found = await accounts.by_email(session, KNOWN)
        for name, value in changes.items():
            setattr(found, name, value)
    return found


async def test_five_failures_lock_an_account_whoever_tries_and_however_many_at_once(service: Service) -> None:
    await service.office()

    told = {}
    for email in (KNOWN, UNKNOWN):
        at_once = await asyncio.gather(
            *(tried(service, email, f"salah {n}", address=f"203.0.113.{n}") for n in range(50))
        )
        codes = [code_of(payload) for payload in at_once]
        assert (codes.count("UNAUTHENTICATED"), codes.count("THROTTLED")) == (5, 45), email
        wrong, right = await tried(service, email, "salah"), await tried(service, email, PASSWORD)
        assert wrong == right
        told[email] = wrong["errors"][0]
        retry_at = datetime.fromisoformat(told[email].pop("retryAt"))
        assert timedelta(minutes=14) < retry_at - datetime.now(UTC) <= timedelta(minutes=15)
    assert told[KNOWN]["message"].startswith("Terlalu banyak percobaan masuk. Coba lagi pukul ")
    assert {each["code"] for each in told.values()} == {"THROTTLED"}

    await forgotten(service)
    assert code_of(await tried(service, KNOWN, "salah")) == "UNAUTHENTICATED"
    assert code_of(await tried(service, KNOWN, PASSWORD)) is None
    # A success forgets the failures before it.
    for _ in range(4):
        assert code_of(await tried(service, KNOWN, "salah")) == "UNAUTHENTICATED"
    assert code_of(await tried(service, KNOWN, PASSWORD)) is None


async def test_aliases_of_one_document_are_attempts_of_their_own(service: Service) -> None:
    await service.office()
    aliases = " ".join(
        f'a{n}: sessionCreate(input: {{email: "{KNOWN}", password: "salah {n}"}}) {{ errors {{ code }} }}'
        for n in range(15)
    )
    found = await service.data(f"mutation {{ {aliases} }}")
    codes = [found[f"a{n}"]["errors"][0]["code"] for n in range(15)]
    assert codes == ["UNAUTHENTICATED"] * 5 + ["THROTTLED"] * 10
    # Another process knows of them, too.
    url = service.database.url
    async with running_service(url) as other:
        assert code_of(await tried(other, KNOWN, PASSWORD)) == "THROTTLED"


async def test_twenty_failures_lock_an_address_and_its_name_is_not_kept(service: Service) -> None:
    await service.office()
    for n in range(20):
        payload = await tried(service, f"orang-{n}@cilegon.go.id", "salah", address="2001:db8::1")
        assert code_of(payload) == "UNAUTHENTICATED"
    assert code_of(await tried(service, KNOWN, PASSWORD, address="2001:db8::2")) == "THROTTLED"
    assert code_of(await tried(service, KNOWN, PASSWORD, address="2001:db8:1::1")) is None
    async with service.database.write() as session:
        kept = (await session.execute(sa.select(SignInAttempt.account_key, SignInAttempt.address_key))).all()
        assert len(kept) == 20
        # Digests that need the service's key: neither the name nor a plain digest of it is there.
        plain = {f"orang-{n}@cilegon.go.id".encode() for n in range(20)} | {b"2001:db8::1", b"2001:db8::/64"}
        known = plain | {hashlib.sha256(each).digest() for each in plain}
        assert not [key for row in kept for key in row if len(key) != 32 or key in known]
        await session.execute(sa.text("UPDATE sign_in_attempt SET at = at - interval '31 minutes'"))
    assert code_of(await tried(service, KNOWN, "salah")) == "UNAUTHENTICATED"
    async with service.database.write() as session:
        assert await session.scalar(sa.text("SELECT count(*) FROM sign_in_attempt")) == 1


async def test_a_password_from_somebody_else_is_changed_first(service: Service) -> None:
    await service.office()
    await account_of(service, password_standing=PasswordStanding.GIVEN)
    refused = await tried(service, KNOWN, PASSWORD)
    assert code_of(refused) == "PASSWORD_CHANGE_REQUIRED"
    assert "panel (/admin)" in refused["errors"][0]["message"]
    assert code_of(await tried(service, KNOWN, "salah")) == "UNAUTHENTICATED"
    # The one printed at the first start may be tried out with.
    await account_of(service, password_standing=PasswordStanding.PRINTED)
    assert code_of(await tried(service, KNOWN, PASSWORD)) is None


async def test_a_second_factor_is_asked_for_and_each_code_counts_once(service: Service) -> None:
    await service.office()
    async with service.database.write() as session:
        account = await accounts.by_email(session, KNOWN)
        second_factor.begin(VAULT, account)
        app = pyotp.TOTP(second_factor.secret_of(VAULT, account))
        assert app.secret.encode() not in (account.totp_secret or b"")
        recovery = await second_factor.confirm(session, VAULT, account, app.now())
        account.totp_last_step = None
    assert len(set(recovery)) == 10

    for _ in range(6):  # the right password alone is no failure, and no way in
        asked = await tried(service, KNOWN, PASSWORD)
        assert (code_of(asked), asked["errors"][0]["field"]) == ("SECOND_FACTOR_REQUIRED", ["input", "code"])
    code = app.now()
    at_once = await asyncio.gather(*(tried(service, KNOWN, PASSWORD, code) for _ in range(2)))
    assert sorted(map(str, map(code_of, at_once))) == ["None", "UNAUTHENTICATED"]
    said = f" {recovery[0].upper()} "
    assert code_of(await tried(service, KNOWN, PASSWORD, said)) is None
    assert code_of(await tried(service, KNOWN, PASSWORD, said)) == "UNAUTHENTICATED"
    wrong = next(code for code in ("000000", "111111") if not app.verify(code, valid_window=4))
    for _ in range(4):
        assert code_of(await tried(service, KNOWN, PASSWORD, wrong)) == "UNAUTHENTICATED"
    assert code_of(await tried(service, KNOWN, PASSWORD, recovery[1])) == "THROTTLED"


async def test_administrators_may_have_to_have_one(database_url: str) -> None:
    async with running_service(database_url, admin_needs_totp=True) as service:
        await service.office()
        assert code_of(await tried(service, KNOWN, PASSWORD)) is None
        await account_of(service, role=StaffRole.ADMIN)
        assert code_of(await tried(service, KNOWN, PASSWORD)) == "SECOND_FACTOR_REQUIRED"


async def test_sessions_end_unused_and_at_last_and_their_use_is_noted_now_and_then(service: Service) -> None:
    token = await service.office()
    look = "{ viewer { kind } }"

    async def age(column: str, minutes: int) -> None:
        async with service.database.write() as session:
            await session.execute(
                sa.text(f"UPDATE staff_session SET {column} = now() - make_interval(mins => :m)"),
                {"m": minutes},
            )

    async def used() -> datetime | None:
        async with service.database.write() as session:
            return await session.scalar(sa.select(StaffSession.last_used_at))

    before = await used()
    assert (await service.data(look, token))["viewer"]["kind"] == "OFFICE"
    assert await used() == before
    await age("last_used_at", 59)
    before = await used()
    assert (await service.data(look, token))["viewer"]["kind"] == "OFFICE"
    assert await used() != before
    await age("last_used_at", 61)
    assert (await service.ask(look, token))["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    await age("last_used_at", 0)
    assert (await service.data(look, token))["viewer"]["kind"] == "OFFICE"
    await age("expires_at", 0)
    assert (await service.ask(look, token))["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_the_use_of_a_key_is_noted_and_a_revoked_one_opens_nothing(service: Service) -> None:
    key = await service.client("Portal", ClientScope.READ)
    assert (await service.data("{ viewer { kind } }", key))["viewer"]["kind"] == "CLIENT"
    async with service.database.write() as session:
        client = await clients.by_name(session, "Portal")
        assert client.last_used_at is not None
        await clients.revoke(session, client)
    assert (await service.ask("{ viewer { kind } }", key))["errors"][0]["extensions"][
        "code"
    ] == "UNAUTHENTICATED"


async def test_a_key_has_its_own_limits_and_is_told_when_to_ask_again(service: Service) -> None:
    look, dear = {"query": "{ viewer { kind } }"}, {"query": "{ complaints(first: 50) { nodes { id } } }"}
    heads = {}
    async with service.database.write() as session:
        for name, rates in (
            ("Sering", Rates(3, 10_000)),
            ("Mahal", Rates(1_000, 120)),
            ("Lain", Rates(3, 40)),
        ):
            _, key = await clients.create(session, name=name, scopes=[ClientScope.READ], rates=rates)
            heads[name] = {"authorization": f"Bearer {key}"}

    async def asked(name: str, body: dict[str, str]) -> httpx.Response:
        return await service.http.post("/graphql", json=body, headers=heads[name])

    await clear_of(60)
    assert [(await asked("Sering", look)).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert (await asked("Lain", look)).status_code == 200
    assert [(await asked("Mahal", dear)).status_code for _ in range(3)] == [200, 200, 429]
    refused = await asked("Mahal", dear)
    told = refused.json()["errors"][0]["extensions"]
    assert told | {"retryAfter": 0} == {
        "code": "THROTTLED",
        "limit": "costPerMinute",
        "max": 120,
        "retryAfter": 0,
    }
    assert 1 <= told["retryAfter"] <= 60
    assert refused.headers["retry-after"] == str(told["retryAfter"])
    # Waiting does not help where one operation alone costs too much.
    too_dear = await asked("Lain", dear)
    assert (too_dear.status_code, too_dear.json()["errors"][0]["extensions"]["code"]) == (
        200,
        "LIMIT_EXCEEDED",
    )
