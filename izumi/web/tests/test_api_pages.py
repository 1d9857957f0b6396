"""The API for people to read, in both languages."""

from __future__ import annotations

import re

import pytest

pytestmark = pytest.mark.usefixtures("home")


def test_every_operation_is_explained_in_japanese(client):
    html = client.get("/api/v1/docs", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    told = re.findall(r"<summary>.*?</summary>", html)
    assert len(told) > 40
    assert [line for line in told if not re.search("[ぁ-んァ-ヶ一-龠]", line)] == []
    assert "レコード、またはひとつの版を取り下げる" in html


def test_every_operation_is_explained_in_english(client):
    html = client.get("/en/api/v1/docs", HTTP_ACCEPT_LANGUAGE="ja").content.decode()
    assert "Withdraw a record or one version" in html
    assert not any(re.search("[ぁ-ん]", line) for line in re.findall(r"<summary>.*?</summary>", html))


def test_each_language_links_to_the_other(client):
    assert 'href="/en/api/v1/docs" lang="en"' in client.get("/api/v1/docs").content.decode()
    assert 'href="/api/v1/docs" lang="ja"' in client.get("/en/api/v1/docs").content.decode()


def test_other_addresses_of_the_api_have_no_language(client):
    assert client.get("/en/api/v1/formats").status_code == 404
