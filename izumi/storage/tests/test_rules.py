from __future__ import annotations

import pytest

from izumi.kernel.errors import Invalid
from izumi.storage import rules


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("a.csv", "a.csv"),
        ("測定/試料 1.csv", "測定/試料 1.csv"),
        ("カ\u3099ス.txt", "ガス.txt"),
        ("trailing ", "trailing "),
        (" leading", " leading"),
        ("a/..b", "a/..b"),
        ("...", "..."),
        ("CON.txt", "CON.txt"),
        ("emoji 🧪.txt", "emoji 🧪.txt"),
        ("x" * 255, "x" * 255),
    ],
)
def test_any_unicode_name_is_kept_in_nfc_with_its_spaces(raw, kept):
    assert rules.parse_path(raw) == kept


@pytest.mark.parametrize(
    ("raw", "rule"),
    [
        ("", "path-empty"),
        ("/etc/passwd", "path-absolute"),
        ("../../x", "path-dot-segment"),
        ("a/../b", "path-dot-segment"),
        ("a/./b", "path-dot-segment"),
        ("a//b", "path-empty-segment"),
        ("a/", "path-ends-in-slash"),
        ("a\\b", "path-backslash"),
        ("a\x00b", "path-control-character"),
        ("a\nb", "path-control-character"),
        ("a\x7fb", "path-control-character"),
        ("a\ud800b", "path-not-text"),
        ("あ" * 86, "path-segment-too-long"),
        ("/".join(["a"] * 1001), "path-too-deep"),
        ("/".join(["a" * 200] * 30), "path-too-long"),
    ],
)
def test_a_dangerous_path_is_refused_with_a_bilingual_finding(raw, rule):
    with pytest.raises(Invalid) as refused:
        rules.parse_path(raw)
    found = {finding.rule: finding for finding in refused.value.findings}
    assert rule in found
    assert set(found[rule].message) == {"ja", "en"}
    assert refused.value.code == "file.bad_path"


def test_every_fault_of_a_path_is_told_at_once():
    assert {f.rule for f in rules.path_findings("/a\\b/../c")} == {"path-absolute", "path-backslash", "path-dot-segment"}


@pytest.mark.parametrize(
    ("one", "other"), [("README.md", "readme.MD"), ("カ\u3099", "ガ"), ("Straße", "STRASSE"), ("ΌΣΟΣ", "όσος")]
)
def test_names_that_differ_in_case_or_normalisation_only_fold_together(one, other):
    assert rules.fold(one) == rules.fold(other)


def test_names_that_differ_otherwise_do_not_fold_together():
    assert len({rules.fold(name) for name in ("a", "b", "ア", "あ", "1", "1")}) == 6 - 1


def test_a_windows_device_name_is_kept_and_warned_about():
    assert [f.rule for f in rules.name_findings("data/CON.txt")] == ["path-not-portable"]
    assert rules.name_findings("data/content.txt") == ()


@pytest.mark.parametrize("url", ["https://example.org/x.bin", "s3://bucket/key", "doi:10.5072/abc"])
def test_a_reference_names_a_whole_address(url):
    assert rules.parse_reference(url) == url


@pytest.mark.parametrize("url", ["", "example.org/x", "javascript:alert(1)", "file:///etc/passwd", "https://a b/", "data:,x"])
def test_a_reference_to_anything_else_is_refused(url):
    with pytest.raises(Invalid):
        rules.parse_reference(url)


@pytest.mark.parametrize(
    ("path", "declared", "found"),
    [
        ("a.csv", "application/pdf", "text/csv"),
        ("a.SVG", "", "image/svg+xml"),
        ("a", "image/png", "image/png"),
        ("a.unknown", "application/x-www-form-urlencoded", "application/octet-stream"),
        ("a.unknown", "text/html\r\nX: y", "application/octet-stream"),
        ("dir.csv/a", "", "application/octet-stream"),
    ],
)
def test_the_ending_decides_the_media_type(path, declared, found):
    assert rules.media_type_of(path, declared) == found


@pytest.mark.parametrize("kind", ["text/html", "image/svg+xml", "application/pdf", "text/javascript", "application/xml"])
def test_active_types_are_never_shown_inline(kind):
    assert not rules.shown_inline(kind)
