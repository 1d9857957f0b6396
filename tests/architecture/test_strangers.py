"""Default deny, walked: every operation of the API that changes something is refused to nobody and to a stranger."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

import pytest

from izumi.kernel import journal
from izumi.kernel.actors import console
from izumi.people import actions as people
from izumi.plans import actions as plans
from izumi.web import registries

WRITES = ("post", "put", "patch", "delete")
# They only read, or make something of one's own: they are judged in their own rooms.
OPEN_TO_ANYONE = {"POST /api/v1/search"}
OPEN_TO_PERSONS = {"POST /api/v1/records", "POST /api/v1/records/import", "POST /api/v1/tokens", "POST /api/v1/groups", "POST /api/v1/notices/read",
                   "PUT /api/v1/notices/choices"}
REFUSALS = {401, 403, 404}


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method.upper(), path, operation)
        for path, item in registries.openapi()["paths"].items()
        for method, operation in item.items()
        if method in WRITES and f"{method.upper()} {path}" not in OPEN_TO_ANYONE
    ]


def sample(schema: dict[str, Any], root: dict[str, Any]) -> Any:
    """The least that a schema accepts."""
    if "$ref" in schema:
        return sample(root["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]], root)
    if "anyOf" in schema:
        return sample(schema["anyOf"][0], root)
    if schema.get("type") == "object":
        return {name: sample(schema["properties"][name], root) for name in schema.get("required", [])}
    if schema.get("enum"):
        return schema["enum"][0]
    if schema.get("format") == "date":
        return "2030-01-01"
    if "minimum" in schema:
        return schema["minimum"]
    return {"string": "x", "integer": 1, "number": 1, "boolean": False, "array": []}.get(schema.get("type", ""))


BODIES = {
    "return": {"why": "x"},
    "revise": {"why": "x"},
    "withdraw": {"why": "x"},
    "link": {"url": "https://example.org/a", "path": "a", "size": 1, "sha256": "0" * 64},
}


def body_of(path: str, operation: dict[str, Any]) -> Any:
    if path.rsplit("/", 1)[1] in BODIES and not path.endswith("/entries/{entry}/link"):
        return BODIES[path.rsplit("/", 1)[1]]
    content = operation.get("requestBody", {}).get("content", {})
    schema = next(iter(content.values()), {}).get("schema", {}) if content else {}
    return sample(schema, registries.openapi()) if schema else None


@pytest.fixture
def world(home, client) -> dict[str, str]:
    """A draft and a person of one organisation; a stranger from another."""
    here = people.add_organisation(console(), legal_name={"ja": "国立大学法人甲大学"}, kind="university")
    elsewhere = people.add_organisation(console(), legal_name={"ja": "国立大学法人乙大学"}, kind="university")
    owner = people.add_person(console(), username="owner", name={"ja": "甲 一"}, organisation=here)
    stranger = people.add_person(console(), username="stranger", name={"ja": "乙 二"}, organisation=elsewhere)
    project = people.add_project(console(), title={"ja": "課題"}, organisation=here)
    owners = people.create_token(console(), person=owner)
    strangers = people.create_token(console(), person=stranger)
    headers = {"HTTP_AUTHORIZATION": f"Bearer {owners.secret}"}
    made = client.post(
        "/api/v1/records",
        data=json.dumps({"metadata": {"title": {"ja": "秘密の題"}}}),
        content_type="application/json",
        **headers,
    )
    assert made.status_code == 201, made.content
    plan = plans.create_plan(console(), {"title": {"ja": "秘密の題"}, "entries": [{"title": {"ja": "秘密の題"}}]}, project=project)
    return {
        "plan_id": plan.id, "entry": plan.draft.document["entries"][0]["id"], "call": "aaaaa-aaaaa", "round": "aaaaa-aaaaa",
        "record": made.json()["id"], "record_id": made.json()["id"], "person": owner, "organisation": here, "project": project, "token": owners.id,
        "secret": strangers.secret, "role": "1", "path": "a.txt", "upload_id": "aaaaa-aaaaa", "job_id": "aaaaa-aaaaa", "group": "aaaaa-aaaaa",
        "programme": "aaaaa-aaaaa", "n": "1", "name": "common", "submission": "aaaaa-aaaaa",
        "plan": plan.id, "notice": "1",
    }  # fmt: skip


def ask(
    client,
    world: dict[str, str],
    method: str,
    path: str,
    operation: dict[str, Any],
    record: str,
    headers: dict[str, str],
):
    known = {**world, "record": record, "record_id": record}
    address = re.sub(r"\{([^}]+)\}", lambda found: known[found[1]], path)
    body = body_of(path, operation)
    upload = ",".join(
        f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in (("record", record), ("path", "a.txt"))
    )
    return client.generic(
        method, address, json.dumps(body) if body is not None else b"x", HTTP_IF_MATCH='"x"', HTTP_TUS_RESUMABLE="1.0.0",
        content_type="application/offset+octet-stream" if "/uploads/" in path else "application/json",
        HTTP_UPLOAD_LENGTH="1", HTTP_UPLOAD_OFFSET="0", HTTP_UPLOAD_METADATA=upload, **headers,
    )  # fmt: skip


@pytest.mark.parametrize("who", ["nobody", "a stranger"])
def test_every_change_is_refused_and_nothing_happens(client, world, who):
    before, allowed = journal.last_seq(), []
    headers = {"HTTP_AUTHORIZATION": f"Bearer {world['secret']}"} if who == "a stranger" else {}
    for method, path, operation in operations():
        if who == "a stranger" and f"{method} {path}" in OPEN_TO_PERSONS:
            continue
        answer = ask(client, world, method, path, operation, world["record"], headers)
        if answer.status_code not in REFUSALS:
            allowed.append(f"{method} {path}: {answer.status_code} {answer.content[:160]!r}")
        assert "秘密の題" not in answer.content.decode("utf-8", "replace"), path
    assert not allowed, "\n".join(allowed)
    assert journal.last_seq() == before


def test_a_refusal_never_tells_whether_a_hidden_record_exists(client, world):
    headers = {"HTTP_AUTHORIZATION": f"Bearer {world['secret']}"}
    for method, path, operation in operations():
        if "{record_id}" in path or "/uploads/" in path:
            answers = [
                ask(client, world, method, path, operation, record, headers)
                for record in (world["record"], "zzzzz-zzzzz")
            ]
            said = [(answer.status_code, re.sub(r"E-[0-9A-F]+", "", answer.content.decode())) for answer in answers]
            assert said[0] == said[1], path
