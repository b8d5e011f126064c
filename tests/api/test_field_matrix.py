"""Who reads what? Every field of every type, for every kind of viewer, on what they may see and on what not.

Each field has a row, with one sign for each viewer in their order. A field that has no row fails the test.
"""

from collections.abc import Iterator
from typing import Any

from graphql import GraphQLField, GraphQLObjectType, get_named_type, is_leaf_type

from domain.words import ClientScope, StaffRole
from schema.schema import core_schema
from tests.service import Service
from tests.steps import done

READERS = ("public", "reporter", "holder", "other", "office", "auditor", "key")
"""Beside the administrator, to whom everything is told; `other` is an officer of an OPD that never had it."""

# + what the administrator reads   - nothing, or less   N as if the complaint were not there
ALL, KNOWS_REPORTER, WORKS_ON_IT, IN_OFFICE = "+++++++", "-++-++-", "--+-++-", "----+--"
# Of an anonymous report the OPD does not see the reporter; a confidential one is there for whom it concerns.
ANONYMOUS, CONFIDENTIAL = "-+--++-", "N++N++N"
FIELDS: dict[str, dict[str, str]] = {
    "Complaint": {
        ALL: "id trackingCode externalTrackingId channel classification category title body privacy status"
        " statusLabel submittedAt verifiedAt dispatchedAt firstRespondedAt answeredAt completedAt updatedAt"
        " version latitude longitude address area opd deadlines dispositions attachments supporterCount"
        " reopenedCount rating mergedInto",
        KNOWS_REPORTER: "reporter",
        WORKS_ON_IT: "actions",
        IN_OFFICE: "allowedTransitions",
    },
    "Reporter": {KNOWS_REPORTER: "name email phone"},
    "Disposition": {
        ALL: "id complaint opd opdName startedAt endedAt outcome",
        WORKS_ON_IT: "instruction reason suggestedOpd",
    },
    "Action": {
        ALL: "id complaint kind visibility body opd fromStatus toStatus attachments createdAt",
        WORKS_ON_IT: "authorName",
    },
    "Deadline": {ALL: "clock dueAt state workingDaysLeft pausedAt rule"},
    "Opd": {
        ALL: "id code name shortName kind parent address phone email website active activeFrom activeUntil"
        " successor complaints statistics"
    },
    "Category": {ALL: "id code name parent defaultOpd active"},
    "Area": {ALL: "id code name kind parent"},
    "SlaRule": {
        ALL: "id clock classification supervised workingDays legalSource validFrom validUntil confirmed"
    },
    "Holiday": {ALL: "date name kind"},
    "ComplaintEvent": {ALL: "id cursor type occurredAt fromStatus toStatus trackingCode opd complaint"},
    "SimilarComplaint": {ALL: "complaint score distanceMeters"},
    "Statistics": {
        ALL: "asOf total byStatus notFollowedUp inProgress completed followedUp followUpRate completionRate"
        " overdue medianFirstResponseDays meanFirstResponseDays medianResolutionDays onTimeRate meanRating"
        " byOpd byCategory byChannel byMonth"
    },
    "StatusCount": {ALL: "status count"},
    "ChannelCount": {ALL: "channel count"},
    "OpdStatistics": {
        ALL: "opd total notFollowedUp inProgress completed overdue meanFirstResponseDays onTimeRate"
        " meanRating"
    },
    "CategoryStatistics": {ALL: "category total completed"},
    "MonthStatistics": {ALL: "month total completed"},
}
OF_COMPLAINT = "of: complaint(trackingCode: $code, accessToken: $token) { %s }"
PERIOD = '(period: {from: "2020-01-01", until: "2030-01-01"})'
REACHED = {
    "Complaint": OF_COMPLAINT,
    "Reporter": OF_COMPLAINT % "reporter { %s }",
    "Disposition": OF_COMPLAINT % "dispositions { nodes { %s } }",
    "Action": OF_COMPLAINT % "actions(filter: {kind: [ANSWER]}) { nodes { %s } }",
    "Deadline": OF_COMPLAINT % "deadlines { %s }",
    "Opd": 'opd(code: "DPUPR") { %s }',
    "Category": "categories { %s }",
    "Area": "areas { %s }",
    "SlaRule": "slaRules { %s }",
    "Holiday": "holidays(year: 2026) { %s }",
    "ComplaintEvent": "events(filter: {trackingCode: $code, type: [VERIFIED, ANSWERED]}) { nodes { %s } }",
    "SimilarComplaint": 'similarComplaints(title: "jalan rusak citangkil") { %s }',
    "Statistics": f"statistics{PERIOD} {{ %s }}",
    "StatusCount": f"statistics{PERIOD} {{ byStatus {{ %s }} }}",
    "ChannelCount": f"statistics{PERIOD} {{ byChannel {{ %s }} }}",
    "OpdStatistics": f"statistics{PERIOD} {{ byOpd {{ %s }} }}",
    "CategoryStatistics": f"statistics{PERIOD} {{ byCategory {{ %s }} }}",
    "MonthStatistics": f"statistics{PERIOD} {{ byMonth {{ %s }} }}",
}
OF_A_COMPLAINT = ("Complaint", "Reporter", "Disposition", "Action", "Deadline")
OF_VIEWER = {"kind": ALL, "name": "--+++++", "email": "--++++-", "opd": "--++---", "inbox": ALL}
OF_VIEWER["permissions"] = ALL
"""Of themselves: + where there is something."""
PARTS = {"PageInfo", "Attachment", "Webhook", "Viewer"}
"""What is read or not together with the list, complaint or payload that has it; and the viewer, above."""
ARGUMENTS = {"Opd.statistics": PERIOD}


