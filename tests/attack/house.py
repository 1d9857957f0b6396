"""Builds the site of the attack: records in every state, each secret with a word that stands nowhere else."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, field
from typing import Any

from izumi.kernel import clock
from izumi.kernel.actors import Actor, console
from izumi.people import actions as people
from izumi.plans import actions as plans
from izumi.records import actions, file_actions
from izumi.storage import actions as storage
from tests.builders import World, a_document, a_world

CLOSED = {"class": "closed", "metadata_class": "closed", "requests": "none"}


@dataclass
class House:
    """The site: records by name, the words that must stay inside, and headers of those outside."""

    world: World
    records: dict[str, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    """canary → where it stands"""
    roles: dict[str, dict[str, str]] = field(default_factory=dict)
    plan: str = ""
    entry: str = ""

    def word(self, where: str) -> str:
        """A fresh word for a place."""
        canary = "qz" + hashlib.sha256(where.encode()).hexdigest()[:14]
        self.words[canary] = where
        return canary

    @property
    def hidden(self) -> dict[str, str]:
        """The records whose existence nobody outside may learn of."""
        return {name: key for name, key in self.records.items() if name not in ("open", "guarded", "emptied")}


def a_house() -> House:
    """Everything that may leak, made through actions."""
    house = House(world=a_world())
    me = house.world.actor("researcher")
    _closed(house, me)
    _unpublished(house, me)
    _withdrawn(house, me)
    _open(house, me)
    _guarded(house, me)
    _planned(house, me)
    _outsiders(house)
    return house


def _secret(house: House, name: str, **changes: Any) -> dict[str, Any]:
    """A document in which every free text holds a word of its own."""

    def word(member: str) -> str:
        return house.word(f"{name} {member}")

    return a_document(
        title={"ja": word("title ja"), "en": word("title en")},
        alternative_titles=[{"en": word("alternative title")}],
        description={"ja": word("description"), "en": word("description en")},
        summary={"ja": word("summary")},
        keywords=[{"text": {"ja": word("keyword")}}],
        creators=[{"name": {"ja": {"family": word("family"), "given": word("given")}}}],
        contact={"email": f"{word('contact')}@mihon.example"},
        remarks={"ja": word("remarks")},
        identifiers=[{"scheme": "DOI", "value": f"10.99999/{word('doi')}"}],
        relations=[{"relation": "References", "scheme": "URL", "identifier": f"https://example.jp/{word('relation')}"}],
        **changes,
    )


def _draft(house: House, me: Actor, name: str, document: dict[str, Any], **told: Any) -> str:
    key = actions.create_record(me, metadata=document, prefill=False, **told).id
    house.records[name] = key
    _file(house, me, name)
    return key


def _file(house: House, me: Actor, name: str) -> None:
    path = f"{house.word(name + ' folder')}/{house.word(name + ' file name')}.txt"
    file_actions.put_file(me, house.records[name], path, io.BytesIO(house.word(name + " file content").encode()))


def _access(house: House, me: Actor, name: str) -> dict[str, Any]:
    group = people.add_group(me, name={"ja": house.word(f"{name} group name")}, members=[])
    house.words[group] = f"{name} scope"
    return {
        **CLOSED,
        "reasons": [{"code": "contract", "note": {"ja": house.word(f"{name} reason note")}}],
        "scopes": [f"group:{group}"],
    }


def _closed(house: House, me: Actor) -> None:
    key = _draft(house, me, "closed", _secret(house, "closed", access=_access(house, me, "closed")))
    actions.publish_version(me, key, note=house.word("closed version note"))
    actions.set_projects(me, key, [house.world.project])
    key = _draft(house, me, "shared", _secret(house, "shared", access={
        "class": "shared", "metadata_class": "shared", "scopes": [f"project:{house.world.project}"],
        "reasons": [{"code": "contract", "note": {"ja": house.word("shared reason note")}}],
    }))  # fmt: skip
    actions.publish_version(me, key)


def _unpublished(house: House, me: Actor) -> None:
    curator = house.world.actor("curator")
    _draft(house, me, "draft", _secret(house, "draft"), projects=[house.world.project])
    key = _draft(house, me, "returned", _secret(house, "returned"))
    actions.submit_draft(me, key, note=house.word("submission note"))
    actions.return_draft(curator, key, why=house.word("return reason"))
    key = _draft(house, me, "scheduled", _secret(house, "scheduled"))
    day = clock.today().replace(year=clock.today().year + 1, day=1)
    actions.publish_version(me, key, on=day, note=house.word("scheduled note"))
    key = _draft(house, me, "discarded", _secret(house, "discarded"))
    actions.discard_draft(me, key)


def _withdrawn(house: House, me: Actor) -> None:
    key = _draft(house, me, "withdrawn", _secret(house, "withdrawn", access=_access(house, me, "withdrawn")))
    actions.publish_version(me, key)
    actions.withdraw(me, key, why=house.word("withdrawal reason of closed metadata"))
    key = _draft(house, me, "emptied", a_document())
    actions.publish_version(me, key)
    actions.open_version(me, key, kind="files")
    _edit(me, key, title={"ja": house.word("draft title behind a tombstone")})
    _file(house, me, "emptied")
    actions.withdraw(me, key, why="見本の取り下げ", version=1)


def _edit(me: Actor, key: str, **metadata: Any) -> None:
    from izumi.records.queries import view

    tag = actions.draft_match(key, view(me, key, draft=True).revision)
    actions.save_draft(me, key, metadata, if_match=tag)


def _open(house: House, me: Actor) -> None:
    """A public record that points at hidden ones, with a draft of its next version and an upload under way."""
    relations = [
        {"relation": "References", "scheme": "URL", "identifier": f"https://izumi.example/id/{key}"}
        for key in (house.records["closed"], house.records["draft"])
    ]
    key = actions.create_record(me, metadata=a_document(relations=relations), prefill=False).id
    house.records["open"] = key
    file_actions.put_file(me, key, "data/a.csv", io.BytesIO(b"x,y\n1,2\n"))
    actions.publish_version(me, key)
    actions.set_projects(me, key, [house.world.project])
    actions.open_version(me, key, kind="files")
    _edit(me, key, title={"ja": house.word("title of the next version")}, description={"ja": house.word("next description")})
    _file(house, me, "open")
    _upload(house, me, key)


def _upload(house: House, me: Actor, key: str) -> None:
    name = house.word("upload under way")
    storage.create_upload(owner_id=key, path=f"{name}.bin", length=10, sender=me.id, metadata="", sha256="", media_type="text/plain")


def _guarded(house: House, me: Actor) -> None:
    """Metadata that anyone may read, but neither its files nor its narrowed items."""
    document = a_document(
        contact={"email": f"{house.word('narrowed contact')}@mihon.example"},
        identifiers=[{"scheme": "DOI", "value": f"10.99999/{house.word('narrowed identifier')}"}],
        relations=[{"relation": "References", "scheme": "URL", "identifier": f"https://e.example/{house.word('narrowed link')}"}],
        remarks={"ja": house.word("narrowed remarks")},
        access={
            "class": "closed", "requests": "none", "reasons": [{"code": "contract"}],
            "disclosure": {"/contact": "closed", "/identifiers": "closed", "/relations": "closed", "/remarks": "closed"},
        },
    )  # fmt: skip
    key = _draft(house, me, "guarded", document)
    actions.publish_version(me, key)


def _planned(house: House, me: Actor) -> None:
    """A plan in force, the record it opened, and a revision under way."""
    document = {
        "title": {"ja": house.word("plan title")}, "description": {"ja": house.word("plan description")},
        "contact": {"name": house.word("plan contact"), "email": f"{house.word('plan email')}@mihon.example"},
        "unmanaged": {"exists": True, "note": {"ja": house.word("plan note")}}, "identifiers": [{"scheme": "DOI", "value": house.word("plan doi")}],
        "entries": [{
            "title": {"ja": house.word("entry title")}, "description": {"ja": house.word("entry description")}, "access": {"class": "open"},
            "remarks": {"ja": house.word("entry remarks")},
            "planned": {"publish_on": "2020-01-01", "sensitive": {"exists": "yes", "handling": {"ja": house.word("entry handling")}}},
        }],
    }  # fmt: skip
    house.plan = plans.create_plan(me, document, project=house.world.project).id
    adopted = plans.adopt(me, house.plan)
    house.entry, house.records["planned"] = adopted.plan.entries[0].id, adopted.plan.entries[0].records[0]
    plans.revise(
        me, house.plan, reason=house.word("reason of the revision"),
        changes=[{"id": house.entry, "remarks": {"ja": house.word("remarks of the revision")}}],
    )  # fmt: skip


def _outsiders(house: House) -> None:
    world = house.world
    away = people.add_organisation(console(), legal_name={"ja": "国立大学法人別見本大学", "en": "Other University"}, kind="university")
    world.persons["outsider"] = people.add_person(
        console(), username="outsider", name={"ja": "outsider", "en": "outsider"}, organisation=away, email="outsider@betsu.example"
    )
    for name in ("company", "stranger", "outsider", "operator", "colleague"):
        house.roles[name] = world.bearer(name)
    house.roles["anonymous"] = {}
