"""The documents are true: links lead somewhere, commands exist, every page has both languages, every dependency a reason."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import click
import pytest

from izumi.web.cli import izumi

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "corpus").glob("*.md")])
# In one language only, on purpose: both languages stand in the file, or only developers read it.
ONE_LANGUAGE = {"docs/README.md", "docs/dependencies.md", "docs/sources.md", "CHANGELOG.md", "corpus/README.md"}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_every_page_for_people_exists_in_both_languages():
    names = {name_of(p) for p in DOCUMENTS}
    alone = {
        n
        for n in names
        if not n.startswith("docs/decisions/") and n not in ONE_LANGUAGE and not n.startswith("docs/how-to/")
    }
    missing = {n for n in alone if not n.endswith(".ja.md") and n.removesuffix(".md") + ".ja.md" not in names}
    missing |= {n for n in alone if n.endswith(".ja.md") and n.removesuffix(".ja.md") + ".md" not in names}
    assert missing == set()


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_links_between_documents_lead_somewhere(path):
    broken = []
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", path.read_text("utf-8")):
        if not re.match(r"[a-z]+:", target) and not (path.parent / target).exists():
            broken.append(target)
    assert broken == []


def command_lines() -> list[tuple[str, list[str]]]:
    found = []
    for path in DOCUMENTS:
        if "reference" in path.parts:
            continue
        text = path.read_text("utf-8")
        for line in re.findall(r"(?:^|[`|] ?|&& )(?:\S*/)?(izumi [a-z][^`\n&]*)", text, re.M):
            found.append((name_of(path), line.split()[1:]))
    return found


@pytest.mark.parametrize(
    ("where", "words"), command_lines(), ids=lambda value: value if isinstance(value, str) else " ".join(value)
)
def test_commands_named_in_documents_exist(where, words):
    here: click.Command = izumi
    for word in words:
        if not isinstance(here, click.Group) or word.startswith("-"):
            break
        assert word.strip("…,.") in here.commands, f"{where}: izumi {' '.join(words)}"
        here = here.commands[word.strip("…,.")]
    options = {name for parameter in here.params for name in parameter.opts} | {"--help", "--version"}
    used = {word.split("=")[0] for word in words if word.startswith("--")}
    assert used <= options, f"{where}: izumi {' '.join(words)}"


def test_make_targets_named_in_documents_exist():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    named = {t for p in DOCUMENTS for t in re.findall(r"`make ([a-z-]+)", p.read_text("utf-8"))}
    assert named <= targets
    assert {"setup", "demo", "test", "lint", "bench", "bench-large", "golden", "test-long"} <= targets


def test_every_dependency_has_a_reason():
    told = (ROOT / "docs/dependencies.md").read_text("utf-8").lower()
    wanted = []
    for name in ("requirements.in", "requirements-dev.in"):
        for line in (ROOT / name).read_text("utf-8").splitlines():
            if line and not line.startswith(("#", "-r")):
                wanted.append(re.split(r"[<>=]", line)[0].strip().lower())
    assert [name for name in wanted if name not in told] == []


@pytest.mark.parametrize("path", sorted((ROOT / "docs/decisions").glob("*.md")), ids=lambda p: p.stem)
def test_a_decision_is_short_and_says_what_was_given_up(path):
    text = path.read_text("utf-8")
    assert re.match(r"\d{4}-[a-z0-9-]+$", path.stem)
    assert len(text.splitlines()) <= 60
    for part in ("Status:", "**Context.**", "**Choice.**", "**What we gave up.**", "**How we would notice.**"):
        assert part in text, part


def sources_in_code() -> dict[str, str]:
    named: dict[str, str] = {}
    for path in sorted((ROOT / "izumi").rglob("*.py")):
        if "tests" not in path.parts:
            text = path.read_text("utf-8")
            cited = re.findall(r"Source: ([a-z0-9][a-z0-9.-]+[a-z0-9])(?=[,.;\s])", text)
            known = [said for said in cited if "-" in said and not said.endswith(".md")]
            named |= dict.fromkeys([*known, *re.findall(r'\bsource="([^"]+)"', text)], name_of(path))
    return named


def sources_in_packs() -> dict[str, str]:
    named: dict[str, str] = {}
    for path in sorted((ROOT / "izumi/profiles/packs").rglob("*.toml")):
        cited = re.findall(r'(?m)^source\s*=\s*"([^"]+)"', path.read_text("utf-8"))
        named |= {said.split(",")[0].split("#")[0].strip(): name_of(path) for said in cited}
    return named


def test_every_source_named_in_code_and_packs_stands_in_the_list_of_sources():
    sources = ROOT / "docs/sources.md"
    if not sources.exists():
        pytest.skip("docs/sources.md is not there yet")
    known = sources.read_text("utf-8")
    named = {**sources_in_code(), **sources_in_packs()}
    assert {name: where for name, where in named.items() if f'<a id="{name}">' not in known} == {}


def test_the_version_is_said_once():
    import izumi as package

    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert package.__version__ == declared
