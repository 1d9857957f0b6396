"""Words that stand in plans, drafts, reports and reasons reach nobody whom they are not for: by page, API, file, feed, notice or mail."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator
from datetime import date
from email import message_from_bytes
from typing import Any

import pytest

from izumi.governance import actions as governance
from izumi.kernel.actors import console
from izumi.kernel.home import home as the_home
from izumi.people import actions as people
from izumi.plans import actions as plans
from izumi.records import actions as records
from tests.attack.estate import Estate, an_entry, an_estate, publish, put_file, save
from tests.builders import a_document

CLOSED = {"class": "closed", "metadata_class": "closed", "requests": "none", "reasons": [{"code": "contract"}]}
INSIDE = {"researcher", "mate", "pm", "curator", "admin"}
ALL = ("outsider", "former_pm", "funder", "mate")


class Scene:
    """The estate with its words: each with those who may read it."""

    def __init__(self) -> None:
        self.estate: Estate = an_estate()
        self.words: dict[str, tuple[str, set[str]]] = {}
        self.ids: dict[str, str] = {}

    def word(self, where: str, may: set[str]) -> str:
        canary = "qz" + hashlib.sha256(where.encode()).hexdigest()[:14]
        self.words[canary] = (where, may | {"admin"})
        return canary

    def told(self, text: str, who: str, asked: str = "") -> list[str]:
        """The words in a text that are not for this reader and were not asked for."""
        if "qz" not in text:
            return []
        return [where for canary, (where, may) in self.words.items() if canary in text and who not in may and canary not in asked]


@pytest.fixture
def scene(home: object, run_workers: Any) -> Scene:
    made = Scene()
    _people(made)
    _plans(made)
    _records(made)
    _reports(made)
    run_workers()
    made.estate.leaves("former_pm")
    _after(made)
    run_workers()
    return made


def _people(made: Scene) -> None:
    world, me = made.estate.world, console()
    for name in ("former_pm", "outsider"):
        world.persons[name] = people.add_person(me, username=name, name={"ja": name}, organisation=made.estate.away, email=f"{name}@mihon.example")
    elsewhere = (
        ("pm", f"project:{made.estate.other_project}"), ("curator", f"org:{made.estate.away}"), ("operator", "site"),
        ("funder", f"programme:{made.estate.other_programme}"), ("company", f"org:{world.other_organisation}"),
    )  # fmt: skip
    for role, scope in elsewhere:
        people.assign_role(me, person=world.persons["outsider"], role=role, scope=scope)
    people.assign_role(me, person=world.persons["former_pm"], role="pm", scope=f"project:{world.project}")


def _document(made: Scene, name: str, may: set[str]) -> dict[str, Any]:
    word = made.word
    entry = an_entry(
        title={"ja": word(f"{name} entry title", may)}, description={"ja": word(f"{name} entry description", may)}, remarks={"ja": word(f"{name} entry remarks", may)},
        data_number=word(f"{name} data number", may), planned={"publish_on": "2020-01-01", "register_by": "2020-01-01",
        "sensitive": {"exists": "yes", "handling": {"ja": word(f"{name} handling", may)}}, "responsible": made.estate.persons["researcher"],
        "editors": [f"person:{made.estate.persons['pm']}"]}, access={**CLOSED, "reasons": [{"code": "contract", "note": {"ja": word(f"{name} access note", may)}}]},
    )  # fmt: skip
    return {
        "title": {"ja": word(f"{name} title", may)}, "description": {"ja": word(f"{name} description", may)}, "entries": [entry],
        "contact": {"name": word(f"{name} contact", may), "email": f"{word(f'{name} email', may)}@mihon.example"},
        "costs": [{"title": word(f"{name} cost", may), "value": 1}], "unmanaged": {"exists": True, "note": {"ja": word(f"{name} note", may)}},
        "unmapped": [{"format": "x", "path": "/x", "value": word(f"{name} kept", may)}],
        "ethics": {"exists": "yes", "description": {"ja": word(f"{name} ethics", may)}},
    }  # fmt: skip


def _plans(made: Scene) -> None:
    estate = made.estate
    made.ids["draft plan"] = plans.create_plan(estate.actor("former_pm"), _document(made, "plan never adopted", INSIDE), project=estate.project).id
    plan = plans.create_plan(estate.actor("pm"), _document(made, "plan in force", INSIDE | {"funder"}), project=estate.project).id
    done = plans.adopt(estate.actor("pm"), plan)
    made.ids |= {"plan": plan, "entry": done.plan.entries[0].id, "planned record": done.plan.entries[0].records[0]}
    plans.revise(
        estate.actor("pm"), plan, reason=made.word("reason of the revision", INSIDE),
        changes=[{"id": made.ids["entry"], "remarks": {"ja": made.word("remarks of the revision", INSIDE)}}],
    )  # fmt: skip
    record = made.ids["planned record"]
    own = {"researcher", "pm", "curator"}
    save(estate.actor("researcher"), record, title={"ja": made.word("draft title", own)}, summary={"ja": made.word("draft summary", own)})
    put_file(estate.actor("researcher"), record, made.word("draft bytes", own).encode(), name=f"{made.word('draft file name', own)}.txt")


def _records(made: Scene) -> None:
    estate, own = made.estate, {"researcher", "pm", "curator"}
    loose = records.create_record(estate.actor("researcher"), metadata=a_document(
        title={"ja": made.word("loose draft title", own)}, data_number=made.word("loose data number", own), access=CLOSED), projects=[estate.project], prefill=False)  # fmt: skip
    made.ids["loose record"] = loose.id
    narrowed = {"class": "closed", "requests": "none", "reasons": [{"code": "contract"}], "disclosure": {"/contact": "closed", "/remarks": "closed"}}
    made.ids["narrowed record"] = publish(
        estate, "researcher", projects=[estate.project], access=narrowed, remarks={"ja": made.word("narrowed remarks", own)},
        contact={"email": f"{made.word('narrowed contact', own)}@mihon.example"},
    )  # fmt: skip
    made.ids["closed record"] = publish(
        estate, "researcher", projects=[estate.project], access=CLOSED, title={"ja": made.word("closed title", own | {"funder"})}, data_number="7"
    )
    people.exempt_project(console(), estate.other_project, why=made.word("why no plan", {"outsider"}))


def _reports(made: Scene) -> None:
    estate = made.estate
    made.ids["round"] = people.add_round(
        console(), estate.programme, title={"ja": "報告"}, scheme="common", fiscal_year=2026, as_of=date(2026, 11, 30), due_on=date(2026, 12, 20)
    )
    made.ids["submission"] = governance.submit_report(estate.actor("former_pm"), made.ids["round"], estate.project).id


def _after(made: Scene) -> None:
    estate = made.estate
    why = made.word("why the report was returned", {"pm", "funder"})
    governance.return_report(estate.actor("funder"), made.ids["submission"], why=why)


def addresses(made: Scene) -> Iterator[str]:
    """Everything that can be read in which one of the words could stand."""
    ids, world = made.ids, made.estate.world
    for place in ("draft plan", "plan"):
        key = ids[place]
        yield from (f"/plans/{key}{tail}" for tail in ("", "?all=1", "/edit", "/history", "/revise", "/v/1", "/diff", f"/assign?entry={ids['entry']}", f"/assign?record={ids['loose record']}", f"/entries/{ids['entry']}/edit"))
        start = f"/api/v1/plans/{key}"
        yield from (f"{start}{tail}" for tail in ("", "/history", "/deviations", "/versions/1", "/diff?before=1&after=draft", "/diff?before=1&after=1"))
        yield from (f"{start}/export?format={name}&draft={draft}" for name in ("json", "madmp", "jsps", "xlsx") for draft in (0, 1))
        yield f"/id/{key}"
    for record in ("planned record", "loose record", "narrowed record", "closed record"):
        key = ids[record]
        yield from (f"/records/{key}", f"/records/{key}/edit", f"/records/{key}/history", f"/records/{key}/draft/files/", f"/id/{key}", f"/api/v1/records/{key}", f"/api/v1/records/{key}/draft", f"/api/v1/records/{key}/export?format=json", f"/api/v1/records/{key}/access")
    for project in (world.project, made.estate.other_project):
        yield from (f"/projects/{project}", f"/en/projects/{project}", f"/projects/{project}/plan", f"/projects/{project}/table?format=csv", f"/projects/{project}/table?format=xlsx", f"/plans/new?project={project}")
        yield from (f"/api/v1/projects/{project}", f"/api/v1/projects/{project}/deviations", f"/api/v1/plans?project={project}", f"/reports?project={project}", f"/api/v1/records?project={project}&state=draft")
        yield from (f"/api/v1/reports/{name}?project={project}&format={kind}" for name, kind in (("common", "xlsx"), ("moonshot", "csv"), ("erad", "json")))
        yield from (f"/api/v1/reports/common?project={project}&round={ids['round']}", f"/reports/hand-in/{ids['round']}/{project}")
    yield from _lists(made)


def _lists(made: Scene) -> Iterator[str]:
    ids, estate = made.ids, made.estate
    yield from (f"/api/v1/submissions/{ids['submission']}?format={kind}" for kind in ("json", "csv", "xlsx"))
    yield from (f"/reports/submissions/{ids['submission']}", f"/api/v1/rounds/{ids['round']}/submissions", f"/api/v1/rounds/{ids['round']}", f"/api/v1/reports/common?programme={estate.programme}")
    yield from (f"/api/v1/reports/{name}?organisation={estate.world.organisation}" for name in ("common", "erad"))
    yield from ("/work", "/notices", "/api/v1/notices?limit=1000", "/plans", "/projects", "/reports", "/api/v1/plans?limit=1000", "/changes", "/sitemap.xml", "/sitemap-all.xml", "/.well-known/api-catalog", "/metrics")
    yield from (f"/programmes/{estate.programme}", f"/api/v1/programmes/{estate.programme}", "/projects?q=qz", "/api/v1/projects?q=qz", "/api/v1/journal", "/api/v1/journal?limit=1000")
    yield from (f"/oai?verb=ListRecords&metadataPrefix={name}" for name in ("oai_dc", "jpcoar_2.0", "datacite"))
    yield from (f"/search?q={canary}" for canary in list(made.words)[:3])


def text_of(answer: Any) -> str:
    """All that leaves with an answer, a workbook unpacked."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if body.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            body = b"\n".join(packed.read(name) for name in packed.namelist())
    return body.decode("utf-8", "replace") + "\n".join(f"{name}: {value}" for name, value in answer.headers.items())


def test_no_word_reaches_whom_it_is_not_for(scene, client):
    found, seen = [], set()
    every = [*dict.fromkeys(addresses(scene))]
    for who in ALL:
        for address in every:
            answer = client.get(address, **scene.estate.bearer(who))
            text = text_of(answer)
            assert answer.status_code < 500, (who, address, text[:200])
            found += [f"{who} {answer.status_code} {address}: {where}" for where in scene.told(text, who, asked=address)]
            seen |= {canary for canary in scene.words if canary in text}
    assert found == []
    assert len(seen) > 20  # the words are there for whom they are for


def test_mails_tell_nobody_more_than_anyone_may_hear(scene):
    told = []
    for path in sorted(the_home().mail.glob("*.eml")):
        letter = message_from_bytes(path.read_bytes())
        who = str(letter["To"]).partition("@")[0]
        body = letter.get_payload(decode=True).decode() + "".join(str(value) for value in letter.values())
        told += [f"{who}: {where}" for where in scene.told(body, who)]
    assert told == []
