from __future__ import annotations

import io

import pytest

from izumi.kernel import journal
from izumi.kernel.actors import console
from izumi.kernel.days import parse_day
from izumi.kernel.errors import Invalid, Refused, SignInNeeded, TooMuch
from izumi.people import actions, queries
from izumi.people.lists import read_list
from izumi.people.models import Programme, Project, Role
from izumi.people.types import Number

pytestmark = pytest.mark.usefixtures("home")

ERAD = (
    "課題ID,体系的番号,研究課題名,配分機関名,事業名,制度名,研究代表者,研究者番号,研究機関名,機関区分,研究開始年度,研究終了年度,備考\r\n"
    "21000001,JPMJMS2011,対話ロボットの見本研究,国立研究開発法人科学技術振興機構,見本ムーンショット,,見本 花子,30413925,見本大学,代表,2020,2025,あ\r\n"
    "21000001,JPMJMS2011,対話ロボットの見本研究,国立研究開発法人科学技術振興機構,見本ムーンショット,,見本 花子,30413925,株式会社見本製作所,分担,2020,2025,い\r\n"
    "21000002,JPMJCR9902,水質の見本研究,国立研究開発法人科学技術振興機構,見本ムーンショット,,例 太郎,80368612,国立大学法人見本大学,代表,令和3年度,令和7年度,う\r\n"
)
KAKEN = (
    "研究課題名,研究課題名 (英文),研究課題/領域番号,研究期間 (年度),研究代表者,研究機関,研究種目,キーワード,総配分額\r\n"
    '見本河川の研究,A study of the Mihon River,24K00366,2024-04-01 – 2027-03-31,"見本 花子  見本大学, 理学部, 教授 (30413925)",'
    '甲乙大学 (2024)/ 見本大学 (2025-2026),基盤研究(B),川 / 水,"12,345千円"\r\n'
)


@pytest.fixture
def site():
    me = console()
    university = actions.add_organisation(me, legal_name={"ja": "国立大学法人見本大学", "en": "Mihon University"}, kind="university", ror="057zh3y96")
    works = actions.add_organisation(me, legal_name={"ja": "株式会社見本製作所"}, kind="company")
    agency = actions.add_organisation(me, legal_name={"ja": "国立研究開発法人科学技術振興機構"}, kind="funder", ror="00097mb19")
    programme = actions.add_programme(me, title={"ja": "見本ムーンショット"}, funder=agency, code="MJMS")
    hanako = actions.add_person(me, username="hanako", name={"ja": "見本 花子"}, identifiers=[{"scheme": "e-Rad_Researcher", "value": "30413925"}])
    curator = actions.add_person(me, username="curator", name={"ja": "司書"}, organisation=university)
    actions.assign_role(me, person=curator, role="curator", scope=f"org:{university}")
    return {"university": university, "works": works, "agency": agency, "programme": programme, "hanako": hanako, "curator": curator}


def load(content, format="erad", actor=None, **given):
    listed = read_list(content if isinstance(content, bytes) else content.encode(), format)
    return actions.import_projects(actor or console(), listed, **given)


def counts(done):
    return {state: done.count(state) for state in ("added", "changed", "unchanged", "refused")}


