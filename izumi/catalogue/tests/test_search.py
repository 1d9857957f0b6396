"""What is found, in which order, and what is said about it – on real records, rules and an index on disk."""

from __future__ import annotations

import pytest

from izumi.catalogue import queries
from izumi.catalogue.types import Query, Sort, Usable
from izumi.kernel import clock
from izumi.kernel.actors import ANONYMOUS, Actor, console
from izumi.kernel.errors import Invalid

TITLES = (
    "東京都の水質", "京都の水質", "データベース研究", "シミュレーション結果", "打ち合わせの記録", "電池の劣化について解析した",
    "X線回折図形", "大学院の調査", "引っ越しと健康", "アルミニウム合金の疲労試験",
)  # fmt: skip


@pytest.fixture
def library(world):
    for title in TITLES:
        world.put(title)
    world.put({"en": "Fatigue of aluminium alloys"}, description={"en": "Rotating bending of recycled cells."})
    world.follow()
    return world


@pytest.mark.parametrize(
    ("q", "titles"),
    [
        ("打合せ", {"打ち合わせの記録"}),
        ("引越し", {"引っ越しと健康"}),
        ("データ", {"データベース研究"}),
        ("シミュレ", {"シミュレーション結果"}),
        ("simulation", {"シミュレーション結果"}),
        ("ｼﾐｭﾚｰｼｮﾝ", {"シミュレーション結果"}),
        ("水質", {"東京都の水質", "京都の水質"}),
        ("京都 水質", {"東京都の水質", "京都の水質"}),
        ("水質 -東京", {"京都の水質"}),
        ("水質　NOT　東京", {"京都の水質"}),
        ("打合せ OR X線", {"打ち合わせの記録", "X線回折図形"}),
        ('"京都の水質"', {"京都の水質"}),
        ('"京都"', {"京都の水質"}),
        ("電池劣化", {"電池の劣化について解析した"}),
        ("電池の解析", {"電池の劣化について解析した"}),
        ("X線", {"X線回折図形"}),
        ("Ｘ線回折", {"X線回折図形"}),
        ("線", {"X線回折図形"}),
        ("大学", {"大学院の調査"}),
        ("疲労", {"アルミニウム合金の疲労試験", "Fatigue of aluminium alloys"}),
        ("aluminum alloy", {"アルミニウム合金の疲労試験", "Fatigue of aluminium alloys"}),
        ("cell", {"Fatigue of aluminium alloys"}),
        ("rotat*", {"Fatigue of aluminium alloys"}),
        ("存在しない語", set()),
        ("!!!", set()),
    ],
)  # fmt: skip
def test_a_query_finds_exactly_these(library, found, q, titles):
    assert set(found(q)) == titles


def test_the_word_itself_comes_before_a_part_of_another_word(library, found):
    assert found("京都") == ["京都の水質", "東京都の水質"]


def test_without_a_query_the_newest_comes_first(world, found):
    for day in ("2026-03-01", "2026-05-01", "2026-04-01"):
        world.put(day, day=day)
    world.follow()
    assert found() == ["2026-05-01", "2026-04-01", "2026-03-01"]
    assert found(sort=Sort.OLDEST) == ["2026-03-01", "2026-04-01", "2026-05-01"]


def test_only_typed_words_when_asked_so(library, found):
    assert found("fatigue", expand=False) == ["Fatigue of aluminium alloys"]


@pytest.mark.parametrize(
    "spelling",
    ["10.5072/abc.1", "https://doi.org/10.5072/ABC.1", "doi:10.5072/abc.1", "JP20H00001", "20h00001", "JP-20H-00001", "ＪＰ２０Ｈ００００１", "JP 20H 00001"],
)  # fmt: skip
def test_an_identifier_is_found_in_any_spelling(world, found, spelling):
    world.put("番号つき", identifiers=({"scheme": "DOI", "value": "10.5072/abc.1"},), funding=[{"award_number": "JP20H00001"}])
    world.put("似た番号", identifiers=({"scheme": "DOI", "value": "10.5072/abc.12"},), funding=[{"award_number": "JP20H00002"}])
    world.follow()
    assert found(spelling) == ["番号つき"]


@pytest.mark.parametrize("typed", ["見本 あおい", "見本あおい", "見本　あおい", "ミホン アオイ", "みほん", "みほんあおい", "Aoi Mihon", "Mihon, Aoi"])
def test_a_person_is_found_as_people_type_a_name(world, found, typed):
    aoi = {"ja": {"family": "見本", "given": "あおい"}, "ja-Kana": {"family": "ミホン", "given": "アオイ"}, "en": {"family": "Mihon", "given": "Aoi"}}
    world.put("あおいのデータ", creators=[{"name": aoi}])
    world.put("ほかのデータ", creators=[{"name": {"ja": {"family": "試作", "given": "かおる"}}}])
    world.follow()
    assert found(typed) == ["あおいのデータ"]


