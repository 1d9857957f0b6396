"""Somebody to sign in; passwords are hashed for real, with small figures, so that the tests are quick."""

from __future__ import annotations

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher

from izumi.kernel.actors import console
from izumi.people import actions


@pytest.fixture(autouse=True)
def quick_hashing(monkeypatch):
    monkeypatch.setattr(Argon2PasswordHasher, "memory_cost", 1024)
    monkeypatch.setattr(Argon2PasswordHasher, "time_cost", 1)


@pytest.fixture
def tanaka(home):
    return actions.add_person(
        console(), username="tanaka", email="tanaka@example.jp", password="correct horse battery",
        name={"ja": "田中 一郎", "en": "Ichiro Tanaka", "ja-Kana": "タナカ イチロウ"},
    )  # fmt: skip
