"""Every address of the site, with its parameters filled in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from izumi.formats import queries as formats
from izumi.web.api import api
from tests.attack.house import House

UNSAFE = ("post", "put", "patch", "delete")
PAGES = (
    "/", "/search", "/search?sort=title", "/search?sort=newest", "/projects", "/work", "/records/new", "/sitemap.xml", "/sitemap-all.xml",
    "/robots.txt", "/about/terms", "/about/accessibility", "/docs/errors", "/api/v1/docs", "/login", "/account", "/healthz",
    "/password/forgot", "/projects/{project}", "/organisations/{organisation}", "/people/{person}",
)  # fmt: skip
RECORD_PAGES = (
    "", "/v/1", "/v/2", "/linkset", "/linkset?format=text", "/v/1/linkset", "/preview", "/edit", "/edit/files", "/publish", "/review",
    "/discard", "/new-version", "/withdraw", "/access", "/history", "/diff?from=1&to=1", "/diff?from=1&to=2", "/v/1.zip", "/v/2.zip",
    "/v/draft.zip", "/v/1/files/", "/v/2/files/", "/v/draft/files/", "/draft/files/", "?folder=a/&q=q", "?after=1",
)  # fmt: skip


def openapi() -> dict[str, Any]:
    """The document of the API."""
    return dict(api.get_openapi_schema(path_prefix="/api/v1/"))


def operations(*methods: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(method, path, operation) of the API, by method."""
    for path, told in openapi()["paths"].items():
        for method in methods:
            if method in told:
                yield method, path, told[method]


def filled(house: House, path: str, record: str = "") -> str:
    """An address of the API with real things in its parameters."""
    world = house.world
    values = {
        "record_id": record, "n": "1", "path": file_of(house, record), "upload_id": "x" * 24, "person": world.persons["researcher"],
        "organisation": world.organisation, "project": world.project, "programme": "b9r98-kegkg", "group": "b9r98-kegkg", "role": "1",
        "token": "b9r98-kegkg", "call": "b9r98-kegkg", "round": "b9r98-kegkg", "name": "common", "job_id": "1",
        "plan_id": house.plan, "entry": house.entry, "submission": "b9r98-kegkg",
    }  # fmt: skip
    return path.format(**values)


def file_of(house: House, record: str) -> str:
    """A file's path in this record, as its owner knows it."""
    name = next((name for name, key in house.records.items() if key == record), "")
    parts = [canary for where in ("folder", "file name") for canary, place in house.words.items() if place == f"{name} {where}"]
    return f"{parts[0]}/{parts[1]}.txt" if len(parts) == 2 else "data/a.csv"


def addresses(house: House) -> Iterator[str]:
    """All that can be read, of no record in particular."""
    world = house.world
    for page in PAGES:
        address = page.format(project=world.project, organisation=world.organisation, person=world.persons["researcher"])
        yield address
        if not address.startswith("/api") and "." not in address:
            yield "/en" + address
    for _, path, _ in operations("get"):
        if "{record_id}" not in path:
            yield filled(house, path)
    yield from _plans(house)
    yield from _lists(house)


def _plans(house: House) -> Iterator[str]:
    """Everything that can be read of the plan."""
    for tail in ("", "/edit", "/history", "/revise", "/adopt", "/export", "/diff", f"/assign?entry={house.entry}", "/v/1"):
        yield from (f"/plans/{house.plan}{tail}", f"/en/plans/{house.plan}{tail}")
    start = f"/api/v1/plans/{house.plan}"
    yield from (f"{start}/diff?before=1&after=draft", f"{start}/versions/1", "/api/v1/plans?limit=1000", "/plans", "/plans/new")
    yield from (f"{start}/export?format={name}&draft=1" for name in ("json", "madmp", "jsps", "moonshot", "csv", "xlsx"))
    yield f"/api/v1/plans?project={house.world.project}"
    yield f"/plans/new?project={house.world.project}"


def _lists(house: House) -> Iterator[str]:
    world = house.world
    scopes = (f"project={world.project}", f"organisation={world.organisation}", f"person={world.persons['researcher']}")
    for scope in scopes:
        for state in ("", "&state=withdrawn", "&state=unpublished", "&state=scheduled", "&state=draft"):
            yield f"/api/v1/records?{scope}{state}"
    yield from ("/api/v1/records?mine=true", "/api/v1/records?queue=review", "/api/v1/search?sort=title", "/api/v1/search?limit=100")
    yield f"/api/v1/roles?scope=org:{world.organisation}"
    yield f"/api/v1/people?q=researcher&organisation={world.organisation}"


def addresses_of(house: House, record: str, *, exports: bool = True) -> Iterator[str]:
    """All that can be read of one record; without ``exports`` only one of its formats."""
    yield f"/id/{record}"
    yield f"/datasets/{record}"
    yield f"/search/picture/{record}"
    for tail in RECORD_PAGES:
        yield f"/records/{record}{tail}"
    path = quote(file_of(house, record))
    for version in ("1", "2", "draft"):
        for asked in ("", "?preview", "?preview=picture"):
            yield f"/records/{record}/v/{version}/files/{path}{asked}"
    for name in formats.all_codecs() if exports else ("json",):
        yield f"/records/{record}?format={name}"
        yield f"/api/v1/records/{record}/export?format={name}"
    yield f"/api/v1/records/{record}/export?format=datacite-json&loss=1"
    for _, place, _ in operations("get"):
        if "{record_id}" in place:
            yield filled(house, place, record)
    yield from _further(record)


def _further(record: str) -> Iterator[str]:
    start = f"/api/v1/records/{record}"
    yield from (f"{start}/diff?before=1&after=1", f"{start}/diff?before=1&after=2", f"{start}/versions/2")
    yield from (f"{start}/files?version={version}" for version in ("1", "2", "draft"))
    yield from (f"{start}/files/diff?before=1&after=2", f"{start}/files/diff?before=1&after=draft")
    for action in ("see", "read", "edit"):
        yield f"/api/v1/decisions?record={record}&action={action}&at=2030-01-01"
    yield f"/api/v1/decisions?record={record}&as=researcher"
    yield f"/api/v1/uploads/?record={record}"
