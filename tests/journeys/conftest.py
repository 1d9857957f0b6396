"""A real site on a free port, and a real browser; where there is no browser the journeys are reported as not run."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.demo.made import copied, demo_place
from tests.journeys.steps import PASSWORD

__all__ = ["demo_place"]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@dataclass
class Site:
    """A running site."""

    address: str
    home: Path
    organisation: str
    project: str
    env: str = "test"

    def izumi(self, *arguments: str) -> dict:
        """A command on this home; its last JSON line."""
        done = subprocess.run(
            [sys.executable, "-m", "izumi.web.cli", *arguments, "--json"],
            env=environment(self),
            capture_output=True,
            text=True,
        )
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        assert done.returncode == 0, done.stdout + done.stderr
        return lines[-1]


def environment(here: Site) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("IZUMI_") and name != "DJANGO_SETTINGS_MODULE"
    }
    return {**kept, "IZUMI_HOME": str(here.home), "IZUMI_BASE_URL": here.address, "IZUMI_ENV": here.env, "LC_ALL": "C.UTF-8"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[Site]:
    """A home with one organisation, one project and one researcher, served with its worker."""
    browser_path()
    port = free_port()
    here = Site(f"http://127.0.0.1:{port}", tmp_path_factory.mktemp("journey") / "home", "", "")
    here.izumi("init", "--site-name", "journey.invalid", "--admin-email", "operator@example.invalid")
    here.organisation = here.izumi("organisation", "add", "--name-ja", "青葉台大学", "--name-en", "Aobadai University")[
        "id"
    ]
    here.izumi("person", "add", "--username", "hanako", "--name-ja", "泉 花子", "--name-en", "Hanako Izumi", "--organisation", here.organisation,
               "--password", PASSWORD, "--email", "hanako@example.invalid")  # fmt: skip
    funder = here.izumi(
        "organisation", "add", "--name-ja", "架空研究支援機構", "--name-en", "Invented Agency", "--kind", "funder"
    )["id"]
    programme = here.izumi(
        "programme", "add", "--name-ja", "川の研究", "--name-en", "River studies", "--funder", funder
    )["id"]
    here.project = here.izumi("project", "add", "--name-ja", "川の水を調べる", "--name-en", "Looking at river water", "--organisation",
                              here.organisation, "--pm", "hanako", "--number", "JGN=JPMJXX0001", "--programme", programme)["id"]  # fmt: skip
    with served(here):
        yield here


@contextmanager
def demo_site(demo: Path, target: Path) -> Iterator[Site]:
    """A copy of the demo, served with its worker; its accounts have the demo's password."""
    address = f"http://127.0.0.1:{free_port()}"
    examples = json.loads((demo / "demo.json").read_text("utf-8"))["examples"]
    here = Site(address, copied(demo, target), examples["organisation"], examples["project"], "demo")
    with served(here):
        yield here


@contextmanager
def served(here: Site) -> Iterator[None]:
    """``izumi serve`` on the site's own address, until the block ends."""
    port = here.address.rsplit(":", 1)[1]
    serving = subprocess.Popen(
        [sys.executable, "-m", "izumi.web.cli", "serve", "--port", port, "--workers", "1"], env=environment(here),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        wait_for(here.address + "/readyz")
        yield
    finally:
        serving.send_signal(signal.SIGTERM)
        try:
            serving.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(serving.pid, signal.SIGKILL)


def wait_for(address: str, seconds: float = 90) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"{address} does not answer")


def browser_path() -> str:
    """The browser of this machine; skips the journey where there is none."""
    for name in (os.environ.get("IZUMI_BROWSER", ""), *BROWSERS):
        if name and (found := shutil.which(name)):
            return found
    pytest.skip("journeys not run: no browser on this machine")


@pytest.fixture(scope="module")
def browser(site) -> Iterator:
    """One browser for the module; it must be gone before other tests, for it keeps an event loop."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        running = play.chromium.launch(executable_path=browser_path(), args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield running
        running.close()


@pytest.fixture(scope="module")
def axe():
    from axe_playwright_python.sync_playwright import Axe

    return Axe()


@pytest.fixture
def new_page(browser, site) -> Iterator[Callable]:
    """Makes pages that fail the test when their console says an error; ``javascript=False`` for the road without."""
    said: list[str] = []
    contexts = []

    def make(lang: str = "ja", *, javascript: bool = True, width: int = 1280):
        context = browser.new_context(
            base_url=site.address, java_script_enabled=javascript, viewport={"width": width, "height": 900}, accept_downloads=True,
            locale="ja-JP" if lang == "ja" else "en-GB", timezone_id="Asia/Tokyo", reduced_motion="reduce",
        )  # fmt: skip
        context.set_default_timeout(60_000)
        contexts.append(context)
        page = context.new_page()
        page.expected_failures = set()
        page.on("pageerror", lambda failure: said.append(f"{page.url}: {failure}"))
        page.on(
            "console",
            lambda told: (
                said.append(f"{page.url}: {told.text}") if is_fault(told) and not expected(page, told) else None
            ),
        )
        return page

    yield make
    for context in contexts:
        context.close()
    assert said == [], "the browser's console reports errors"


def expected(page, told) -> bool:
    """A document that answers 4xx on purpose is told in the console; it is no fault of the page."""
    return any(f"status of {status}" in told.text for status in page.expected_failures)


def is_fault(told) -> bool:
    """An error, or whatever the content security policy has to say."""
    return told.type == "error" or "Content Security Policy" in told.text
