"""Plans as the tables of funders, and tables filled by hand as entries."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from izumi.kernel.errors import Invalid, NotThere
from izumi.kernel.text import both
from izumi.plans.document import shape_entries
from izumi.plans.forms import tables
from izumi.plans.forms.columns import headings, plain
from izumi.plans.forms.kinds import KINDS
from izumi.plans.forms.sheets import csv_file, guarded, unguarded
from izumi.plans.forms.types import PlanPackage, PlanProject, RecordFacts

NOW = dt.datetime(2026, 11, 21, 3, 0, tzinfo=dt.UTC)
PROJECT = PlanProject(
    title=both("見本川の研究", "Mihon River"), award_number="24K00001", numbers=(("KAKENHI", "24K00001"),), leader=both("見本 花子", "Hanako Mihon"),
    goal=both("目標7", "Goal 7"), funder_name=both("独立行政法人日本学術振興会", "JSPS"),
)  # fmt: skip
RIVER = {
    "id": "e1", "data_number": "1", "title": {"ja": "水質の定点観測", "en": "Water quality"}, "description": {"ja": "毎月の採水です。"},
    "type": "observational_data", "field": "389",
    "creators": [{"name": {"ja": {"family": "見本", "given": "花子"}, "en": {"family": "Mihon", "given": "Hanako"}}},
                 {"name": {"ja": {"family": "川辺", "given": "太郎"}}}],
    "manager": {"name": {"ja": "研究データ室"}, "organisation": True}, "hosting_organisation": {"name": {"ja": "国立大学法人見本大学"}},
    "contact": {"organisation": {"ja": "研究推進課"}, "email": "data@mihon.example", "phone": "03-1234-5678"},
    "access": {"class": "shared", "reasons": [{"code": "contract"}, {"code": "other", "note": {"ja": "調整中"}}], "conditions": {"ja": "協定のある機関に限ります。"}},
    "terms": {"fee": "free", "licence": "CC-BY-4.0", "conditions": {"ja": "研究目的"}, "citation": {"ja": "出典を書く"}},
    "repository": {"name": {"ja": "見本大学 研究データ"}, "url": "https://data.mihon.example/1"},
    "planned": {"publish_on": "2027-04-01", "size_bytes": 1_500_000_000, "register_by": "2026-12-31",
                "sensitive": {"exists": "yes", "handling": {"ja": "匿名化します。"}}},
    "after_project": {"keep_until": "2037-03-31"}, "remarks": {"ja": "なし"},
}  # fmt: skip
BARE = {"id": "e2", "title": {"en": "=cmd|' /C calc'!A0"}}
EMBARGO = {"id": "e3", "title": {"ja": "再解析"}, "access": {"class": "embargoed", "available_on": "2028-04-01"}}


def told(*entries, **facts):
    return PlanPackage(**{"id": "p1", "created": NOW, "modified": NOW, "document": {"title": {"ja": "計画"}, "entries": list(entries)}, "project": PROJECT, **facts})


def workbook(*rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


# -- the forms themselves --------------------------------------------------------------------------------------------


def test_there_are_five_forms_and_each_is_whole():
    assert set(tables.forms()) == {"jsps", "moonshot", "common", "amed", "metinedo"}
    for form in tables.forms().values():
        assert form.label["ja"] and form.label["en"] and form.source
        assert len({column.id for column in form.columns}) == len(form.columns)
        for column in (*form.columns, *(piece for one in form.columns for piece in one.pieces)):
            assert column.kind in KINDS
            assert column.pointer or column.kind in ("kept", "fact")
        for column in form.columns:
            assert column.label["ja"] and column.label["en"]
            assert headings(form)[plain(column.label["ja"])] is column


def test_the_kakenhi_form_has_its_ten_items():
    columns, rows = tables.table("jsps", told(RIVER, BARE), "ja")
    assert [column.label["ja"] for column in columns] == [
        "No.", "研究データの名称", "研究データの概要", "研究データの取得者又は収集者", "研究データの管理責任者", "機微情報がある場合の取扱い方針",
        "公開・提供方針", "公開・提供方針の詳細", "公開・提供場所（URL、DOI）", "公開（予定）日",
    ]  # fmt: skip
    assert rows == (
        ("1", "水質の定点観測", "毎月の採水です。", "見本 花子;川辺 太郎", "研究データ室", "匿名化します。", "共有", "協定のある機関に限ります。",
         "見本大学 研究データ\nhttps://data.mihon.example/1", "2027-04-01"),
        ("", "=cmd|' /C calc'!A0", "", "", "", "", "", "", "", ""),
    )  # fmt: skip


def test_the_moonshot_table_has_its_ten_columns():
    columns, rows = tables.table("moonshot", told(RIVER, EMBARGO), "ja")
    assert [column.label["ja"] for column in columns] == [
        "ムーンショット目標", "データNo", "データの名称", "データの説明", "管理者", "連絡先", "データの所在場所", "公開・共有の方針", "利活用・提供の方針", "その他",
    ]  # fmt: skip
    assert rows[0] == (
        "目標7", "1", "水質の定点観測", "毎月の採水です。", "機関：国立大学法人見本大学／研究データ室", "研究推進課／03-1234-5678／data@mihon.example",
        "見本大学 研究データ\nhttps://data.mihon.example/1", "共有／理由：契約による制限がある;調整中／協定のある機関に限ります。",
        "無償／クリエイティブ・コモンズ 表示 4.0 国際（CC BY 4.0）／引用方法等：出典を書く／研究目的", "なし",
    )  # fmt: skip
    assert rows[1][7] == "公開期間猶予／公開予定日：2028-04-01"


@pytest.mark.parametrize("name", ["jsps", "moonshot", "common", "amed", "metinedo"])
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_no_entry_is_ever_left_out(name, lang):
    package = told(RIVER, BARE, EMBARGO, {}, *({"title": {"ja": f"データ {n}"}} for n in range(40)))
    columns, rows = tables.table(name, package, lang)
    assert len(rows) == 44
    assert {len(row) for row in rows} == {len(columns)}


def test_a_form_that_is_not_there():
    with pytest.raises(NotThere):
        tables.table("sip", told())


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("amed", ("共有", "制限共有", "非制限公開", "2028-04-01")),
        ("metinedo", ("共有", "L2 共有", "L1 公開", "2028-04-01")),
        ("jsps", ("共有", "共有", "公開", "2028-04-01")),
    ],
)
def test_each_funder_has_its_own_words_for_access(name, expected):
    _, shared, opened, day = expected
    columns, rows = tables.table(name, told(RIVER, EMBARGO))
    place = [column.kind for column in columns].index("class")
    assert (rows[0][place], rows[1][place]) == (shared, opened)
    assert rows[1][[column.kind for column in columns].index("opening")] == day


def test_a_funders_own_class_is_kept_beside_the_common_one():
    entries, losses = tables.read_table("metinedo", csv_file([("名称", "説明", "公開レベル", "分類"), ("a", "b", "レベル3", "自主管理")]))
    assert entries[0]["access"] == {"class": "shared", "funder_class": {"scheme": "nedo", "value": "L3"}}
    assert entries[0]["unmapped"] == [{"format": "metinedo", "path": "category", "value": "自主管理"}]
    assert losses == ()
    columns, rows = tables.table("metinedo", told(*entries))
    assert (rows[0][4], rows[0][5]) == ("自主管理", "L3 制限付き公開")
    assert tables.table("amed", told(*entries))[1][0][4] == "制限共有"


def test_where_a_record_is_published_its_address_is_told():
    facts = RecordFacts(url="https://izumi.example/id/r1", issued_on=dt.date(2026, 10, 1), doi="10.5555/r1")
    _, rows = tables.table("jsps", told(EMBARGO, records={"e3": facts}))
    assert rows[0][8] == "https://doi.org/10.5555/r1"


# -- files -------------------------------------------------------------------------------------------------------------


def test_csv_has_a_mark_for_excel_and_no_formulas():
    source = tables.csv_bytes("jsps", told(BARE, {"title": {"ja": "+81 danger"}, "data_number": "-5", "description": {"en": "@SUM(1)"}}))
    assert source.startswith("\ufeffNo.,研究データの名称".encode())
    assert b"'=cmd" in source and b"'@SUM(1)" in source and b",-5" not in source.splitlines()[0]
    entries, _ = tables.read_table("jsps", source)
    assert [entry["title"] for entry in entries] == [{"en": "=cmd|' /C calc'!A0"}, {"en": "+81 danger"}]
    assert entries[1]["data_number"] == "-5"


@given(st.text(max_size=8))
def test_guarding_is_undone_by_reading(text):
    assert unguarded(guarded(text)) == text


def test_a_workbook_holds_texts_only_and_says_what_it_is_about():
    source = tables.xlsx_bytes("jsps", told(RIVER, BARE, url="https://izumi.example/plans/p1", version=2))
    sheet = openpyxl.load_workbook(io.BytesIO(source)).active
    told_above = {row[0].value: row[1].value for row in sheet.iter_rows(max_row=7, max_col=2)}
    assert told_above["課題番号"] == "24K00001" and told_above["プロジェクト"] == "見本川の研究" and told_above["最終更新日"] == "2026-11-21"
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value} == {"s"}
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(source)).read("xl/worksheets/sheet1.xml")
    entries, losses = tables.read_table("jsps", source)
    assert [entry["title"] for entry in entries] == [{"ja": "水質の定点観測"}, {"en": "=cmd|' /C calc'!A0"}]
    assert [loss.pointer for loss in losses] == ["1"]


@pytest.mark.parametrize("name", ["jsps", "moonshot", "common", "amed", "metinedo"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_written_table_reads_as_the_same_table(name, kind, lang):
    package = told(RIVER, EMBARGO)
    write = tables.csv_bytes if kind == "csv" else tables.xlsx_bytes
    entries, _ = tables.read_table(name, write(name, package, lang))
    shape_entries(list(entries))
    facts = [n for n, column in enumerate(tables.form(name).columns) if column.kind == "fact"]
    again, before = tables.table(name, told(*entries), lang)[1], tables.table(name, package, lang)[1]
    assert [[cell for n, cell in enumerate(row) if n not in facts] for row in again] == [[cell for n, cell in enumerate(row) if n not in facts] for row in before]


# -- filled by hand ----------------------------------------------------------------------------------------------------

KAKENHI = (
    ("科研費データマネジメントプラン（DMP）",), (), ("作成日", dt.datetime(2026, 4, 1)), ("研究課題番号", "24K00001"), (),
    ("役割", "通し番号", "氏名", "所属・役職", "研究者番号", "連絡先"),
    ("研究代表者", 1, "見本 花子", "見本大学・教授", 30413925, "hanako@mihon.example"), ("研究分担者", 2, "川辺 太郎", "見本大学・助教", 20000001, None), (),
    ("No", "名称", "概要", "取得者", "管理者", "機微情報がある場合の取り扱い方針", "公開・提供方針", "公開・提供方針詳細", "公開・提供場所\n（URL、DOI）", "公開（予定）日", "社内メモ"),
    (1, "水質の\n定点観測", "毎月の採水", "1, 2", 1, "なし", "公開", "CC BY 4.0 とする", "https://doi.org/10.5555/abc", "令和8年4月1日", "急ぐ"),
    (2, "聞き取り記録", "住民への聞き取り", "川辺太郎", "研究データ室", "匿名化する", "非公開", None, "研究室内", "2026/4/1", None),
    (3, "未定のデータ", "これから", None, None, None, "未定", None, None, dt.datetime(2027, 3, 31), None),
    (4,), (5,), ("※ 行が足りない場合は追加してください。",),
)  # fmt: skip


def test_a_kakenhi_sheet_filled_by_hand_becomes_entries():
    entries, losses = tables.read_table("jsps", workbook(*KAKENHI))
    hanako = {
        "name": {"ja": {"family": "見本", "given": "花子"}}, "organisation": False, "identifiers": [{"scheme": "e-Rad_Researcher", "value": "30413925"}],
        "affiliations": [{"name": {"ja": "見本大学・教授"}}],
    }  # fmt: skip
    assert entries[0] == {
        "data_number": "1", "title": {"ja": "水質の\n定点観測"}, "description": {"ja": "毎月の採水"},
        "creators": [hanako, {
            "name": {"ja": {"family": "川辺", "given": "太郎"}}, "organisation": False, "identifiers": [{"scheme": "e-Rad_Researcher", "value": "20000001"}],
            "affiliations": [{"name": {"ja": "見本大学・助教"}}]}],
        "manager": hanako, "contact": {"email": "hanako@mihon.example"}, "planned": {"sensitive": {"exists": "no"}, "publish_on": "2026-04-01"},
        "access": {"class": "open", "conditions": {"ja": "CC BY 4.0 とする"}}, "identifiers": [{"scheme": "DOI", "value": "10.5555/abc"}],
        "unmapped": [{"format": "jsps", "path": "社内メモ", "value": "急ぐ"}],
    }  # fmt: skip
    assert entries[1] == {
        "data_number": "2", "title": {"ja": "聞き取り記録"}, "description": {"ja": "住民への聞き取り"}, "creators": [{"name": {"ja": "川辺太郎"}}],
        "manager": {"name": {"ja": "研究データ室"}, "organisation": True},
        "planned": {"sensitive": {"exists": "yes", "handling": {"ja": "匿名化する"}}, "publish_on": "2026-04-01"},
        "access": {"class": "closed"}, "repository": {"name": {"ja": "研究室内"}},
    }  # fmt: skip
    assert entries[2]["access"] == {"funder_class": {"scheme": "jsps", "value": "undecided"}}
    assert entries[2]["planned"] == {"publish_on": "2027-03-31"}
    assert len(entries) == 3
    assert [loss.pointer for loss in losses] == ["1", "社内メモ", "16"]
    assert shape_entries(list(entries))[0]


def test_the_number_above_a_kakenhi_table_names_the_project():
    assert [grant.number for grant in tables.read_plan("jsps", workbook(*KAKENHI)).grants] == ["24K00001"]
    written = tables.read_plan("jsps", tables.xlsx_bytes("jsps", told(RIVER), "en"))
    assert [grant.number for grant in written.grants] == ["24K00001"]
    assert tables.read_plan("jsps", tables.csv_bytes("jsps", told(RIVER))).grants == ()


def test_what_a_table_cannot_carry_is_told():
    lost = {loss.pointer for loss in tables.losses("jsps", told(BARE, {}, RIVER))}
    assert {"/entries/2/title/en", "/entries/2/terms", "/entries/2/planned/size_bytes", "/entries/2/access/reasons"} <= lost
    assert not any(pointer.startswith(("/entries/0", "/entries/1")) for pointer in lost)
    assert tables.losses("common", told({"title": {"ja": "水"}, "terms": {"fee": "free"}})) == ()
    assert tables.losses("amed", told()) == ()


def test_what_a_form_had_beside_its_columns_comes_back_in_columns_at_the_end():
    entries, _ = tables.read_table("jsps", workbook(*KAKENHI))
    columns, rows = tables.table("jsps", told(*entries))
    assert columns[-1].label["ja"] == "社内メモ"
    assert [row[-1] for row in rows] == ["急ぐ", "", ""]
    assert [row[6] for row in rows] == ["公開", "非公開", "未定"]


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
@pytest.mark.parametrize("mark", [",", "\t"])
def test_text_in_every_usual_code_and_with_commas_or_tabs(code, mark):
    lines = [["研究課題", "24K00001"], ["No.", "データの名称", "データの概要", "公開・提供方針"], ["1", "水質", "採水", "共有"]]
    source = "\r\n".join(mark.join(line) for line in lines).encode(code)
    entries, _ = tables.read_table("jsps", source)
    assert entries == ({"data_number": "1", "title": {"ja": "水質"}, "description": {"ja": "採水"}, "access": {"class": "shared"}},)


def test_english_headings_in_any_order_and_case():
    source = csv_file([("DESCRIPTION", "policy *", "Title (required)", "no."), ("Monthly", "Open", "Water", "7")])
    entries, losses = tables.read_table("jsps", source)
    assert entries == ({"description": {"en": "Monthly"}, "access": {"class": "open"}, "title": {"en": "Water"}, "data_number": "7"},)
    assert losses == ()


def test_two_rows_of_headings_as_the_moonshot_table_has_them():
    source = workbook(
        ("ムーンショット目標", "データNo", "データの名称", "データの説明", "管理者", "連絡先", "データの所在場所", "データ管理方針", None, "その他"),
        (None, None, None, None, None, None, None, "公開・共有の方針", "利活用・提供の方針", None),
        ("目標7", "3", "脳波", "計測値", "見本大学", "data@mihon.example", "GakuNin RDM", "公開期間猶予／公開予定日：令和10年4月1日", "無償", "備考です"),
    )
    entries, losses = tables.read_table("moonshot", source)
    assert entries[0] == {
        "data_number": "3", "title": {"ja": "脳波"}, "description": {"ja": "計測値"}, "manager": {"name": {"ja": "見本大学"}, "organisation": True},
        "contact": {"email": "data@mihon.example"}, "repository": {"name": {"en": "GakuNin RDM"}},
        "access": {"class": "embargoed", "available_on": "2028-04-01"}, "terms": {"fee": "free"}, "remarks": {"ja": "備考です"},
    }  # fmt: skip
    assert [loss.pointer for loss in losses] == ["ムーンショット目標"]


def test_days_are_understood_and_never_judged():
    source = csv_file([("名称", "概要", "公開・提供方針", "公開（予定）日"), *(("a", "b", "公開", typed) for typed in ("R9.4.1", "2020年1月5日", "未定", "2027-02-30"))])
    entries, losses = tables.read_table("jsps", source)
    assert [entry["planned"]["publish_on"] for entry in entries] == ["2027-04-01", "2020-01-05", "未定", "2027-02-30"]
    assert losses == ()


def test_a_value_that_is_not_understood_is_kept_and_told():
    entries, losses = tables.read_table("amed", csv_file([("名称", "説明", "アクセス権", "種別"), ("a", "b", "社外秘", "謎の種別")]))
    assert entries[0]["unmapped"] == [{"format": "amed", "path": "access", "value": "社外秘"}, {"format": "amed", "path": "type", "value": "謎の種別"}]
    assert [loss.pointer for loss in losses] == ["2:アクセス権", "2:データの種別"]


# -- what is no form ---------------------------------------------------------------------------------------------------


def bomb():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * 120_000_000)
    return out.getvalue()


def with_entities():
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook(("名称", "概要", "公開・提供方針"), ("a", "b", "公開")))) as good, zipfile.ZipFile(out, "w") as packed:
        for part in good.infolist():
            body = good.read(part)
            if part.filename.endswith("sheet1.xml"):
                body = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + body
            packed.writestr(part, body)
    return out.getvalue()


@pytest.mark.parametrize(
    ("source", "rule"),
    [
        (b"", "form-no-headings"),
        ("これは表ではありません。\n二行目".encode(), "form-no-headings"),
        (csv_file([("a", "b", "c"), ("1", "2", "3")]), "form-no-headings"),
        (csv_file([*[("説明",)] * 31, ("名称", "概要", "公開・提供方針"), ("a", "b", "公開")]), "form-no-headings"),
        (b"\x00\x01\x02\xff\xfe" * 50, "form-not-text"),
        (b"PK\x03\x04garbage", "form-broken"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "form-old-excel"),
        (b"x" * 20_000_001, "form-too-large"),
        ("名称,概要,公開・提供方針\n".encode() + b"a,b,c\n" * 10_001, "form-too-large"),
    ],
)
def test_what_is_no_table_is_refused_in_words(source, rule):
    with pytest.raises(Invalid) as refused:
        tables.read_table("jsps", source)
    assert refused.value.findings[0].rule == rule
    assert refused.value.findings[0].message["ja"] and refused.value.findings[0].message["en"]


@pytest.mark.parametrize(("make", "rule"), [(bomb, "form-too-large"), (with_entities, "form-broken")])
def test_a_hostile_workbook_is_not_opened(make, rule):
    with pytest.raises(Invalid) as refused:
        tables.read_table("jsps", make())
    assert refused.value.findings[0].rule == rule


def test_a_formula_is_never_evaluated():
    entries, _ = tables.read_table("jsps", workbook(("名称", "概要", "公開・提供方針"), ("a", "=1+1", "公開")))
    assert "description" not in entries[0]


def test_a_sheet_that_claims_to_be_endless_is_read_to_its_last_row():
    book = openpyxl.Workbook()
    for row in (("名称", "概要", "公開・提供方針"), ("a", "b", "公開")):
        book.active.append(row)
    book.active["XFD2"] = "far"
    out = io.BytesIO()
    book.save(out)
    assert tables.read_table("jsps", out.getvalue())[0][0]["title"] == {"en": "a"}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=200), st.integers(0, 4000), st.sampled_from(["jsps", "common"]))
def test_a_damaged_workbook_never_breaks_the_reader(junk, place, name):
    good = tables.xlsx_bytes("jsps", told(RIVER))
    try:
        tables.read_table(name, good[:place] + junk + good[place + len(junk) :])
    except Invalid as refused:
        assert refused.findings


cells = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=10) | st.sampled_from(["公開", "2026/4/1", "1.5 GB", "=1", "a;b", "／", "なし"])


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(["jsps", "moonshot", "common", "amed", "metinedo"]), st.data())
def test_whatever_is_typed_becomes_entries_of_the_right_shape(name, data):
    heads = [column.label["ja"] for column in tables.form(name).columns]
    rows = data.draw(st.lists(st.lists(cells, min_size=len(heads), max_size=len(heads)), max_size=3))
    entries, _ = tables.read_table(name, csv_file([heads, *rows]))
    shape_entries(list(entries))
    assert len(tables.table(name, told(*entries))[1]) == len(entries) <= len(rows)


# -- before a plan is handed in ------------------------------------------------------------------------------------------


def test_what_a_form_requires_is_told_with_its_place():
    assert [(pointer, label["ja"]) for pointer, label in tables.required("jsps")] == [
        ("/title", "研究データの名称"), ("/description", "研究データの概要"), ("/manager", "研究データの管理責任者"), ("/access/class", "公開・提供方針"),
    ]  # fmt: skip
    undecided = {"title": {"ja": "a"}, "description": {"ja": "b"}, "access": {"funder_class": {"scheme": "jsps", "value": "undecided"}}}
    found = tables.missing("jsps", {"entries": [RIVER, undecided]})
    assert [(one.rule, one.pointer, one.source) for one in found] == [("form-item-missing", "/entries/1/manager", "jsps-dmp-form")]
    assert tables.missing("unknown", {"entries": [{}]}) == ()
