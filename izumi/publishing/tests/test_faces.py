from __future__ import annotations

import json
import re
import sys

import pytest
from lxml import etree

from izumi.kernel import clock
from izumi.publishing import signposting, sitemap
from izumi.records import actions
from tests.builders import a_document, a_world
from tests.shared import shared_path

pytestmark = pytest.mark.usefixtures("home")
NOW = "2026-11-21T10:00:00+09:00"
BASE = "http://testserver"


@pytest.fixture
def world(home):
    with clock.at(NOW):
        yield a_world()


def a_record(world, *, publish=True, **changes) -> str:
    me = world.actor("researcher")
    view = actions.create_record(me, kind="dataset", metadata=a_document(**changes), prefill=False)
    if publish:
        actions.publish_version(me, view.id)
    return view.id


def linked(response, rel: str) -> list[str]:
    return re.findall(rf'<([^>]*)>; rel="{rel}"', response.headers["Link"])


def test_a_browser_gets_the_page_with_links_for_machines(world, client):
    key = a_record(world)
    response = client.get(f"/records/{key}", headers={"accept": "text/html"})
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("text/html")
    assert "Accept" in response.headers["Vary"]
    assert linked(response, "cite-as") == [f"{BASE}/id/{key}"]
    assert linked(response, "type") == ["https://schema.org/AboutPage", "https://schema.org/Dataset"]
    assert linked(response, "license") == ["https://creativecommons.org/licenses/by/4.0/"]
    assert f"{BASE}/records/{key}/v/1?format=jpcoar_2.0" in linked(response, "describedby")
    assert linked(response, "linkset")[0] == f"{BASE}/records/{key}/linkset"
    assert client.head(f"/records/{key}", headers={"accept": "text/html"}).headers["Link"] == response.headers["Link"]


def test_the_page_holds_one_json_ld_dataset_and_citation_tags(world, client):
    key = a_record(world, title={"ja": "</script><script>alert(1)</script>"})
    text = client.get(f"/records/{key}", headers={"accept": "text/html"}).content.decode()
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    assert json.loads(block)["name"] == "</script><script>alert(1)</script>"
    assert "<script>alert" not in text
    assert '<meta name="citation_author" content="見本, 花子">' in text