def rules_of(done):
    return [(row["row"], finding.rule, str(finding.severity)) for row in done.rows() for finding in row["findings"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_a_list_of_erad_registers_projects_partners_and_leaders_in_any_encoding(site, encoding):
    done = load(ERAD.encode(encoding))
    assert counts(done) == {"added": 2, "changed": 0, "unchanged": 0, "refused": 0}
    assert [(row["row"], row["state"]) for row in done.rows()] == [(2, "added"), (3, "added"), (4, "added")]
    assert done.as_json()["columns"]["unused"] == ["備考"]
    first = queries.projects_by_number("jpmjms2011")[0]
    assert first.title == {"ja": "対話ロボットの見本研究"}
    assert first.organisation == site["university"]
    assert first.partners == (site["works"],)
    assert first.programme == site["programme"]
    assert (first.starts_on, first.ends_on) == (parse_day("2020-04-01"), parse_day("2026-03-31"))
    assert {(one.scheme, one.value) for one in first.numbers} == {("e-Rad", "21000001"), ("JGN", "JPMJMS2011")}
    assert [(role.person, role.role) for role in queries.roles_in(f"project:{first.id}")] == [(site["hanako"], "pm")]
    second = queries.projects_by_number("21000002")[0]
    assert (second.starts_on, second.ends_on) == (parse_day("2021-04-01"), parse_day("2026-03-31"))
    assert rules_of(done) == [(4, "leader-unknown", "task")]
    assert "例 太郎 80368612" in done.rows()[2]["findings"][0].message["ja"]


def test_the_same_list_again_changes_nothing_and_says_nothing_to_the_journal(site):
    load(ERAD.encode("cp932"))
    before = journal.last_seq()
    done = load(ERAD.encode("utf-8"))
    assert counts(done) == {"added": 0, "changed": 0, "unchanged": 2, "refused": 0}
    assert journal.last_seq() == before


def test_a_dry_run_tells_the_same_and_writes_nothing(site):
    before = journal.last_seq()
    dry = load(ERAD, dry_run=True)
    assert (journal.last_seq(), Project.objects.count()) == (before, 0)
    real = load(ERAD)
    assert counts(dry) == counts(real)
    assert rules_of(dry) == rules_of(real)
    assert [row["project"] for row in dry.rows()] == [None, None, None]


def test_a_project_known_by_another_form_of_its_number_is_changed_not_doubled(site):
    known = actions.add_project(
        console(), title={"ja": "古い題名", "en": "Old"}, organisation=site["university"], numbers=[Number(scheme="JGN", value="ｊｐ-mjms-2011")]
    )
    done = load(ERAD)
    assert counts(done) == {"added": 1, "changed": 1, "unchanged": 0, "refused": 0}
    card = queries.project(known)
    assert card.title == {"ja": "対話ロボットの見本研究", "en": "Old"}
    assert card.number("JGN") == "ｊｐ-mjms-2011"
    assert card.number("e-Rad") == "21000001"


def test_a_list_of_kaken_names_the_present_institution_and_the_period(site):
    actions.add_programme(console(), title={"ja": "科学研究費助成事業"}, code="KAKENHI")
    done = load(KAKEN, "kaken")
    assert counts(done)["added"] == 1
    card = queries.projects_by_number("https://kaken.nii.ac.jp/ja/grant/KAKENHI-PROJECT-24K00366/")[0]
    assert card.title == {"ja": "見本河川の研究", "en": "A study of the Mihon River"}
    assert card.organisation == site["university"]
    assert (card.starts_on, card.ends_on) == (parse_day("2024-04-01"), parse_day("2027-03-31"))
    assert queries.programme(card.programme).code == "KAKENHI"
    assert card.number("KAKENHI") == "24K00366"
    assert [role.person for role in queries.roles_in(f"project:{card.id}")] == [site["hanako"]]
    assert rules_of(done) == []


def test_the_feed_of_erad_is_read_with_both_languages_and_years(site):
    feed = (
        "KENKYUSHA_NO\tKENKYUSHA_SHIMEI\tKENKYUKIKAN_MEI\tHAIBUNKIKAN_CD\tHAIBUNKIKAN_MEI\tNENDO\tSEIDO_MEI\tKADAI_ID\tKADAI_MEI\t"
        "BUNYA_CD\tJAPAN_GRANT_NUMBER\tFUNDING_STREAM_CODE\n"
        "30413925\t見本|花子\t国立大学法人見本大学|Mihon University\t1020\t科学技術振興機構|JST\t2025\t見本|Sample\t22000009\t水の研究|Water\t389\tJP25ab0001\tMJMS\n"
        "30413925\t見本|花子\t国立大学法人見本大学|Mihon University\t1020\t科学技術振興機構|JST\t2026\t見本|Sample\t22000009\t水の研究|Water\t389\tJP26ab0001\tMJMS\n"
    )
    load(feed)
    card = queries.projects_by_number("22000009")[0]
    assert card.title == {"ja": "水の研究", "en": "Water"}
    assert card.field == "389"
    assert card.programme == site["programme"]
    assert card.number("JGN") == "JP26ab0001"
    assert card.number("JGN", 2025) == "JP25ab0001"
    assert queries.projects_by_number("25ab0001") == [card]
    assert counts(load(feed))["unchanged"] == 1


def test_next_years_number_takes_over_and_the_former_stays_findable(site):
    head, row = "title_ja,erad,jgn,organisation,fiscal_year\n", "一年ごとの番号,21000077,JP{0}zz0001,見本大学,20{0}\n"
    load(head + row.format(25), "csv")
    assert counts(load(head + row.format(26), "csv"))["changed"] == 1
    card = queries.projects_by_number("21000077")[0]
    assert card.number("JGN") == "JP26zz0001"
    assert card.number("JGN", 2025) == "JP25zz0001"
    assert queries.projects_by_number("JP25zz0001") == [card]
    before = journal.last_seq()
    assert counts(load(head + row.format(25), "csv"))["unchanged"] == 1  # an older list, loaded late
    assert journal.last_seq() == before


def test_our_own_columns_say_everything_a_project_has(site):
    call = actions.add_call(console(), site["programme"], title={"ja": "2026 年度公募"}, fiscal_year=2026)
    done = load(
        "title_ja,title_en,jgn,numbers,organisation,partners,programme,call,starts_on,ends_on,field,contract,countries,leader\n"
        f"水,Water,JPMJMS2099,内部番号=甲-1; AMED=22zz01,{site['university']},株式会社見本製作所;無い会社,見本ムーンショット,{call},2026-04-01,"
        "2027/3/31,環境,委託,de;US,30413925\n", "csv",
    )  # fmt: skip
    card = queries.projects_by_number("甲1")[0]
    assert (card.call, card.programme, card.field, card.contract, card.countries) == (call, site["programme"], "389", "commission", ("DE", "US"))
    assert card.partners == (site["works"],)
    assert [one.scheme for one in card.numbers] == ["AMED", "JGN", "内部番号"]
    assert rules_of(done) == [(2, "partner-unknown", "warning")]


def test_a_bad_row_names_its_column_and_stops_no_other(site):
    done = load(
        "課題ID,研究課題名,配分機関名,事業名,研究者番号,研究機関名,研究開始年度,研究終了年度\n"
        "21000011,知らない制度,科学技術振興機構の別名,無い事業,30413925,見本大学,2026,2027\n"
        "21000012,知らない機関,,,30413925,無い大学,2026,2027\n"
        "21000013,逆の日付,,,30413925,見本大学,2027,2025\n"
        "21000014,,,,30413925,見本大学,2027,2028\n"
        ",番号なし,,,30413925,見本大学,2027,2028\n"
        "21000016,読めない日,,,12345678,見本大学,いつか,2028\n"
    )
    assert counts(done) == {"added": 1, "changed": 0, "unchanged": 0, "refused": 5}
    assert rules_of(done) == [
        (2, "funder-unknown", "error"), (2, "programme-unknown", "error"), (3, "organisation-unknown", "error"), (4, "days-reversed", "error"),
        (5, "text-missing", "error"), (6, "number-missing", "error"), (7, "day-wrong", "warning"), (7, "researcher-number", "warning"),
        (7, "leader-unknown", "task"),
    ]  # fmt: skip
    unknown, programme = done.rows()[0]["findings"]
    assert unknown.pointer == "/rows/2/配分機関名"
    assert unknown.source == "erad-funders"
    assert unknown.message["ja"] == (
        "2 行「配分機関名」: 「科学技術振興機構の別名」は、e-Rad の配分機関の一覧にも、このサイトの組織にもありません。"
    )
    assert programme.source == "/api/v1/programmes"
    assert "無い事業" in programme.message["en"]
    assert done.rows()[1]["findings"][0].source == "/api/v1/organisations"


def test_unknown_programmes_are_registered_when_asked_for_with_their_funder_from_the_list_of_erad(site):
    content = "課題ID,研究課題名,配分機関コード,事業名,研究機関名\n21000021,甲,1305,見本エネルギー,見本大学\n21000022,乙,1305,見本エネルギー,見本大学\n"
    assert counts(load(content))["refused"] == 2
    done = load(content, create_programmes=True)
    assert counts(done) == {"added": 2, "changed": 0, "unchanged": 0, "refused": 0}
    made = Programme.objects.get(title__ja="見本エネルギー")
    assert made.funder.ror == "https://ror.org/0055k7a87"
    assert {queries.project(row["project"]).programme for row in done.rows()} == {made.pk}
    assert counts(load(content, create_programmes=True))["unchanged"] == 2


def test_an_excel_workbook_is_read_like_its_csv(site):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(["研究費の一覧"])
    for line in ERAD.splitlines():
        book.active.append(line.split(","))
    book.active["K4"], book.active["A3"] = 2020, 21000001
    packed = io.BytesIO()
    book.save(packed)
    assert counts(load(packed.getvalue()))["added"] == 2
    assert counts(load(ERAD))["unchanged"] == 2


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "list-unreadable"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "list-unreadable"),
        (b"\xff\xfe\x00", "list-unreadable"),
        (b"PK\x03\x04 no workbook", "list-unreadable"),
        (b"\xd0\xcf\x11\xe0", "list-unreadable"),
        ("題,別の列\n甲,乙\n".encode(), "columns-missing"),
        ("研究課題名\n甲\n".encode(), "columns-missing"),
    ],
)
def test_what_is_no_list_is_refused_as_a_whole(content, rule):
    with pytest.raises(Invalid) as failure:
        read_list(content, "erad")
    assert [finding.rule for finding in failure.value.findings] == [rule]


