"""Who may ask for what, and do what? Every root field and mutation, for every kind of viewer.

Each row has one sign for each viewer, in their order. One that has no row fails the test.
"""

from typing import Any

from domain.words import ClientScope, StaffRole
from schema.schema import core_schema
from tests.service import PASSWORD, Service

VIEWERS = (
    "public",
    "reporter",
    "holder",
    "other",
    "office",
    "admin",
    "auditor",
    "read",
    "submit",
    "events",
    "webhooks",
)

# . answered   U sign in first   F may not, and is told who may   N as if it were not there
READ, FOLLOW, OPEN = "........FFF", ".......FF.F", "..........."
ROOT_FIELDS = {
    "node": ("node(id: $id) { id }", READ),
    "nodes": ("nodes(ids: [$id]) { id }", READ),
    "viewer": ("viewer { kind }", OPEN),
    "complaint": ("complaint(trackingCode: $code) { id }", READ),
    "complaints": ("complaints(first: 1) { totalCount }", READ),
    "similarComplaints": ('similarComplaints(title: "jalan") { score }', READ),
    "opd": ('opd(code: "DPUPR") { complaints { totalCount } }', READ),
    "opds": ("opds { totalCount }", READ),
    "categories": ("categories { code }", READ),
    "areas": ("areas { code }", READ),
    "slaRules": ("slaRules { clock }", READ),
    "holidays": ("holidays(year: 2026) { date }", READ),
    "statistics": ('statistics(period: {from: "2020-01-01", until: "2030-01-01"}) { total }', READ),
    "events": ("events(first: 1) { nodes { type } }", FOLLOW),
}
BY_OFFICE, BY_HOLDER, BY_EITHER = "UUFF..FFFFF", "UU.FFFFFFFF", "UU.F..FFFFF"
SUBMIT, OWN = "......FF.FF", "N.NNNNFFNFF"
# Inputs with which nothing is changed: what those who may are told concerns the rest of the input.
MUTATIONS: dict[str, tuple[dict[str, Any], str]] = {
    "complaintVerify": ({"version": 3}, BY_OFFICE),
    "complaintDispatch": ({"version": 3, "opdCode": ""}, BY_OFFICE),
    "complaintTransfer": ({"version": 3, "institution": "", "reason": ""}, BY_OFFICE),
    "complaintArchive": ({"version": 3, "reason": ""}, BY_OFFICE),
    "complaintMerge": ({"version": 3, "intoTrackingCode": "$code"}, BY_OFFICE),
    "complaintHold": ({"version": 3, "reason": ""}, BY_EITHER),
    "complaintComplete": ({"version": 3, "body": ""}, BY_EITHER),
    "complaintReturn": ({"version": 3, "reason": ""}, BY_HOLDER),
    "actionAdd": ({"version": 3, "body": ""}, BY_HOLDER),
    "complaintAnswer": ({"version": 3, "body": ""}, BY_HOLDER),
    "opdCreate": ({"code": "", "name": "", "kind": "AGENCY"}, BY_OFFICE),
    "opdUpdate": ({"code": "DPUPR", "name": ""}, BY_OFFICE),
    "opdDeactivate": ({"code": "DPUPR", "activeUntil": "2026-01-01"}, BY_OFFICE),
    "complaintSubmit": (
        {"idempotencyKey": "x", "title": "", "body": "", "classification": "COMPLAINT"},
        SUBMIT,
    ),
    "attachmentUploadCreate": ({"fileName": "a", "contentType": "application/pdf", "size": 0}, SUBMIT),
    "complaintSupport": ({"supporterKey": ""}, SUBMIT),
    "complaintReply": ({"accessToken": "$token", "body": ""}, OWN),
    "complaintRate": ({"accessToken": "$token", "rating": 9}, OWN),
    "complaintReopen": ({"accessToken": "$token", "reason": ""}, "N.NN..FFNFF"),
    "sessionCreate": ({"email": "office@cilegon.go.id", "password": PASSWORD}, OPEN),
    "webhookCreate": ({"url": ""}, "UUFFFFFFFF."),
    "webhookDelete": ({"id": "Webhook:x"}, "UUFFFFFFFFN"),
    "webhookReplay": ({"id": "Webhook:x", "after": ""}, "UUFFFFFFFFN"),
    "sessionRevoke": ({}, "UU.....UUUU"),
}
SIGNS = {"UNAUTHENTICATED": "U", "FORBIDDEN": "F", "NOT_FOUND": "N"}


async def seen_by(service: Service) -> tuple[dict[str, str | None], dict[str, Any]]:
    """The viewers' tokens, and a report that was returned, dispatched again and answered."""
    made = await service.dispatched("DLH", reporterName="Siti Aminah")
    code = made["trackingCode"]
    first, office, holder = (
        await service.officer("DLH"),
        await service.office(),
        await service.officer("DPUPR"),
    )
    del first
    tokens: dict[str, str | None] = {
        "public": None,
        "reporter": None,
        "holder": holder,
        "other": await service.officer("DINKES"),
        "office": office,
        "admin": await service.staff(StaffRole.ADMIN),
        "auditor": await service.staff(StaffRole.AUDITOR),
        "key": await service.client("Kunci baca", ClientScope.READ, ClientScope.EVENTS),
    }
    for scope in ClientScope:
        tokens[scope.value] = await service.client(f"Kunci {scope}", scope)
    return tokens, made | {"trackingCode": code}


def sign_of(payload: dict[str, Any]) -> str:
    if not payload["errors"]:
        return "."
    return SIGNS.get(payload["errors"][0]["code"], ".")


async def test_every_root_field_and_every_mutation_for_every_viewer(service: Service) -> None:
    schema = core_schema()
    assert schema.query_type is not None
    assert schema.mutation_type is not None
    assert set(schema.query_type.fields) == set(ROOT_FIELDS)
    assert set(schema.mutation_type.fields) == set(MUTATIONS)
    tokens, _ = await seen_by(service)
    made = await service.dispatched("DPUPR", key="lain")
    code, found, cells = made["trackingCode"], {}, 0
    for name, (field, _) in ROOT_FIELDS.items():
        used = "".join(f"${v}: {t}, " for v, t in (("id", "ID!"), ("code", "String!")) if f"${v}" in field)
        query = f"query ({used}) {{ {field} }}" if used else f"{{ {field} }}"
        signs = ""
        for viewer in VIEWERS:
            answer = await service.ask(query, tokens[viewer], id=made["id"], code=code)
            errors = answer.get("errors")
            signs += SIGNS[errors[0]["extensions"]["code"]] if errors else "."
        found[name] = signs
        cells += len(signs)
    for name, (values, _) in MUTATIONS.items():
        signs = ""
        for viewer in VIEWERS:
            token = made["accessToken"] if viewer == "reporter" else ""
            given = {
                key: value.replace("$code", code).replace("$token", token)
                if isinstance(value, str)
                else value
                for key, value in values.items()
            }
            if name == "sessionRevoke":
                query = "mutation { sessionRevoke { errors { code } } }"
                payload = (await service.data(query, tokens[viewer]))[name]
            else:
                takes = schema.mutation_type.fields[name].args["input"].type.of_type.fields
                if "trackingCode" in takes:
                    given["trackingCode"] = code
                payload = await service.do(name, tokens[viewer], "errors { code }", **given)
            signs += sign_of(payload)
        found[name] = signs
        cells += len(signs)
    assert found == {name: row[1] for name, row in (ROOT_FIELDS | MUTATIONS).items()}
    assert cells == (len(ROOT_FIELDS) + len(MUTATIONS)) * len(VIEWERS)