def object_types() -> Iterator[GraphQLObjectType]:
    """The types whose fields somebody may or may not read."""
    schema = core_schema()
    roots = (schema.query_type, schema.mutation_type, schema.subscription_type)
    for name, type_ in schema.type_map.items():
        plain = name.startswith("__") or name.endswith(("Payload", "Connection", "Edge", "Error"))
        if isinstance(type_, GraphQLObjectType) and type_ not in roots and not plain:
            yield type_


def selected(type_: GraphQLObjectType, name: str, field: GraphQLField) -> str:
    """A field with as much of it as shows whether it is there."""
    arguments = ARGUMENTS.get(f"{type_.name}.{name}", "")
    target: Any = get_named_type(field.type)
    if is_leaf_type(target):
        return name + arguments
    inside = "nodes { id }" if target.name.endswith("Connection") else "__typename"
    return f"{name}{arguments} {{ {inside} }}"


def values_at(data: Any, name: str) -> Any:
    """The field's values, wherever in the answer its objects are; but for the time of the answer."""
    if isinstance(data, list):
        return [values_at(each, name) for each in data]
    if isinstance(data, dict) and name not in data:
        return [values_at(each, name) for each in data.values()]
    return data[name] if isinstance(data, dict) and name != "asOf" else None


async def read(
    service: Service, tokens: dict[str, str | None], type_: GraphQLObjectType, made: dict[str, Any]
) -> dict[str, str]:
    """The signs of each field of a type."""
    fields = " ".join(selected(type_, name, field) for name, field in type_.fields.items())
    body = REACHED[type_.name] % fields
    used = [f"${v}: {t}" for v, t in (("code", "String!"), ("token", "String")) if f"${v}" in body]
    query = f"query ({', '.join(used)}) {{ {body} }}" if used else f"{{ {body} }}"
    answers = {}
    for viewer, token in tokens.items():
        values = {
            "code": made["trackingCode"],
            "token": made["accessToken"] if viewer == "reporter" else None,
        }
        answers[viewer] = await service.data(query, token, **values)
    signs = {}
    for field in type_.fields:
        whole = values_at(answers["admin"], field)
        signs[field] = "".join(
            "N"
            if answers[reader].get("of", ...) is None
            else "+"
            if values_at(answers[reader], field) == whole
            else "-"
            for reader in READERS
        )
    return signs


