"""What is in the repository works on any machine: no path of the author's, no address of a package registry, nothing huge."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LARGEST_BYTES = 2_000_000
REGISTRIES = ["pypi" + ".org", "python" + "hosted.org", "npm" + "js.", "extra-index" + "-url", "--index" + "-url"]


@pytest.fixture(scope="module")
def tracked() -> list[Path]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if done.returncode:
        pytest.skip("not a git checkout")
    return [path for name in done.stdout.decode().split("\0") if name and (path := ROOT / name).is_file()]


def containing(paths: list[Path], needles: list[str]) -> set[str]:
    wanted = [needle.encode() for needle in needles]
    found = set()
    for path in paths:
        content = path.read_bytes()
        if b"\0" not in content[:4096] and any(needle in content for needle in wanted):
            found.add(path.relative_to(ROOT).as_posix())
    return found


def test_no_tracked_file_names_a_path_of_this_machine(tracked):
    places = [f"{ROOT}/", f"{ROOT.parent}/shared"] if ROOT.parent != Path("/") else [f"{ROOT}/"]
    if Path.home() not in (Path("/"), ROOT, ROOT.parent):
        places.append(f"{Path.home()}/")
    assert containing(tracked, places) == set()


def test_no_tracked_file_names_a_package_registry(tracked):
    assert containing(tracked, REGISTRIES) == set()


def test_no_tracked_file_is_larger_than_2_mb(tracked):
    assert {p.relative_to(ROOT).as_posix() for p in tracked if p.stat().st_size > LARGEST_BYTES} == set()


def test_the_lock_pins_every_package_with_hashes():
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text("utf-8")
        entries = [
            block for block in text.replace("\\\n", " ").splitlines() if block and not block.lstrip().startswith("#")
        ]
        assert entries and all("==" in entry and "--hash=sha256:" in entry for entry in entries), name


def test_what_the_package_declares_is_what_is_pinned():
    import tomllib

    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    listed = [line.strip() for line in (ROOT / "requirements.in").read_text("utf-8").splitlines()]
    assert [line for line in declared if line not in listed] == []


def test_ci_runs_exactly_make_test():
    lines = [line for line in (ROOT / ".ci/run").read_text("utf-8").splitlines() if line and not line.startswith("#")]
    assert lines[-1] == "exec make test"
