"""Search as people and programs meet it: pages in two languages, GET and POST, the API."""

from __future__ import annotations

import json
import re

import pytest

from izumi.catalogue.types import FACETS


@pytest.fixture
def site(world, client):
    world.put("京都の水質", type="experimental_data", field="489", terms={"licence": "CC-BY-4.0"}, size=1_200_000,
              creators=[{"name": {"ja": {"family": "藤本", "given": "紗季"}, "en": {"family": "Fujimoto", "given": "Saki"}}}],
              summary={"ja": "川の水質を測りました。"})  # fmt: skip
    world.put({"en": "Fatigue of aluminium alloys"}, access={"class": "embargoed", "available_on": "2099-04-01"}, day="2025-04-01")
    world.put("秘密の記録", access={"class": "closed", "metadata_class": "closed"})
    world.follow()
    return client


def test_the_api_answers_as_the_interface_says(site):
    answer = site.get("/api/v1/search", {"q": "水質"})
    assert answer.status_code == 200
    told = answer.json()
    assert set(told) == {"items", "total", "facets", "interpretation", "next"}
    assert told["total"] == 1 and told["next"] is None
    item = told["items"][0]
    assert {"id", "kind", "title", "summary", "access", "usable", "source", "highlight"} <= set(item)
    assert item["title"] == {"ja": "京都の水質"}
    assert (item["access"], item["usable"], item["source"], item["kind"]) == ("open", "now", "izumi", "dataset")
    assert item["highlight"]["title"] == {"lang": "ja", "parts": ["京都の", "水質", ""]}
    assert list(told["facets"]) == list(FACETS)


def test_get_and_post_agree(site):
    body = {"q": "水質", "filters": {"access": ["open"]}, "sort": "newest", "limit": 5, "facets": ["usable"]}
    posted = site.post("/api/v1/search", json.dumps(body), content_type="application/json").json()
    for address in (
        "/api/v1/search?q=水質&access=open&sort=newest&limit=5&facets=usable",
        "/api/v1/search?q=水質&filter=access:open&sort=newest&limit=5&facets=usable",
        '/api/v1/search?q=水質&filters={"access":["open"]}&sort=newest&limit=5&facets=usable',
    ):
        assert site.get(address).json() == posted


@pytest.mark.parametrize(
    ("parameters", "rule"),
    [
        ({"colour": "red"}, "search-filter-unknown"),
        ({"filter": "colour:red"}, "search-filter-unknown"),
        ({"sort": "colour"}, "search-sort-unknown"),
        ({"facets": "colour"}, "search-facet-unknown"),
        ({"limit": "1001"}, "search-limit"),
        ({"limit": "-1"}, "search-limit"),
        ({"cursor": "x"}, "search-cursor-unknown"),
        ({"year": "x"}, "search-year-unreadable"),
        ({"filters": "{"}, "search-filters-unreadable"),
        ({"filters": "[]"}, "search-filters-unreadable"),
    ],
)
def test_what_cannot_be_asked_is_422_with_a_finding_in_two_languages(site, parameters, rule):
    answer = site.get("/api/v1/search", parameters)
    assert answer.status_code == 422
    found = answer.json()["findings"]
    assert [one["rule"] for one in found] == [rule]
    assert set(found[0]["message"]) == {"ja", "en"}


@pytest.mark.parametrize(
    "body",
    ['{"q": 5}', '{"q": "a", "colour": 1}', '{"filters": "x"}', '{"filters": {"access": 5}}', '{"limit": 1e9}', "[]", "{", '{"q": null}'],
)  # fmt: skip
def test_a_body_of_the_wrong_shape_is_a_clear_problem(site, body):
    answer = site.post("/api/v1/search", body, content_type="application/json")
    assert 400 <= answer.status_code < 500
    assert answer.json()["code"]


@pytest.mark.parametrize("q", ["\x00", '"', "-", "*", "(", "𠮷", "a" * 100_000, "OR OR", "%", "'; DROP TABLE", "\\", "<script>"])
def test_odd_words_are_searched_or_ignored_but_never_fail(site, q):
    assert site.post("/api/v1/search", json.dumps({"q": q}), content_type="application/json").status_code == 200
    assert site.post("/search", {"q": q}).status_code == 200


def test_lone_surrogates_in_a_body_do_not_fail(site):
    assert site.post("/api/v1/search", r'{"q": "\ud800"}', content_type="application/json").status_code < 500


def test_suggestions(site):
    assert site.get("/api/v1/search/suggest", {"q": "京"}).json() == {"items": ["京都の水質"]}
    assert site.get("/api/v1/search/suggest", {"q": "秘"}).json() == {"items": []}


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_first_page_shows_search_and_what_is_new(site, prefix):
    page = site.get(f"{prefix}/")
    assert page.status_code == 200
    html = page.content.decode()
    assert "京都の水質" in html and "秘密の記録" not in html
    assert f'action="{prefix}/search"' in html
    assert not page.cookies


