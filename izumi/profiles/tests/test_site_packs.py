"""A site adds a profile as a folder of data, without code and without a restart; faults are told, not fatal."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from izumi.profiles import queries, register
from izumi.profiles.loader import PackError, read_pack
from izumi.profiles.types import Context

PROFILE = """
name = "soil"
version = "1.0"
label = { ja = "土壌", en = "Soil" }
description = { ja = "土壌試料の項目です。", en = "Items of soil samples." }
source = "izumi-document"
extends = "common"
[vocabulary]
textures = { label = { ja = "土性", en = "Texture" } }
[[section]]
id = "soil"
label = { ja = "土壌", en = "Soil" }
[[field]]
pointer = "/profiles/soil/texture"
section = "soil"
widget = "select"
vocabulary = "textures"
obligation = "required"
rules = ["texture-missing"]
label = { ja = "土性", en = "Texture" }
[[field]]
pointer = "/profiles/soil/depth"
section = "soil"
label = { ja = "深さ", en = "Depth" }
"""
RULES = """
[[rule]]
id = "texture-missing"
severity = "error"
step = "publish"
at = "/profiles/soil/texture"
must = { filled = true }
message = { ja = "土性を選んでください。", en = "Choose the texture." }
source = "izumi-document"
[[rule]]
id = "texture-unknown"
severity = "error"
at = "/profiles/soil/texture"
must = { vocabulary = "textures" }
message = { ja = "「{value}」は一覧にありません。", en = "“{value}” is not on the list." }
source = "izumi-document"
"""
TERMS = "code,ja,en,uri,valid_from,valid_until\nsand,砂土,Sand,,,\nclay,埴土,Clay,,,2020-03-31\n"
VIEW = """
[[view]]
id = "soil"
label = { ja = "土壌試料の一覧", en = "Soil samples" }
source = "izumi-document"
[[view.column]]
id = "depth"
label = { ja = "深さ", en = "Depth" }
between = { ja = "、", en = ", " }
from = [{ at = "/title", when = { at = "/profiles/soil/depth", filled = true } }, { at = "/profiles/soil/depth", before = { ja = "深さ ", en = "depth " } }]
"""
OVER = """
[[field]]
pointer = "/remarks"
obligation = "conditional"
rules = ["texture-missing"]
label = { ja = "土壌の備考", en = "Remarks on the soil" }
[[field]]
pointer = "/title"
label = { ja = "試料の名称", en = "Name of the sample" }
"""
CONTEXT = Context(today=date(2026, 11, 21))


@pytest.fixture
def site(tmp_path, monkeypatch):
    monkeypatch.setenv("IZUMI_HOME", str(tmp_path))
    monkeypatch.setattr(register, "LOOK_EVERY_SECONDS", 0)
    yield tmp_path / "profiles"
    monkeypatch.undo()
    register.packs()


def add(site: Path, name: str = "soil", profile: str = PROFILE, rules: str = RULES, terms: str = TERMS) -> Path:
    folder = site / name
    (folder / "vocabularies").mkdir(parents=True, exist_ok=True)
    (folder / "profile.toml").write_text(profile, "utf-8")
    (folder / "rules.toml").write_text(rules, "utf-8")
    (folder / "vocabularies/textures.csv").write_text(terms, "utf-8")
    return folder


def rules_of(document: dict, step: str = "publish", profiles=("common", "soil")) -> list[str]:
    found = queries.findings(document, step=step, profiles=profiles, context=CONTEXT)
    return [f.rule for f in found if f.pointer.startswith("/profiles")]


def test_a_folder_is_a_profile(site):
    add(site)
    assert [one.name for one in queries.packs()] == ["common", "moonshot", "soil"]
    assert queries.pack_problems() == ()
    assert rules_of({}) == ["texture-missing"]
    assert rules_of({}, step="submit") == []
    assert rules_of({"profiles": {"soil": {"texture": "mud"}}}, profiles=("common",)) == ["texture-unknown"]
    assert rules_of({"profiles": {"soil": {"texture": "sand", "colour": "red"}}}) == ["profile-member-unknown"]
    assert queries.form("soil").fields[0].inputs[0].vocabulary == "textures"
    assert queries.vocabulary("textures").term("clay").valid_until == date(2020, 3, 31)
    assert queries.label("/profiles/soil/depth")["en"] == "Depth"
    shown = queries.display({"profiles": {"soil": {"texture": "sand"}}}, "ja")
    assert [(row.label, row.values[0].text) for row in shown[0].rows] == [("土性", "砂土")]


def test_a_site_defines_a_table_of_its_own(site):
    add(site, profile=PROFILE + VIEW)
    view = queries.table_view("soil")
    assert view.header("en") == (("Depth",), ("",))
    assert queries.table_row(view, {"title": {"ja": "畑"}, "profiles": {"soil": {"depth": "10 cm"}}}, "ja") == ("畑、深さ 10 cm",)
    assert queries.table_row(view, {"title": {"ja": "畑"}}, "ja") == ("",)
    assert [one.id for one in queries.table_views()] == ["moonshot", "soil"]


def test_a_site_says_more_about_a_common_item_and_never_makes_it_less_obligatory(site):
    add(site, profile=PROFILE + OVER)
    fields = {one.pointer: one for one in queries.form("common", "soil").fields}
    assert (fields["/title"].label["ja"], fields["/title"].obligation, fields["/title"].rules) == ("試料の名称", "required", ("title-missing",))
    assert (fields["/remarks"].obligation, fields["/remarks"].section, fields["/remarks"].column) == ("conditional", "detail", 30)
    assert len(fields) == len(queries.form("common").fields) + 2


def test_a_term_that_has_ended_is_pointed_out_but_kept(site):
    add(site)
    assert rules_of({"profiles": {"soil": {"texture": "clay"}}}) == ["term-no-longer-valid"]
    before = Context(today=date(2020, 3, 31))
    assert queries.findings({"profiles": {"soil": {"texture": "clay"}}}, context=before) == ()


def test_its_schema_describes_its_items_inside_the_document(site):
    add(site)
    schema = queries.json_schema("soil")
    Draft202012Validator.check_schema(schema)
    assert schema["properties"]["profiles"]["properties"]["soil"]["properties"]["depth"]["x-title"] == {"ja": "深さ", "en": "Depth"}
    assert list(Draft202012Validator(schema).iter_errors({"profiles": {"soil": {"texture": 3}}})) != []


def test_a_change_is_seen_without_a_restart_and_a_removal_too(site):
    folder = add(site)
    assert rules_of({}) == ["texture-missing"]
    add(site, rules=RULES.replace('step = "publish"', 'step = "submit"'))
    assert rules_of({}, step="submit") == ["texture-missing"]
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    assert [one.name for one in queries.packs()] == ["common", "moonshot"]


def test_an_older_version_stays_readable_under_its_number(site):
    add(site)
    add(site, "soil@0.9", PROFILE.replace('version = "1.0"', 'version = "0.9"'))
    assert queries.pack("soil").version == "1.0"
    assert queries.pack("soil", "0.9").version == "0.9"
    assert [one.name for one in queries.packs()] == ["common", "moonshot", "soil"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"profile": "name = "}, "Invalid value"),
        ({"profile": PROFILE.replace('name = "soil"', 'name = "sand"')}, "is 'sand' but the folder is 'soil'"),
        ({"profile": PROFILE.replace('widget = "select"', 'widget = "dial"')}, "unknown widget 'dial'"),
        ({"profile": PROFILE.replace("extends", "extend")}, "unknown key 'extend'"),
        ({"profile": PROFILE.replace('vocabulary = "textures"', 'vocabulary = "colours"')}, "unknown vocabulary 'colours'"),
        ({"profile": PROFILE.replace('rules = ["texture-missing"]', 'rules = ["texture-gone"]')}, "unknown rule 'texture-gone'"),
        ({"profile": PROFILE.replace('ja = "深さ", ', "")}, "label needs ja and en"),
        ({"profile": PROFILE + '[lookup.x]\nkind = "weather"\nat = "/x"\n'}, "kind must be one of"),
        ({"profile": PROFILE.replace('label = { ja = "深さ"', 'known = "weather"\nlabel = { ja = "深さ"')}, "known must be one of"),
        ({"profile": PROFILE + VIEW.replace("/profiles/soil/depth", "/profiles/soil/width")}, "no item has the place '/profiles/soil/width'"),
        ({"profile": PROFILE + VIEW.replace("filled = true", "full = true")}, "unknown test: full"),
        ({"profile": PROFILE + VIEW[: VIEW.index("[[view.column]]")]}, "has no column"),
        ({"profile": PROFILE + VIEW.replace("between", "join")}, "unknown key 'join'"),
        ({"rules": RULES.replace('severity = "error"', 'severity = "error"\nplan = "fatal"', 1)}, "plan must be one of"),
        ({"rules": RULES.replace('step = "publish"', 'step = "plan"\nplan = "task"', 1)}, "absent where the step is plan"),
        ({"rules": RULES.replace('"error"', '"fatal"', 1)}, "severity must be one of"),
        ({"rules": RULES.replace("filled = true", "full = true")}, "unknown test: full"),
        ({"rules": RULES.replace('{ filled = true }', '{ python = "run" }')}, "checks.py has no function run"),
        ({"rules": RULES.replace('source = "izumi-document"', "", 1)}, "source is missing"),
        ({"rules": RULES + RULES}, "stands here twice"),
        ({"terms": TERMS + "sand,砂,Sand,,,\n"}, "code 'sand' stands here twice"),
        ({"terms": TERMS + "loam,,Loam,,,\n"}, "code, ja and en must be filled"),
        ({"terms": TERMS + "loam,壌土\n"}, "has another number of columns than the header"),
        ({"terms": TERMS.replace("2020-03-31", "令和2年")}, "is not a day"),
    ],
)
def test_a_fault_is_told_with_its_file_and_the_site_goes_on(site, change, told):
    add(site, **change)
    assert [one.name for one in queries.packs()] == ["common", "moonshot"]
    problem, = queries.pack_problems()
    assert str(site / "soil") in problem
    assert told in problem


def test_code_in_a_folder_of_the_site_is_never_run(site, tmp_path):
    folder = add(site)
    (folder / "checks.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')", "utf-8")
    queries.packs()
    assert not (tmp_path / "ran").exists()


def test_a_site_cannot_replace_an_installed_profile(site):
    add(site, "common", PROFILE.replace('name = "soil"', 'name = "common"'))
    assert queries.pack("common").label["en"] == "Common metadata items"
    assert "an installed profile has this name" in queries.pack_problems()[0]


def test_a_link_out_of_the_folder_is_not_followed(site, tmp_path):
    outside = add(tmp_path / "elsewhere")
    site.mkdir()
    (site / "soil").symlink_to(outside)
    assert [one.name for one in queries.packs()] == ["common", "moonshot"]


def test_a_folder_with_an_odd_name_is_refused(tmp_path):
    with pytest.raises(PackError, match="a folder name is"):
        read_pack(add(tmp_path, "Soil Profile"))


def test_the_template_of_a_first_profile_loads_and_proves_itself(tmp_path):
    from tests.shared import ROOT

    template = ROOT / "docs/how-to/profile-template/first_profile"
    pack = read_pack(template, beneath=queries.pack("common"))
    for path in sorted((template / "tests/bad").glob("*.json")):
        told = json.loads(path.read_text("utf-8"))
        found = [f.rule for rule in pack.rules for f in rule.run(told, CONTEXT)]
        assert found == [path.stem]
    for path in sorted((template / "tests/good").glob("*.json")):
        told = json.loads(path.read_text("utf-8"))
        assert [f.rule for rule in pack.rules for f in rule.run(told, CONTEXT)] == []
    assert {path.stem for path in (template / "tests/bad").glob("*.json")} == {rule.id for rule in pack.rules}
