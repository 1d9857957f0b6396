"""The home: settings from environment, file and default; closed to others."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from izumi.kernel.home import FORMAT, Home, NewerHome, NoHome


def test_a_new_home_is_its_owners_alone(tmp_path: Path) -> None:
    made = Home(tmp_path / "home").create(site_name="a.invalid")
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o700
    assert stat.S_IMODE(made.file.stat().st_mode) == 0o600
    assert made.written["format"] == FORMAT
    again = made.create(site_name="b.invalid")
    assert again.written["site_name"] == "a.invalid"


def test_the_environment_beats_the_file_and_the_file_the_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("IZUMI_BASE_URL", raising=False)
    made = Home(tmp_path / "home").create(site_name='quo"te\\d', title_ja="泉の試し")
    assert (made.setting("IZUMI_BASE_URL"), made.written["site_name"]) == ("http://127.0.0.1:8000", 'quo"te\\d')
    assert made.title == {"ja": "泉の試し", "en": "泉の試し"}
    monkeypatch.setenv("IZUMI_BASE_URL", "https://izumi.invalid")
    assert made.setting("IZUMI_BASE_URL") == "https://izumi.invalid"


def test_what_is_no_home_or_a_newer_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoHome):
        Home(tmp_path).require()
    (tmp_path / "izumi.toml").write_text(f"format = {FORMAT + 1}\n")
    with pytest.raises(NewerHome):
        Home(tmp_path).require()