@pytest.mark.parametrize("typed", ["99990001", "９９９９０００１", "0000-0002-1825-0097", "https://orcid.org/0000-0002-1825-0097", "https://ror.org/057zh3y96"])
def test_a_researcher_number_finds_the_data_of_the_researcher(world, found, typed):
    numbers = [{"scheme": "e-Rad_Researcher", "value": "99990001"}, {"scheme": "ORCID", "value": "0000-0002-1825-0097"}]
    world.put("番号の人", creators=[{"name": {"ja": "見本 あおい"}, "identifiers": numbers}], hosting_organisation={"ror": "https://ror.org/057zh3y96"})
    world.put("ほかの人", creators=[{"name": {"ja": "試作 かおる"}, "identifiers": [{"scheme": "e-Rad_Researcher", "value": "99990003"}]}])
    world.follow()
    assert found(typed) == ["番号の人"]


def test_a_record_is_found_by_its_own_number_as_people_type_it(world, found):
    record = world.put("これ")
    world.put("ほか")
    world.follow()
    for typed in (record, record.upper(), record.replace("-", ""), f"https://example.invalid/records/{record}"):
        assert found(typed) == ["これ"]


def test_facets_count_and_label_and_leave_their_own_filter_out(world):
    world.put("一", access={"class": "open"}, type="experimental_data", day="2025-05-01")
    world.put("二", access={"class": "shared", "requests": "anyone"}, type="experimental_data", day="2026-05-01")
    world.put("三", access={"class": "closed"}, type="simulation_data", day="2026-06-01")
    world.follow()
    answer = queries.search(ANONYMOUS, Query(filters={"access": ("open",)}))
    assert answer.total == 1
    assert {one.value: (one.count, one.chosen) for one in answer.facets["access"]} == {
        "open": (1, True), "shared": (1, False), "closed": (1, False),
    }  # fmt: skip
    assert {one.value: one.count for one in answer.facets["year"]} == {"2025": 1}
    whole = queries.search(ANONYMOUS, Query())
    assert [(one.value, one.count) for one in whole.facets["usable"]] == [("now", 1), ("request", 1), ("no", 1)]
    assert [one.label.one("ja") for one in whole.facets["usable"]] == ["今すぐ使える", "申請すれば使える", "説明のみ"]
    assert [(one.value, one.count) for one in whole.facets["year"]] == [("2026", 2), ("2025", 1)]
    assert whole.usable_now == 1


def test_several_values_of_a_filter_widen_and_several_filters_narrow(world, found):
    world.put("一", type="a", day="2025-05-01")
    world.put("二", type="b", day="2026-05-01")
    world.put("三", type="b", day="2024-05-01")
    world.follow()
    assert set(found(filters={"type": ("a", "b")})) == {"一", "二", "三"}
    assert found(filters={"type": ("b",), "year": ("2025-",)}) == ["二"]
    assert found(filters={"year": ("2024-2025",)}) == ["一", "三"]


