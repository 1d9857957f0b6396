from __future__ import annotations

import io
from dataclasses import fields

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from izumi.kernel import clock
from izumi.kernel.actors import ANONYMOUS
from izumi.records import actions, file_actions, queries
from izumi.records.queries.bulk import FILES_AT_ONCE
from izumi.storage import queries as storage
from tests.builders import a_document, a_world

pytestmark = pytest.mark.usefixtures("home")
NOW = "2026-11-21T10:00:00+09:00"


@pytest.fixture
def world(home):
    with clock.at(NOW):
        yield a_world()


def a_record(world, *, projects=(), publish=True, who="researcher", files=(), **changes) -> str:
    me = world.actor(who)
    view = actions.create_record(me, kind="dataset", metadata=a_document(**changes), projects=list(projects), prefill=bool(projects))
    for path in files:
        put(me, view.id, path)
    if publish:
        actions.publish_version(me, view.id)
    return view.id


def put(actor, record: str, path: str) -> None:
    file_actions.put_file(actor, record, path, io.BytesIO(path.encode()))


def told(package) -> dict:
    found = {field.name: getattr(package, field.name) for field in fields(package) if field.name != "files"}
    return {**found, "files": list(package.files())}


def one_by_one(record: str) -> dict:
    return told(queries.package(queries.view(ANONYMOUS, record)))


def test_many_packages_are_what_each_alone_would_be(world):
    me = world.actor("researcher")
    plain = a_record(world, projects=[world.project], files=["b.csv", "a.csv", "部/c.csv"])
    embargoed = a_record(world, files=["x.csv"], access={"class": "embargoed", "available_on": "2027-04-01", "opens": "auto"})
    closed = a_record(world, files=["y.csv"], access={"class": "closed", "reasons": [{"code": "personal_data"}]})
    hidden_item = a_record(
        world, access={"class": "open", "disclosure": {"/contact/email": "closed", "/relations": "closed", "/identifiers": "shared"}, "scopes": [f"org:{world.organisation}"]},
        identifiers=[{"scheme": "Local", "value": "X-1"}], relations=[{"relation": "IsCitedBy", "scheme": "DOI", "identifier": "10.1234/a"}],
    )  # fmt: skip
    linked = a_record(world, relations=[{"relation": "IsSupplementTo", "scheme": "DOI", "identifier": "10.1234/b"}])
    actions.add_link(me, linked, {"relation": "IsReferencedBy", "scheme": "URL", "identifier": "https://example.org/"})
    twice = a_record(world, files=["1.csv"])
    actions.open_version(me, twice, kind="files")
    put(me, twice, "2.csv")
    actions.publish_version(me, twice, note="more")
    back = a_record(world, files=["1.csv"])
    actions.open_version(me, back, kind="files")
    actions.publish_version(me, back)
    actions.withdraw(me, back, why="wrong", version=2)
    edited = a_record(world)
    actions.open_version(me, edited, kind="metadata")
    everything = [plain, embargoed, closed, hidden_item, linked, twice, back, edited]
    found = queries.public_packages(everything)
    assert set(found) == set(everything)
    for record in everything:
        assert told(found[record]) == one_by_one(record), record
    assert [entry.path for entry in found[plain].files()] == ["a.csv", "b.csv", "部/c.csv"]
    assert [entry.path for entry in found[embargoed].files()] == []
    assert "email" not in found[hidden_item].metadata["contact"]


def test_what_anyone_may_not_see_is_not_among_many_packages(world):
    draft = a_record(world, publish=False)
    narrowed = a_record(world, access={"class": "closed", "metadata_class": "closed", "reasons": [{"code": "personal_data"}]})
    gone = a_record(world)
    actions.withdraw(world.actor("researcher"), gone, why="wrong")
    assert queries.public_packages([draft, narrowed, gone, "zzzzz-zzzzz"]) == {}


def test_an_ended_embargo_reads_open_in_many_packages_too(world):
    record = a_record(world, files=["a.csv"], access={"class": "embargoed", "available_on": "2027-04-01", "opens": "auto"})
    with clock.at("2027-04-01T00:00:00+09:00"):
        found = queries.public_packages([record])[record]
        assert (found.access["class"], [entry.path for entry in found.files()]) == ("open", ["a.csv"])
        assert told(found) == one_by_one(record)


def test_a_record_of_more_files_than_are_read_at_once_keeps_them_all(world):
    names = [f"{number:03}.csv" for number in range(FILES_AT_ONCE + 3)]
    record = a_record(world, files=names)
    assert [entry.path for entry in queries.public_packages([record])[record].files()] == names


def test_many_packages_cost_as_many_statements_as_one(world):
    def statements(records: list[str]) -> int:
        with CaptureQueriesContext(connection) as captured:
            for package in queries.public_packages(records).values():
                list(package.files())
        return len(captured)

    records = [a_record(world, projects=[world.project], files=["a.csv"]) for _ in range(5)]
    assert statements(records[:1]) == statements(records) == 8


def test_first_files_are_those_of_the_version_asked_for(world):
    me = world.actor("researcher")
    record = a_record(world, files=["a.csv", "b.csv"])
    actions.open_version(me, record, kind="files")
    put(me, record, "0.csv")
    found = storage.first_files({record: 1, "zzzzz-zzzzz": 1}, 2)
    assert [row.path for row in found[record]] == ["a.csv", "b.csv"]
    assert found["zzzzz-zzzzz"] == []
    assert [row.path for row in storage.first_files({record: 2}, 2)[record]] == ["0.csv", "a.csv"]


def test_public_states_tell_where_published_records_stand(world):
    shown, draft = a_record(world, projects=[world.project]), a_record(world, publish=False)
    gone = a_record(world)
    actions.withdraw(world.actor("researcher"), gone, why="wrong")
    found = queries.public_states([shown, draft, gone])
    assert {key: state.is_public for key, state in found.items()} == {shown: True, gone: False}
    assert (found[shown].kind, found[shown].version, found[shown].projects) == ("dataset", 1, (world.project,))
    assert found[shown].organisation == world.organisation


def test_was_public_remembers_what_was_narrowed(world):
    me = world.actor("researcher")
    never = a_record(world, access={"class": "closed", "metadata_class": "closed", "reasons": [{"code": "personal_data"}]})
    once = a_record(world)
    with clock.at("2026-11-22T10:00:00+09:00"):
        revision = actions.access_of(me, once).etag
        actions.set_access(me, once, {"class": "closed", "metadata_class": "closed", "reasons": [{"code": "personal_data"}]}, if_match=revision)
    assert (queries.was_public(never), queries.was_public(once)) == (False, True)
