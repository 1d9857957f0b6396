"""The day the database is gone: what was public comes back from storage alone, what was narrowed never reopens."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.builders import a_document
from tests.scale.site import Site

pytestmark = pytest.mark.scale
FORMATS = ("json", "jpcoar_2.0", "datacite-xml", "datacite-json", "common-csv", "schema-org", "oai_dc", "bibtex")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(home=tmp_path / "old")
    made.prepare()
    made.start()
    yield made
    made.stop()


def deposit(client: httpx.Client, title: str, **changes: object) -> str:
    opened = client.post("/records", json={"metadata": a_document(title={"ja": title, "en": title}, **changes)})
    key = opened.json()["id"]
    assert client.put(f"/records/{key}/files/data/値.csv", content=b"x,y\n1,2\n").is_success
    assert client.put(f"/records/{key}/files/README.txt", content=title.encode()).is_success
    assert client.post(f"/records/{key}/publish", json={"note": "初版"}).status_code == 200
    return str(key)


def public_face(site: Site, key: str) -> dict[str, bytes]:
    """Everything that anybody gets of a record: its page, its exports, its files."""
    got = {f"?format={name}": httpx.get(f"{site.url}/records/{key}", params={"format": name}) for name in FORMATS}
    got["page"] = httpx.get(f"{site.url}/records/{key}")
    got["page en"] = httpx.get(f"{site.url}/en/records/{key}")
    got["file"] = httpx.get(f"{site.url}/records/{key}/v/1/files/data/値.csv")
    got["zip"] = httpx.get(f"{site.url}/records/{key}/v/1.zip")
    assert {name for name, answer in got.items() if answer.status_code != 200} == set()
    return {name: answer.content for name, answer in got.items()}


def test_a_rebuilt_site_shows_the_same_and_reopens_nothing(site: Site, tmp_path: Path) -> None:
    with site.client() as client:
        kept = deposit(client, "残る記録")
        corrected = deposit(client, "直した記録")
        withdrawn_before, withdrawn_late = deposit(client, "早く取り下げた記録"), deposit(client, "あとで取り下げた記録")
        narrowed_late = deposit(client, "あとで閉じた記録")
        assert client.post(f"/records/{corrected}/new-version", json={"kind": "metadata"}).is_success
        patch = {"metadata": {"summary": {"ja": "訂正しました。"}}}
        assert client.patch(f"/records/{corrected}/draft", json=patch, headers={"If-Match": "*"}).is_success
        assert client.post(f"/records/{corrected}/publish").is_success
        assert client.post(f"/records/{withdrawn_before}/withdraw", json={"why": "重複"}).is_success
        site.wait_caught_up()
        before = {key: public_face(site, key) for key in (kept, corrected)}
        for pid in site.pids("worker"):
            os.kill(pid, signal.SIGSTOP)  # no seal from here on
        assert client.post(f"/records/{withdrawn_late}/withdraw", json={"why": "誤り"}).is_success
        etag = client.get(f"/records/{narrowed_late}/access").headers["ETag"]
        closed = {"class": "closed", "metadata_class": "closed", "reasons": [{"code": "personal_data"}]}
        assert client.put(f"/records/{narrowed_late}/access", json=closed, headers={"If-Match": etag}).is_success
    site.kill("supervisor")
    for old in [*site.home.glob("izumi.db*")]:
        old.unlink()
    shutil.rmtree(site.home / "index")
    done = site.izumi("rebuild", "--into", str(tmp_path / "new"), check=False)
    assert done.returncode in (0, 1), done.stdout + done.stderr  # 1: it says what stays closed
    new = Site(home=tmp_path / "new", port=site.port)
    new.start()
    try:
        new.wait_caught_up()
        assert {key: public_face(new, key) for key in (kept, corrected)} == before
        assert httpx.get(f"{new.url}/records/{withdrawn_before}").status_code == 410
        for key in (withdrawn_late, narrowed_late):
            assert httpx.get(f"{new.url}/records/{key}").status_code in (404, 410), key
            assert httpx.get(f"{new.url}/records/{key}/v/1/files/README.txt").status_code in (401, 403, 404, 410), key
        found = httpx.get(f"{new.url}/api/v1/search", params={"q": "記録"}).json()
        assert {item["id"] for item in found["items"]} == {kept, corrected}
    finally:
        new.stop()