def test_the_page_shows_how_to_cite(world, client):
    key = a_record(world)
    text = client.get(f"/en/records/{key}").content.decode()
    assert "Mihon, Hanako (2026). Water quality of the Mihon River at fixed points (FY2025). Version 1. Mihon University." in text


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("application/vnd.datacite.datacite+json", "application/vnd.datacite.datacite+json"),
        ("application/vnd.datacite.datacite+xml", "application/vnd.datacite.datacite+xml"),
        ("application/ld+json", "application/ld+json"),
        ("application/json", "application/json"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("application/xml", "application/xml; charset=utf-8"),
        ("text/html;q=0.4, application/vnd.datacite.datacite+json", "application/vnd.datacite.datacite+json"),
    ],
)
def test_accept_chooses_the_format(world, client, accept, content_type):
    key = a_record(world)
    response = client.get(f"/records/{key}", headers={"accept": accept})
    assert (response.status_code, response.headers["Content-Type"]) == (200, content_type)
    assert "Accept" in response.headers["Vary"]
    assert response.headers["ETag"]
    again = client.get(f"/records/{key}", headers={"accept": accept, "if-none-match": response.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_formats_have_different_etags(world, client):
    key = a_record(world)
    found = {client.get(f"/records/{key}?format={name}").headers["ETag"] for name in ("json", "jpcoar_2.0", "oai_dc")}
    assert len(found) == 3


def test_an_unknown_format_and_an_unknown_accept_are_told_apart(world, client):
    key = a_record(world)
    unknown = client.get(f"/records/{key}?format=marc21", headers={"accept": "application/json"})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "format.unknown")
    refused = client.get(f"/records/{key}", headers={"accept": "application/x-no-such-type"})
    assert refused.status_code == 406


def test_what_describedby_promises_is_what_comes(world, client):
    key = a_record(world)
    page = client.get(f"/records/{key}", headers={"accept": "text/html"})
    promised = re.findall(r'<([^>]*)>; rel="describedby"; type="([^"]*)"', page.headers["Link"])
    assert len(promised) == 10
    for url, media_type in promised:
        response = client.get(url.removeprefix(BASE), headers={"accept": media_type})
        assert (response.status_code, response.headers["Content-Type"].split(";")[0]) == (200, media_type)


def test_jpcoar_of_a_published_record_is_valid(world, client):
    folder = shared_path("schemas/load_offline.py").parent
    sys.path.insert(0, str(folder))
    import load_offline

    key = a_record(world)
    for name, schema in (("jpcoar_2.0", "jpcoar-2.0"), ("oai_dc", "oai_dc"), ("datacite-xml", "datacite-4.7")):
        found = client.get(f"/records/{key}?format={name}").content
        assert load_offline.xsd(schema).validate(etree.fromstring(found)), load_offline.xsd(schema).error_log


def test_the_linkset_names_the_page_and_leads_back(world, client):
    key = a_record(world)
    response = client.get(f"/records/{key}/linkset")
    assert response.headers["Content-Type"] == "application/linkset+json"
    sets = {entry["anchor"]: entry for entry in response.json()["linkset"]}
    page = f"{BASE}/records/{key}"
    assert {"cite-as", "type", "license", "describedby"} <= set(sets[page])
    assert sets[f"{page}/v/1?format=json"]["describes"] == [{"href": page, "type": "text/html"}]
    text = client.get(f"/records/{key}/linkset", headers={"accept": "application/linkset"})
    assert text.headers["Content-Type"] == "application/linkset"
    assert f'anchor="{page}"' in text.content.decode()


@pytest.mark.parametrize(
    ("headers", "target"),
    [
        ({}, "/records/{key}"),
        ({"accept-language": "en,ja;q=0.5"}, "/en/records/{key}"),
        ({"accept-language": "fr, ja;q=0.2"}, "/records/{key}"),
        ({"accept": "application/vnd.datacite.datacite+json", "accept-language": "en"}, "/records/{key}?format=datacite-json"),
    ],
)
def test_the_resolver_sends_everybody_where_they_want(world, client, headers, target):
    key = a_record(world)
    response = client.get(f"/id/{key}", headers=headers)
    assert (response.status_code, response.headers["Location"]) == (303, BASE + target.format(key=key))
    assert response.headers["Vary"] == "Accept, Accept-Language"


def test_a_wrong_check_letter_is_as_absent_as_any(client):
    assert client.get("/id/00000-00001").status_code == 404
    assert client.get("/records/00000-00001", headers={"accept": "application/json"}).status_code == 404


@pytest.mark.parametrize("path", ["", "/v/1", "/linkset", "?format=jpcoar_2.0"])
def test_an_unpublished_record_is_there_for_its_editors_only(world, client, path):
    key = a_record(world, publish=False)
    assert client.get(f"/records/{key}{path}").status_code == 404
    assert client.get(f"/records/{key}?format=json", **world.bearer("stranger")).status_code == 404
    assert client.get(f"/records/{key}?format=json", **world.bearer("researcher")).json()["state"] == "unpublished"


def test_a_record_with_closed_metadata_leaves_nothing(world, client):
    key = a_record(world, access={"class": "closed", "metadata_class": "closed", "reasons": ["contract"]})
    for path in ("", "/linkset", "?format=json", "/v/1?format=bibtex"):
        assert client.get(f"/records/{key}{path}").status_code == 404
    assert key not in client.get("/sitemap-all.xml").content.decode()
    assert client.get(f"/api/v1/records/{key}/export?format=json").status_code == 404


def test_what_is_hidden_from_a_reader_is_in_no_format(world, client):
    key = a_record(world, access={"class": "open", "disclosure": {"/contact/email": "shared"}})
    for name in ("json", "jpcoar_2.0", "common-csv", "schema-org", "datacite-json"):
        assert b"data@mihon.example" not in client.get(f"/records/{key}?format={name}").content
    assert b"data@mihon.example" in client.get(f"/records/{key}?format=json", **world.bearer("researcher")).content


def test_a_withdrawn_record_leaves_a_tombstone_with_its_citation(world, client):
    key = a_record(world)
    actions.withdraw(world.actor("researcher"), key, why="同意が撤回されました。")
    page = client.get(f"/records/{key}", headers={"accept": "text/html"})
    assert page.status_code == 410
    text = page.content.decode()
    assert "同意が撤回されました。" in text
    assert "見本花子（2026）「見本川の水質の定点観測（2025年度）」" in text
    problem = client.get(f"/records/{key}?format=json", headers={"accept": "application/json"})
    assert (problem.status_code, problem.json()["code"]) == (410, "record.withdrawn")
    assert client.get(f"/records/{key}/linkset").status_code == 410
    assert key not in client.get("/sitemap-all.xml").content.decode()


def test_a_withdrawn_record_with_closed_metadata_is_absent(world, client):
    key = a_record(world, access={"class": "closed", "metadata_class": "closed", "reasons": ["contract"]})
    actions.withdraw(world.actor("researcher"), key, why="x")
    assert client.get(f"/records/{key}").status_code == 404


def test_the_sitemap_names_public_records_only(world, client):
    shown, hidden = a_record(world), a_record(world, publish=False, data_number="2")
    index = etree.fromstring(client.get("/sitemap.xml").content)
    assert index.tag == f"{{{sitemap.SPACE}}}sitemapindex"
    assert [place.text for place in index.iter(f"{{{sitemap.SPACE}}}loc")] == [f"{BASE}/sitemap-all.xml"]
    page = client.get("/sitemap-all.xml").content.decode()
    assert f"<loc>{BASE}/records/{shown}</loc>" in page
    assert hidden not in page
    assert shown in client.get(f"/sitemap-{shown[0]}.xml").content.decode()
    assert client.get("/sitemap-u.xml").status_code == 404


def test_robots_are_shown_the_sitemap(client):
    assert f"Sitemap: {BASE}/sitemap.xml" in client.get("/robots.txt").content.decode()


@pytest.mark.parametrize(("count", "letters"), [(0, 0), (5000, 0), (5001, 1), (80_000, 1), (80_001, 2), (100_000_000, 3)])
def test_a_larger_site_has_more_sitemap_pages(count, letters):
    assert sitemap.depth(count) == letters


def test_the_api_exports_and_tells_the_losses(world, client):
    key = a_record(world, remarks={"ja": "備考です"})
    file = client.get(f"/api/v1/records/{key}/export?format=common-csv")
    assert file.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert f'filename="{key}-v1.csv"' in file.headers["Content-Disposition"]
    told = client.get(f"/api/v1/records/{key}/export?format=common-csv&loss=1").json()
    assert told["content"] == file.content.decode()
    assert "/title/en" in [loss["pointer"] for loss in told["losses"]]
    assert set(told["losses"][0]["message"]) == {"ja", "en"}
    names = [entry["name"] for entry in client.get("/api/v1/formats").json()["items"]]
    assert {"json", "jpcoar_2.0", "datacite-xml", "common-csv"} <= set(names)


def test_anonymous_json_is_the_same_for_every_reader_who_sees_the_same(world, client):
    key = a_record(world)
    path = f"/records/{key}?format=json"
    assert client.get(path).content == client.get(path, **world.bearer("stranger")).content


def test_addresses_in_links_are_ascii():
    link = signposting.Link("item", "https://x/曲線 1.csv", "text/csv")
    assert signposting.header([link]) == '<https://x/%E6%9B%B2%E7%B7%9A%201.csv>; rel="item"; type="text/csv"'


def test_the_link_header_stays_short_for_a_thousand_authors():
    from dataclasses import replace

    from izumi.formats import golden

    author = {"name": {"en": "A B"}, "identifiers": [{"scheme": "ORCID", "value": "0000-0002-1825-0097"}]}
    many = [{**author, "identifiers": [{"scheme": "ORCID", "value": f"0000-0002-1825-{n:04}"}]} for n in range(1000)]
    package = replace(golden.samples()["alloy"], metadata={"title": {"en": "t"}, "creators": many})
    page = package.urls.record
    assert len(signposting.page_header(package, page=page)) <= 6000
    assert sum(link.rel == "author" for link in signposting.linkset(package, page=page)) == 1000
