"""``izumi demo``: makes the demo's home once, by playing a year of work, and tells its accounts and examples."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from izumi.kernel import clock
from izumi.kernel.days import Day, start_of
from izumi.kernel.errors import Conflict
from izumi.kernel.home import Home, home
from izumi.kernel.locks import Held, exclusive
from izumi.web import homes
from izumi.web.demo.script import read_plans, read_stories, read_world
from izumi.web.language import say

FIRST_DAY = -570
"""When the world begins, relative to today."""
SITE_NAME = "demo.izumi.example"
TITLE_JA, TITLE_EN = "いずみ（デモ）", "Izumi (demo)"
OAI_PAGE = 25
CATCH_UP_S = 60
"""So long a running worker is given to come to rest, in machine seconds."""
EXAMPLES = {
    "open": "al6061-fatigue",
    "embargoed": "dialogue-model-log",
    "shared": "soil-gas-flux",
    "closed": "call-centre-recordings",
    "draft": "al-weld-draft",
}
"""Which record stands for what (interface.md, Demo accounts)."""

Note = Callable[[str], None]


def demo(*, base_url: str = "", reset: bool = False, told: Note = lambda text: None) -> dict[str, Any]:
    """Make the demo unless it is there; answers home, address, accounts with tokens, and examples.

    ``told`` hears of the progress. A home that is no demo is never touched (``home.exists``); one whose making was cut
    short is made again. All consumers have caught up when this returns.
    """
    os.environ["IZUMI_ENV"] = "demo"
    if base_url:
        os.environ.setdefault("IZUMI_BASE_URL", base_url)
    here = home()
    if here.exists and here.written.get("env") != "demo":
        raise Conflict("home.exists", path=str(here.path))
    kept = None if reset else _kept(here)
    if kept is None:
        kept = _make_alone(here, told)
    else:
        homes.open_home()
        _catch_up()
    return {"home": str(home().path), "base_url": home().setting("IZUMI_BASE_URL"), **kept}


def _make_alone(here: Home, told: Note) -> dict[str, Any]:
    """Make the demo, in place of a former one, while no worker may run on this home. Raises ``home.in_use``."""
    try:
        with exclusive(here.path / "worker.lock", wait=False):
            if here.exists:
                told(say("前のデモを消しています。", "Removing the former demo."))
                clear(here)
            return _make(told)
    except Held as held:
        raise Conflict("home.in_use", path=str(here.path)) from held


def clear(here: Home) -> None:
    """Remove what a demo put into its home, and nothing else that may lie there."""
    for path in (here.file, here.path / "demo.json", *sorted(here.path.glob("izumi.db*"))):
        path.unlink(missing_ok=True)
    for name in ("objects", "drafts", "index", "cache", "archive", "mail", "logs"):
        shutil.rmtree(here.path / name, ignore_errors=True)


def _kept(here: Home) -> dict[str, Any] | None:
    file = here.path / "demo.json"
    if not here.exists or not file.is_file():
        return None
    kept: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return kept


def _catch_up() -> None:
    """Let consumers and jobs come to rest: here, or – where the site is being served – by its own worker."""
    from izumi.kernel import running

    try:
        with exclusive(home().path / "worker.lock", wait=False):
            running.until_idle()
    except Held:
        deadline = time.monotonic() + CATCH_UP_S
        while any(running.behind().values()) and time.monotonic() < deadline:
            time.sleep(0.2)


def _make(told: Note) -> dict[str, Any]:
    told(
        say(
            "デモを作っています（1分ほど）。人も機関もすべて架空です。",
            "Making the demo (about a minute). All people and institutions are invented.",
        )
    )
    base_url = home().setting("IZUMI_BASE_URL")
    homes.make_home(env="demo", base_url=base_url, site_name=SITE_NAME, title_ja=TITLE_JA, title_en=TITLE_EN, oai_page=OAI_PAGE)
    kept = _played(told)
    _keep(home().path / "demo.json", kept)
    told(say("できました。", "Done."))
    return kept


def _played(told: Note) -> dict[str, Any]:
    """The world and its year, and what is worth knowing about them afterwards."""
    from izumi.kernel import running
    from izumi.web.demo.cast import PASSWORD, Cast, set_up
    from izumi.web.demo.plans import Planning, acts
    from izumi.web.demo.play import PLANS_PLACE, Act, Moment, Stage, play

    world, plans, stories, today = read_world(), read_plans(), read_stories(), clock.today()
    with clock.at(start_of(_day(today, FIRST_DAY)) + dt.timedelta(hours=9)):
        cast: Cast = set_up(world, plans, lambda offset: _day(today, offset))
    planning = Planning({story.key: story for story in stories}, world, today, cast.projects, cast.actor)
    stage = Stage(world, cast, today, planned=planning.records)
    further = acts(planning, plans, cast.programmes, lambda day, hour, run: Act(Moment(day, hour, PLANS_PLACE), run))
    play(stage, stories, further, _steps(told))
    told(say("索引と保存用の写しを作っています。", "Indexing and sealing."))
    running.until_idle()
    return {
        "accounts": {
            name: {"password": PASSWORD, "token": token, "person": cast.persons[name]}
            for name, token in cast.tokens.items()
        },
        "examples": {
            **{name: stage.records[key] for name, key in EXAMPLES.items()},
            "plan": planning.plans["alloys"],
            "project": cast.projects["alloys"],
            "programme": cast.programmes["demonstration"],
            "organisation": cast.organisations["izumino"],
            "group": cast.groups["coatings"],
        },
    }


def _day(today: Day, offset: int) -> Day:
    return today + dt.timedelta(days=offset)


def _steps(told: Note) -> Callable[[int, int], None]:
    """Tells about every tenth part."""

    def heard(done: int, total: int) -> None:
        if done * 10 // total != (done - 1) * 10 // total:
            told(say(f"  {total} 歩のうち {done} 歩", f"  {done} of {total} steps"))

    return heard


def _keep(file: Path, kept: dict[str, Any]) -> None:
    """Write ``demo.json`` for its owner alone; whole or not at all."""
    beside = file.with_name("demo.json.new")
    beside.unlink(missing_ok=True)
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        json.dump(kept, out, ensure_ascii=False, indent=1)
    beside.replace(file)
