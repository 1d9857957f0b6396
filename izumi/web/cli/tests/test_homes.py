"""The life of a home by command: made once, upgraded with a backup, backed up, restored, never opened when newer."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest


def izumi(home: Path, *arguments: str, lang: str = "C.UTF-8") -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "IZUMI_HOME": str(home),
        "LC_ALL": lang,
        "IZUMI_ENV": "test",
        "PYTHONIOENCODING": "utf-8",
    }
    environment.pop("IZUMI_BASE_URL", None)
    command = [sys.executable, "-m", "izumi.web.cli", *arguments]
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    home = tmp_path_factory.mktemp("site") / "home"
    done = izumi(home, "init", "--site-name", "a.invalid", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"home": str(home), "site_name": "a.invalid", "base_url": "http://127.0.0.1:8000"}
    return home


def test_a_command_without_a_home_is_refused_and_says_how_to_make_one(tmp_path):
    done = izumi(tmp_path / "nothing", "person", "list")
    assert done.returncode == 1
    assert "izumi init" in done.stderr
    assert not (tmp_path / "nothing").exists()


def test_the_same_refusal_in_japanese_and_for_machines(tmp_path):
    assert "ホームがありません" in izumi(tmp_path / "nothing", "person", "list", lang="ja_JP.UTF-8").stderr
    done = izumi(tmp_path / "nothing", "person", "list", "--json")
    assert json.loads(done.stdout)["code"] == "home.none"
    assert done.stderr == ""


def test_settings_are_readable_by_their_owner_only(made):
    assert stat.S_IMODE((made / "izumi.toml").stat().st_mode) == 0o600


def test_a_home_is_not_made_twice(made):
    before = (made / "izumi.toml").read_bytes()
    done = izumi(made, "init", "--site-name", "b.invalid", "--json")
    assert (done.returncode, json.loads(done.stdout)["code"]) == (1, "home.exists")
    assert (made / "izumi.toml").read_bytes() == before


def test_an_upgrade_of_a_present_home_does_nothing(made):
    done = izumi(made, "upgrade", "--json")
    assert (done.returncode, json.loads(done.stdout)["upgraded"]) == (0, False)


def test_a_backup_restores_to_the_same_state(made, tmp_path):
    assert izumi(made, "person", "add", "--username", "hanako", "--password", "correct horse battery").returncode == 0
    (made / "drafts" / "blob").write_bytes(b"draft bytes")
    told = json.loads(izumi(made, "backup", "--to", str(tmp_path / "kept"), "--json").stdout)
    assert told["files"] == 3
    done = izumi(tmp_path / "again", "restore", str(tmp_path / "kept"), "--json")
    assert done.returncode == 0, done.stderr
    people = [
        json.loads(line)["username"]
        for line in izumi(tmp_path / "again", "person", "list", "--json").stdout.splitlines()
    ]
    assert people == ["hanako"]
    assert (tmp_path / "again" / "drafts" / "blob").read_bytes() == b"draft bytes"
    assert stat.S_IMODE((tmp_path / "again" / "izumi.toml").stat().st_mode) == 0o600


def test_a_damaged_backup_is_refused_and_nothing_is_written(made, tmp_path):
    izumi(made, "backup", "--to", str(tmp_path / "kept"))
    with (tmp_path / "kept" / "izumi.db").open("r+b") as database:
        database.seek(2000)
        database.write(b"xxxx")
    done = izumi(tmp_path / "again", "restore", str(tmp_path / "kept"), "--json")
    assert (done.returncode, json.loads(done.stdout)["code"]) == (1, "backup.damaged")
    assert not (tmp_path / "again").exists()


def test_a_backup_does_not_mix_with_other_files(made, tmp_path):
    (tmp_path / "something").write_text("mine")
    done = izumi(made, "backup", "--to", str(tmp_path), "--json")
    assert (done.returncode, json.loads(done.stdout)["code"]) == (1, "backup.not_empty")


@pytest.mark.parametrize("where", ["settings", "database", "migrations"])
def test_a_newer_home_is_refused(made, tmp_path, where):
    izumi(made, "backup", "--to", str(tmp_path / "kept"))
    izumi(tmp_path / "home", "restore", str(tmp_path / "kept"))
    if where == "settings":
        file = tmp_path / "home" / "izumi.toml"
        file.write_text(file.read_text().replace("format = 1", "format = 99"))
    else:
        with sqlite3.connect(tmp_path / "home" / "izumi.db") as database:
            database.execute(
                "PRAGMA user_version = 99"
                if where == "database"
                else "INSERT INTO django_migrations (app, name, applied) VALUES ('kernel', '9999_future', '2030-01-01')"
            )
    for command in (["upgrade"], ["person", "list"]):
        done = izumi(tmp_path / "home", *command, "--json")
        assert (done.returncode, json.loads(done.stdout)["code"]) == (1, "home.newer")


def test_an_older_home_asks_for_an_upgrade_which_backs_up_first(made, tmp_path):
    izumi(made, "backup", "--to", str(tmp_path / "kept"))
    izumi(tmp_path / "home", "restore", str(tmp_path / "kept"))
    with sqlite3.connect(tmp_path / "home" / "izumi.db") as database:
        database.execute("DROP TABLE django_session")
        database.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
    refused = izumi(tmp_path / "home", "person", "list", "--json")
    assert (refused.returncode, json.loads(refused.stdout)["code"]) == (1, "home.older")
    done = json.loads(izumi(tmp_path / "home", "upgrade", "--json").stdout)
    assert done["upgraded"] is True
    assert (Path(done["backup"]) / "izumi.db").is_file()
    assert izumi(tmp_path / "home", "person", "list").returncode == 0


def test_wrong_usage_exits_2_in_words_and_in_json(made):
    assert izumi(made, "person", "add").returncode == 2
    done = izumi(made, "person", "add", "--json")
    assert (done.returncode, json.loads(done.stdout)["code"]) == (2, "usage.wrong")


def test_a_site_that_does_not_answer_exits_3(made):
    done = izumi(made, "record", "show", "aaaaa-aaaaa", "--site", "http://127.0.0.1:9", "--json")
    assert (done.returncode, json.loads(done.stdout)["code"]) == (3, "site.unreachable")
