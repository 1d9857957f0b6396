"""Every template speaks both languages, labels its inputs and keeps the content policy."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOMS = Path(__file__).resolve().parents[2]
TEMPLATES = sorted(ROOMS.glob("*/templates/**/*.html"))
SAID = re.compile(r"""\{%\s*t\s+("(?:[^"]*)"|'(?:[^']*)')\s+("(?:[^"]*)"|'(?:[^']*)')[^%]*%\}""")
ANY_T = re.compile(r"\{%\s*t\s[^%]*%\}|\{%\s*t\s.*?%\}")
JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
TAGS = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.S)


def named(path: Path) -> str:
    return str(path.relative_to(ROOMS))


@pytest.fixture(params=TEMPLATES, ids=named)
def template(request) -> str:
    return request.param.read_text("utf-8")


def test_there_are_templates():
    assert len(TEMPLATES) > 5


def test_each_text_is_said_in_two_different_languages(template):
    assert len(ANY_T.findall(template)) == len(SAID.findall(template))
    for ja, en in SAID.findall(template):
        assert ja[1:-1].strip() and en[1:-1].strip()
        assert not JAPANESE.search(en), en
        assert ja != en, ja


def test_no_japanese_stands_outside_tags(template):
    bare = TAGS.sub("", template)
    marked = re.sub(r"<(\w+)\b[^>]*\blang=\"ja\"[^>]*>[^<]*</\1>", "", bare)
    assert not JAPANESE.findall(marked)


def test_no_style_attributes_no_inline_scripts_no_handlers(template):
    assert not re.search(r"\sstyle\s*=", template)
    assert not re.search(r"<style\b", template)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", template)
    assert not re.search(r"<script(?![^>]*(\bsrc=|application/ld\+json))[^>]*>", template)


def test_each_input_has_a_label(template):
    for tag in re.findall(r"<(?:input|select|textarea)\b[^>]*>", template):
        if re.search(r'type="(hidden|submit)"|\shidden\b', tag) or "aria-label" in tag:
            continue
        inside = re.search(r"<label\b[^>]*>(?:(?!</label>).)*" + re.escape(tag), template, re.S)
        found = re.search(r'\bid="([^"]+)"', tag)
        assert inside or (found and f'for="{found[1]}"' in template), tag
