"""The API for people to read, in both languages."""

from __future__ import annotations

import re

import pytest

pytestmark = pytest.mark.usefixtures("home")


def test_every_operation_is_explained_in_japanese(client):
    html = client.get("/api/v1/docs", HTTP_ACCEPT_LANGUAGE="ja").content.decode()
    told = re.findall(r"<summary>.*?</summary>", html)
    assert len(told) > 40
    assert [line for line in told if not re.search("[ぁ-んァ-ヶ一-龠]", line)] == []
    assert "レコード、またはひとつの版を取り下げる" in html


def test_every_operation_is_explained_in_english(client):
    html = client.get("/api/v1/docs", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "Withdraw a record or one version" in html
    assert not any(re.search("[ぁ-ん]", line) for line in re.findall(r"<summary>.*?</summary>", html))