def test_a_workbook_that_unpacks_into_entities_or_without_end_is_refused(monkeypatch):
    import zipfile

    from izumi.people.lists import tables

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<!-- x -->" + " " * 3000 + '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    with pytest.raises(Invalid, match=r"input\.invalid"):
        read_list(packed.getvalue(), "erad")
    monkeypatch.setattr(tables, "LIMIT_UNPACKED", 100)
    with pytest.raises(Invalid):
        read_list(packed.getvalue(), "erad")
    monkeypatch.setattr(tables, "LIMIT_ROWS", 2)
    with pytest.raises(TooMuch):
        read_list(ERAD.encode(), "erad")


def test_numbers_of_two_projects_in_one_row_are_not_guessed_at(site):
    for value, scheme in (("21000001", "e-Rad"), ("JPMJMS2011", "JGN")):
        actions.add_project(console(), title={"ja": value}, organisation=site["university"], numbers=[Number(scheme=scheme, value=value)])
    done = load(ERAD)
    assert counts(done) == {"added": 1, "changed": 0, "unchanged": 0, "refused": 1}
    assert (2, "numbers-of-several", "error") in rules_of(done)


def test_an_erad_id_never_meets_an_old_kakenhi_number_that_looks_alike(site):
    actions.add_project(console(), title={"ja": "古い科研費"}, organisation=site["university"], numbers=[Number(scheme="KAKENHI", value="21000001")])
    assert counts(load(ERAD))["added"] == 2


