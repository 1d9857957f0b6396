"""``kill -9`` of supervisor, web and worker at random moments: nothing acknowledged is lost, no half state is visible."""

from __future__ import annotations

import hashlib
import os
import random
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from ocfl.storage_root import StorageRoot

from tests.builders import a_document
from tests.scale.site import Site, listening

pytestmark = [pytest.mark.scale, pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")]
ROUNDS = 60 if os.environ.get("IZUMI_LONG") else 9


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(home=tmp_path / "home")
    made.prepare()
    made.start()
    yield made
    made.stop()


@dataclass
class Depositor(threading.Thread):
    """Somebody who deposits record after record and remembers only what was acknowledged."""

    site: Site
    seed: int
    stop_now: threading.Event = field(default_factory=threading.Event)
    files: dict[str, dict[str, str]] = field(default_factory=dict)
    published: dict[str, dict[str, str]] = field(default_factory=dict)
    withdrawn: set[str] = field(default_factory=set)
    maybe_withdrawn: set[str] = field(default_factory=set)
    first: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    def __hash__(self) -> int:
        return id(self)

    def run(self) -> None:
        dice = random.Random(self.seed)
        with self.site.client() as client:
            while not self.stop_now.is_set():
                try:
                    self.deposit(client, dice)
                except httpx.HTTPError:
                    time.sleep(0.05)

    def deposit(self, client: httpx.Client, dice: random.Random) -> None:
        """One record: open, put files, publish, sometimes withdraw; an answer of 2xx is an acknowledgement."""
        opened = client.post("/records", json={"metadata": a_document()})
        if opened.status_code != 201:
            return
        key = opened.json()["id"]
        for n in range(dice.randint(1, 4)):
            body = dice.randbytes(dice.choice([10, 2_000, 300_000, 2_000_000]))
            put = client.put(f"/records/{key}/files/folder/f{n}.bin", content=body)
            if put.is_success:
                self.files.setdefault(key, {})[f"folder/f{n}.bin"] = hashlib.sha256(body).hexdigest()
        before = dict(self.files.get(key, {}))
        if client.post(f"/records/{key}/publish").status_code == 200:
            self.published[key] = before
            self.first.set()
            if dice.random() < 0.2:
                self.maybe_withdrawn.add(key)
                if client.post(f"/records/{key}/withdraw", json={"why": "test"}).is_success:
                    self.withdrawn.add(key)


def nobody_listens(port: int, within_s: float = 12.0) -> bool:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if not listening(port):
            return True
        time.sleep(0.05)
    return False


def test_kill_nine_loses_nothing_acknowledged(site: Site) -> None:
    dice = random.Random(20261121)
    somebody: list[Depositor] = []
    for round_number in range(ROUNDS):
        victim = ("supervisor", "web", "worker")[round_number % 3]
        one = Depositor(site=site, seed=round_number)
        somebody.append(one)
        one.start()
        one.first.wait(30)  # from the first publication on, at any moment of the next ones
        time.sleep(dice.uniform(0.0, 1.2))
        site.kill(victim, dice.randrange(4))
        if victim == "supervisor":
            assert nobody_listens(site.port), "somebody stayed on the port"
            one.stop_now.set()
            site.start()
        else:
            time.sleep(dice.uniform(0.1, 0.5))
        one.stop_now.set()
        one.join(60)
        site.wait_ready()
    site.wait_caught_up()
    assert sum(len(one.published) for one in somebody) >= ROUNDS, "the test did not deposit enough to prove anything"
    for one in somebody:
        check(site, one)
    validate_objects(site)


def check(site: Site, one: Depositor) -> None:
    with site.client() as client:
        for key, files in one.files.items():
            told = client.get(f"/records/{key}")
            if key in one.withdrawn:
                assert told.status_code == 410, key
                continue
            if key in one.maybe_withdrawn and told.status_code == 410:
                continue
            assert told.status_code == 200, key
            version = told.json()["version"]
            assert version == 1 or key not in one.published, key
            for path, digest in files.items():
                where = f"{site.url}/records/{key}/v/1/files/{path}" if version else f"{site.url}/records/{key}/draft/files/{path}"
                body = client.get(where)
                assert body.status_code == 200, (key, path, body.text[:200])
                assert hashlib.sha256(body.content).hexdigest() == digest, (key, path)


def validate_objects(site: Site) -> None:
    """Every object – and the storage root – is valid for the outside validator."""
    root = StorageRoot(root=str(site.home / "objects"))
    assert root.validate(), root.errors
    assert root.num_objects > 0
