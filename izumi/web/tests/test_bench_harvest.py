from __future__ import annotations

import pytest
from django.conf import settings

from izumi.kernel.errors import Conflict
from izumi.records import actions
from izumi.web import bench_harvest
from tests.builders import a_document, a_world


def test_the_harvest_is_measured_beside_writing_the_same_payloads(home, run_workers, monkeypatch):
    monkeypatch.setattr(settings, "IZUMI_OAI_PAGE", 2)
    monkeypatch.setattr(bench_harvest, "ROUNDS", 1)
    me = a_world().actor("researcher")
    made = [actions.create_record(me, kind="dataset", metadata=a_document(), prefill=False).id for _ in range(6)]
    for record in made:
        actions.publish_version(me, record)
    actions.withdraw(me, made[0], why="誤り")
    run_workers()
    notes: list[str] = []
    told = bench_harvest.harvest(told=notes.append)
    assert (told["records"], told["page"], told["rounds"]) == (5, 2, 1)
    assert list(told["formats"]) == ["oai_dc", "jpcoar", "jpcoar_2.1", "datacite"]
    for figures in told["formats"].values():
        assert figures["statements_per_page"] == [9, 8]  # one more where records have files
        assert figures["sent_bytes"] > figures["payload_bytes"] > 0
        assert figures["ratio"] > 0
    assert len(notes) == 4


def test_an_empty_site_cannot_be_measured(home):
    with pytest.raises(Conflict) as refused:
        bench_harvest.harvest(told=print)
    assert refused.value.code == "bench.empty"