# --- who may ---------------------------------------------------------------------------------------------------------


def test_curators_load_lists_for_their_own_organisation_alone(site):
    other = actions.add_organisation(console(), legal_name={"ja": "国立大学法人よその大学"}, kind="university")
    theirs = actions.add_project(console(), title={"ja": "よその研究"}, organisation=other, numbers=[Number(scheme="e-Rad", value="21000032")])
    curator = queries.actor_for(site["curator"])
    content = "課題ID,研究課題名,研究機関名,事業名\n21000031,自分の,見本大学,見本ムーンショット\n21000032,書き換え,見本大学,\n21000033,よその新しい,よその大学,\n"
    done = load(content, actor=curator)
    assert counts(done) == {"added": 1, "changed": 0, "unchanged": 0, "refused": 2}
    assert rules_of(done) == [(2, "programme-not-placed", "task"), (3, "not-yours", "error"), (4, "not-yours", "error")]
    assert queries.project(theirs).title == {"ja": "よその研究"}
    assert queries.projects_by_number("21000031")[0].programme is None
    with pytest.raises(Refused):
        load(content, actor=curator, create_programmes=True)


def test_a_curator_never_replaces_a_leader_by_a_list(site):
    project = actions.add_project(console(), title={"ja": "研究"}, organisation=site["university"], numbers=[Number(scheme="e-Rad", value="21000041")])
    actions.assign_role(console(), person=site["curator"], role="pm", scope=f"project:{project}")
    content = "課題ID,研究課題名,研究機関名,研究者番号\n21000041,研究,見本大学,30413925\n"
    done = load(content, actor=queries.actor_for(site["curator"]))
    assert rules_of(done) == [(2, "leader-other", "task")]
    assert set(Role.objects.filter(role="pm").values_list("person_id", flat=True)) == {site["curator"]}
    load(content)
    assert set(Role.objects.filter(role="pm").values_list("person_id", flat=True)) == {site["curator"], site["hanako"]}


def test_nobody_else_loads_a_list(site):
    from izumi.kernel.actors import ANONYMOUS

    with pytest.raises(SignInNeeded):
        load(ERAD, actor=ANONYMOUS)
    with pytest.raises(Refused):
        load(ERAD, actor=queries.actor_for(site["hanako"]))
    assert Project.objects.count() == 0