@pytest.mark.parametrize(
    ("query", "rule"),
    [
        (Query(filters={"colour": ("red",)}), "search-filter-unknown"),
        (Query(filters={"year": ("soon",)}), "search-year-unreadable"),
        (Query(filters={"type": tuple(map(str, range(101)))}), "search-filter-too-many"),
        (Query(facets=("colour",)), "search-facet-unknown"),
        (Query(limit=1_001), "search-limit"),
        (Query(cursor="0123456789abcdefbm90"), "search-cursor-unknown"),
        (Query(cursor="名前"), "search-cursor-unknown"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_told(library, query, rule):
    with pytest.raises(Invalid) as told:
        queries.search(ANONYMOUS, query)
    assert [finding.rule for finding in told.value.findings] == [rule]


def walk(query, actor=ANONYMOUS, between=lambda: None):
    titles, cursor = [], None
    for _ in range(100):
        answer = queries.search(actor, Query(**{**query, "cursor": cursor}))
        titles += [item.title.one("ja") for item in answer.items]
        cursor = answer.next
        if cursor is None:
            return titles
        between()
    raise AssertionError("the list does not end")


@pytest.mark.parametrize("sort", list(Sort))
@pytest.mark.parametrize("keys", [frozenset({"public"}), frozenset({"public", "project:ppppp-ppppp"})])
def test_pages_follow_one_another_without_gaps_or_doubles(world, sort, keys):
    narrow = {"class": "closed", "metadata_class": "shared", "scopes": ["project:ppppp-ppppp"]}
    for number in range(14):
        world.put(f"観測データ その{number:02d}", size=number % 3, access=narrow if number % 4 == 0 else {"class": "open"})
    world.follow()
    actor = Actor(kind="person", id="person:x", keys=keys)
    titles = walk({"q": "観測", "sort": sort, "limit": 4}, actor)
    expected = {f"観測データ その{number:02d}" for number in range(14) if len(keys) == 2 or number % 4}
    assert len(titles) == len(set(titles))
    assert set(titles) == expected
    if sort == Sort.TITLE:
        assert titles == sorted(expected)


@pytest.mark.parametrize("sort", [Sort.NEWEST, Sort.OLDEST, Sort.TITLE, Sort.SIZE])
def test_pages_stay_in_step_while_records_come_and_go(world, sort):
    old = [f"観測データ その{number:02d}" for number in range(18)]
    records = {title: world.put(title, size=number) for number, title in enumerate(old)}
    world.follow()
    gone: list[str] = []
    fresh = iter(range(100, 200))

    def change():
        number = next(fresh)
        world.put(f"観測データ その{number % 18:02d}あ", size=number % 18, day="2026-04-01")
        gone.append(old[number % 18])
        world.withdraw(records[old[number % 18]])
        world.follow()

    titles = walk({"sort": sort, "limit": 5}, between=change)
    assert len(titles) == len(set(titles))
    assert set(old) - set(gone) <= set(titles)


def test_a_cursor_belongs_to_its_query(library):
    cursor = queries.search(ANONYMOUS, Query(q="水質", limit=1)).next
    with pytest.raises(Invalid):
        queries.search(ANONYMOUS, Query(q="研究", limit=1, cursor=cursor))


def test_what_matched_is_marked_in_the_original_spelling(world):
    world.put("再生ｱﾙﾐﾆｳﾑの打合せ", summary={"ja": "長い説明。" * 60 + "ここに疲労の話がある。" + "続き。" * 60})
    world.follow()
    item = queries.search(ANONYMOUS, Query(q="アルミニウム 打ち合わせ 疲労")).items[0]
    assert item.highlight["title"].parts == ("再生", "ｱﾙﾐﾆｳﾑ", "の", "打合せ", "")
    told = item.highlight["summary"]
    assert told.parts[1] == "疲労"
    assert len("".join(told.parts)) <= 170


def test_the_reading_of_a_query_is_told(library):
    told = queries.search(ANONYMOUS, Query(q='疲労 "合金の" -水質 a OR b 10.5072/x')).interpretation.as_json()
    assert told["words"] == ["疲労"]
    assert told["phrases"] == ["合金の"]
    assert told["excluded"] == ["水質"]
    assert told["alternatives"] == [["a", "b"]]
    assert told["identifiers"] == ["10.5072/x"]
    assert {"word": "疲労", "also": ["fatigue"]} in told["synonyms"]


def test_side_by_side_comes_before_apart_and_title_before_text(world, found):
    world.put("材料の記録", description={"ja": "電池を測り、あとで劣化を調べた。"})
    world.put("劣化と電池")
    world.put("電池 劣化 試験")
    world.follow()
    assert found("電池 劣化") == ["電池 劣化 試験", "劣化と電池", "材料の記録"]


def test_a_katakana_word_with_a_slip_is_corrected(world):
    world.put("シミュレーション結果")
    world.follow()
    assert queries.search(ANONYMOUS, Query(q="シミレーション")).interpretation.did_you_mean == "シミュレーション"


def test_an_empty_result_says_which_filter_is_in_the_way_and_which_spelling_exists(world):
    world.put({"en": "Microscopy of alloys"}, day="2025-01-01")
    world.follow()
    told = queries.search(ANONYMOUS, Query(q="microscopy", filters={"year": ("2026",), "access": ("open",)})).interpretation
    assert told.without == (("year", 1),)
    assert queries.search(ANONYMOUS, Query(q="microscpoy")).interpretation.did_you_mean == "microscopy"


def test_suggestions_begin_so(library):
    assert queries.suggest(ANONYMOUS, "でーたべ") == ()
    assert queries.suggest(ANONYMOUS, "データ") == ("データベース研究",)
    assert queries.suggest(ANONYMOUS, "fatIGUE of") == ("Fatigue of aluminium alloys",)
    assert queries.suggest(ANONYMOUS, "") == ()


def test_the_console_finds_everything(world, found):
    world.put("非公開の記録", access={"class": "closed", "metadata_class": "closed"})
    world.follow()
    assert found() == []
    assert found(actor=console()) == ["非公開の記録"]


def test_an_embargo_that_ends_is_usable_at_once_and_not_before(world):
    edge = {"class": "embargoed", "available_on": "2027-04-01", "opens": "auto"}
    with clock.at("2026-05-01T00:00:00+09:00"):
        world.put("待つ", access=edge)
        world.follow()
    with clock.at("2027-03-31T23:59:58+09:00"):
        world.follow()
        assert [item.usable for item in queries.search(ANONYMOUS, Query()).items] == [Usable.LATER]
        assert queries.search(ANONYMOUS, Query(filters={"usable": ("now",)})).total == 0
    with clock.at("2027-04-01T00:00:00+09:00"):
        world.follow()
        assert queries.search(ANONYMOUS, Query(filters={"usable": ("now",)})).total == 1
