"""The strict content policy holds only when no page carries inline scripts, handlers or styles."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "izumi").rglob("templates/**/*.html"))
JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def without_template_words(text: str) -> str:
    return re.sub(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", "", text, flags=re.S)


def test_no_template_has_a_style_attribute_or_element():
    assert {
        name_of(p)
        for p in TEMPLATES
        if re.search(r"\sstyle\s*=|<style\b", without_template_words(p.read_text("utf-8")))
    } == set()


def test_no_template_has_an_inline_handler():
    assert {
        name_of(p)
        for p in TEMPLATES
        if re.search(r"<[^>{]*\son[a-z]+\s*=", without_template_words(p.read_text("utf-8")))
    } == set()


def test_no_template_has_an_inline_script():
    wrong = set()
    for path in TEMPLATES:
        for tag in re.findall(r"<script\b[^>]*>", without_template_words(path.read_text("utf-8"))):
            if "src=" not in tag and "application/ld+json" not in tag:
                wrong.add(f"{name_of(path)}: {tag}")
    assert wrong == set()


def test_japanese_text_in_a_template_always_has_its_english_side():
    """Literal Japanese stands only inside template tags, where ``{% t "ja" "en" %}`` pairs it with English."""
    wrong = set()
    for path in TEMPLATES:
        bare = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", without_template_words(path.read_text("utf-8")), flags=re.S)
        for line in bare.splitlines():
            if JAPANESE.search(line) and 'lang="ja"' not in line and "日本語" not in line:
                wrong.add(f"{name_of(path)}: {line.strip()[:80]}")
    assert wrong == set()


def test_every_pair_has_both_sides():
    wrong = set()
    for path in TEMPLATES:
        for ja, en in re.findall(r'\{%\s*t\s+"((?:[^"\\]|\\.)*)"\s+"((?:[^"\\]|\\.)*)"', path.read_text("utf-8")):
            if not ja.strip() or not en.strip():
                wrong.add(f"{name_of(path)}: {ja!r} {en!r}")
    assert wrong == set()