def rows(name: str) -> dict[str, str]:
    return {field: signs for signs, fields in FIELDS[name].items() for field in fields.split()}


async def with_history(service: Service, key: str, **values: Any) -> dict[str, Any]:
    """A report that was returned, dispatched again and answered, with a note among colleagues."""
    made = await service.dispatched("DLH", key=key, **values)
    for who, mutation, given in (
        (await service.officer("DLH"), "complaintReturn", {"reason": "Jalan", "suggestedOpdCode": "DPUPR"}),
        (await service.office(), "complaintDispatch", {"opdCode": "DPUPR", "instruction": "Segera"}),
        (await service.officer("DPUPR"), "actionAdd", {"body": "Cek dulu", "visibility": "INTERNAL"}),
        (await service.officer("DPUPR"), "complaintAnswer", {"body": "Dijadwalkan"}),
    ):
        if mutation == "actionAdd":
            version = (await service.data(VERSION, who, code=made["trackingCode"]))["complaint"]["version"]
            payload = await service.do(
                mutation, who, "errors { code }", trackingCode=made["trackingCode"], version=version, **given
            )
            assert payload["errors"] == []
        else:
            await done(service, who, mutation, made["trackingCode"], **given)
    return made


VERSION = "query ($code: String!) { complaint(trackingCode: $code) { version } }"
PERSON = {"reporterName": "Siti Aminah", "reporterEmail": "siti@contoh.id", "reporterPhone": "+6281234567890"}


async def test_every_field_for_every_viewer(service: Service) -> None:
    types = {type_.name: type_ for type_ in object_types()}
    assert set(types) == set(FIELDS) | PARTS
    for name in FIELDS:
        assert set(types[name].fields) == set(rows(name)), f"each field of {name} has a row"
    assert set(types["Viewer"].fields) == set(OF_VIEWER)
    tokens: dict[str, str | None] = {
        "public": None,
        "reporter": None,
        "holder": await service.officer("DPUPR"),
        "other": await service.officer("DINKES"),
        "office": await service.office(),
        "auditor": await service.staff(StaffRole.AUDITOR),
        "key": await service.client("Kunci baca", ClientScope.READ, ClientScope.EVENTS),
        "admin": await service.staff(StaffRole.ADMIN),
    }
    open_to_all = await with_history(service, "a", **PERSON)
    found = {name: await read(service, tokens, types[name], open_to_all) for name in FIELDS}
    assert found == {name: rows(name) for name in FIELDS}

    for privacy, of_reporter in (("ANONYMOUS", ANONYMOUS), ("CONFIDENTIAL", KNOWS_REPORTER)):
        made = await with_history(service, privacy.lower(), privacy=privacy, **PERSON)
        hidden_from = CONFIDENTIAL if privacy == "CONFIDENTIAL" else ALL
        for name in OF_A_COMPLAINT:
            expected = {
                field: "".join(
                    "N" if there == "N" else sign
                    for there, sign in zip(
                        hidden_from, of_reporter if signs == KNOWS_REPORTER else signs, strict=True
                    )
                )
                for field, signs in rows(name).items()
            }
            assert await read(service, tokens, types[name], made) == expected, (privacy, name)

    asked = " ".join(selected(types["Viewer"], name, field) for name, field in types["Viewer"].fields.items())
    seen = {
        who: (await service.data(f"{{ viewer {{ {asked} }} }}", tokens[who]))["viewer"] for who in READERS
    }
    assert {
        field: "".join("-" if seen[who][field] is None else "+" for who in READERS) for field in OF_VIEWER
    } == OF_VIEWER
