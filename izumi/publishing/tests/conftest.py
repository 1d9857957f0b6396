"""A harvester for the tests of publishing: asks like one, and knows the official schemas when they are beside the checkout."""

from __future__ import annotations

import importlib.util
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from lxml import etree

from izumi.kernel import journal, running
from izumi.records import actions, file_actions
from tests.builders import World, a_document
from tests.shared import shared_path

OAI = "{http://www.openarchives.org/OAI/2.0/}"


@pytest.fixture
def announce(home):
    """Lets the one consumer that announces catch up; seals and index are left alone."""
    running.load_rooms()

    def catch_up() -> None:
        while running.feed(journal.CONSUMERS["announce"]):
            pass

    return catch_up


@pytest.fixture
def schemas():
    """The loader of the official schemas; skips where they are absent."""
    spec = importlib.util.spec_from_file_location("load_offline", shared_path("schemas/load_offline.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass
class Header:
    """A header as a harvester keeps it."""

    record: str
    datestamp: str
    deleted: bool
    sets: list[str]


@dataclass
class Harvester:
    """Asks the provider over the site's addresses."""

    client: Any

    def ask(self, query: str = "", **arguments: str):
        given = {name.rstrip("_"): value for name, value in arguments.items()}
        response = self.client.get("/oai" + query, given or None)
        assert response.status_code == 200, response.content
        assert response.headers["Content-Type"].startswith("text/xml")
        return etree.fromstring(response.content)

    def errors(self, query: str = "", **arguments: str) -> list[str]:
        return [found.get("code") for found in self.ask(query, **arguments).findall(f"{OAI}error")]

    def pages(self, verb: str, **arguments: str) -> Iterator[Any]:
        root = self.ask(verb=verb, **arguments)
        while True:
            yield root
            token = root.findtext(f"{OAI}{verb}/{OAI}resumptionToken")
            if not token:
                return
            root = self.ask(verb=verb, resumptionToken=token)

    def headers(self, verb: str = "ListIdentifiers", **arguments: str) -> list[Header]:
        arguments.setdefault("metadataPrefix", "oai_dc")
        return [found for page in self.pages(verb, **arguments) for found in headers_of(page)]

    def ids(self, **arguments: str) -> list[str]:
        return [found.record for found in self.headers(**arguments)]

    def get(self, record: str, prefix: str = "oai_dc"):
        return self.ask(verb="GetRecord", metadataPrefix=prefix, identifier=identifier(record))


def headers_of(page) -> list[Header]:
    return [
        Header(
            record=found.findtext(f"{OAI}identifier").rsplit(":", 1)[1], datestamp=found.findtext(f"{OAI}datestamp"),
            deleted=found.get("status") == "deleted", sets=[entry.text for entry in found.findall(f"{OAI}setSpec")],
        )
        for found in page.iter(f"{OAI}header")
    ]  # fmt: skip


def identifier(record: str) -> str:
    return f"oai:test.izumi.invalid:{record}"


@pytest.fixture
def harvester(client, monkeypatch) -> Harvester:
    """A harvester of a site with three records a page."""
    monkeypatch.setattr(settings, "IZUMI_OAI_PAGE", 3)
    monkeypatch.setattr(settings, "IZUMI_SITE_NAME", "test.izumi.invalid")
    return Harvester(client)


class Desk:
    """A researcher at work, in few words."""

    closed = {"class": "closed", "metadata_class": "closed", "reasons": [{"code": "personal_data"}]}

    def __init__(self, world: World) -> None:
        self.world, self.me = world, world.actor("researcher")

    def record(self, *, publish: bool = True, projects: tuple[str, ...] = (), files: tuple[str, ...] = (), **changes: Any) -> str:
        document = a_document(**changes)
        view = actions.create_record(self.me, kind="dataset", metadata=document, projects=list(projects), prefill=bool(projects))
        for path in files:
            file_actions.put_file(self.me, view.id, path, io.BytesIO(path.encode()))
        if publish:
            actions.publish_version(self.me, view.id)
        return view.id

    def access(self, record: str, **statement: Any) -> None:
        etag = actions.access_of(self.me, record).etag
        actions.set_access(self.me, record, statement, if_match=etag)

    def correct(self, record: str, **changes: Any) -> None:
        view = actions.open_version(self.me, record, kind="metadata")
        actions.save_draft(self.me, record, changes or {"remarks": {"ja": "直した"}}, if_match=None, required=False)
        actions.publish_version(self.me, view.id)

    def withdraw(self, record: str) -> None:
        actions.withdraw(self.me, record, why="誤り")


@pytest.fixture
def desk(home):
    """Somebody who publishes, in a small institution."""
    from tests.builders import a_world

    return Desk(a_world())