@pytest.mark.parametrize(("prefix", "word"), [("", "件"), ("/en", "results")])
def test_the_search_page_speaks_both_languages(site, prefix, word):
    html = site.get(f"{prefix}/search", {"q": "水質"}).content.decode()
    assert "<mark>水質</mark>" in html
    assert word in html
    assert "秘密" not in html
    if prefix:
        bare = re.sub(r'<[^>]*lang="ja"[^>]*>[^<]*(<mark>[^<]*</mark>[^<]*)*|value="[^"]*"|<title>.*?</title>|<mark>[^<]*</mark>', "", html)
        assert "絞り込み" not in bare and "並べ替え" not in bare


def test_a_filter_makes_a_chip_that_takes_it_away(site):
    html = site.get("/search", {"q": "", "access": "open"}).content.decode()
    chips = re.findall(r'<a class="chip" href="([^"]*)"', html)
    assert chips == ["/search?"] or chips == ["/search?".rstrip("?")]
    assert 'name="access" value="open" checked' in html


def test_a_search_by_post_leaves_no_words_in_any_address_and_no_cookie(site):
    page = site.post("/search", {"q": "水質", "access": "open"})
    html = page.content.decode()
    assert page.status_code == 200
    assert not page.cookies
    assert page.headers["Cache-Control"] == "no-store"
    assert "<mark>水質</mark>" in html
    for address in re.findall(r'(?:href|action)="([^"]*)"', html):
        assert "q=" not in address, address
    assert "<title>" in html and "水質" not in re.findall(r"<title>(.*?)</title>", html, re.S)[0]


def test_post_needs_no_token_even_when_the_check_of_forms_is_on(site):
    from django.test import Client

    assert Client(enforce_csrf_checks=True).post("/search", {"q": "水質"}).status_code == 200
    assert Client(enforce_csrf_checks=True).post("/en/search", {"q": "水質"}).status_code == 200


def test_a_chip_can_be_taken_away_by_post(site):
    html = site.post("/search", {"q": "水質", "access": ["open", "closed"], "drop": "access:closed"}).content.decode()
    assert 'value="open" checked' in html
    assert "access:closed" not in html


def test_an_unknown_parameter_does_not_disturb_a_page(site):
    assert site.get("/search", {"q": "水質", "utm_source": "x", "sort": "nonsense"}).status_code == 200


def test_nothing_found_says_what_helps(site):
    html = site.get("/search", {"q": "aluminum", "year": "2026"}).content.decode()
    assert "見つかりませんでした" in html
    assert "「公開年」を外す" in html


def test_pages_are_walked_by_links(world, client):
    for number in range(45):
        world.put(f"観測 {number:02d}", day=f"2026-{number % 12 + 1:02d}-01")
    world.follow()
    seen, address = [], "/search?q=観測&sort=newest"
    for _ in range(5):
        html = client.get(address).content.decode()
        seen += re.findall(r"観測</mark> (\d\d)", html)
        following = re.search(r'rel="next" href="([^"]*)"', html)
        if not following:
            break
        address = following.group(1).replace("&amp;", "&")
    assert sorted(seen) == [f"{n:02d}" for n in range(45)]


def test_a_page_costs_few_statements(site, django_assert_num_queries_or_fewer):
    with django_assert_num_queries_or_fewer(12):
        site.get("/search", {"q": "水質"})
    with django_assert_num_queries_or_fewer(12):
        site.get("/api/v1/search", {"q": "水質"})


@pytest.fixture
def django_assert_num_queries_or_fewer():
    from contextlib import contextmanager

    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    @contextmanager
    def counted(most):
        with CaptureQueriesContext(connection) as told:
            yield
        assert len(told) <= most, [one["sql"][:120] for one in told]

    return counted


def test_no_query_is_written_anywhere_in_the_home(site, home):
    word = "だれにも言わない語"
    site.get("/search", {"q": word})
    site.post("/search", {"q": word})
    site.get("/api/v1/search", {"q": word, "sort": "nonsense"})
    for path in home.path.rglob("*"):
        if path.is_file():
            assert word.encode() not in path.read_bytes(), path


def test_while_the_index_is_rebuilt_search_says_so(site, home):
    (home.index / "current").unlink()
    answer = site.get("/api/v1/search", {"q": "水質"})
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "10"
    assert answer.json()["code"] == "search.rebuilding"
    page = site.get("/search", {"q": "水質"})
    assert page.status_code == 503
    assert site.get("/").status_code == 200


def test_the_picture_of_a_record_without_readable_files_is_a_drawing_whoever_asks(site, world):
    closed = world.put("見えない", access={"class": "closed", "metadata_class": "closed"})
    answers = [site.get(f"/search/picture/{record}", {"like": "curve"}) for record in (closed, "00000-00000", "../..")]
    assert [a.status_code for a in answers[:2]] == [200, 200]
    assert answers[0].content == answers[1].content
    assert answers[0].headers["Content-Type"] == "image/svg+xml"
    tag = answers[0].headers["ETag"]
    assert site.get(f"/search/picture/{closed}", {"like": "curve"}, headers={"If-None-Match": tag}).status_code == 304


def test_the_same_search_is_offered_as_json(site):
    html = site.get("/search", {"q": "水質", "access": "open", "exact": "1"}).content.decode()
    address = re.search(r'href="(/api/v1/search[^"]*)"', html).group(1).replace("&amp;", "&")
    assert site.get(address).json()["total"] == 1
