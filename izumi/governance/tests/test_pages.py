"""The pages of reports as plain forms: two clicks from what is due to the receipt, nothing typed."""

from __future__ import annotations

import re

import pytest

from izumi.governance import actions
from izumi.kernel import clock
from izumi.kernel.actors import console
from izumi.people import actions as people


@pytest.fixture
def page(client, world):
    def ask(who, address, posted=None, day="2026-06-01"):
        headers = {"HTTP_ACCEPT": "text/html", **(world.bearer(who) if who else {})}
        with clock.at(f"{day}T12:00:00+09:00"):
            return client.get(address, **headers) if posted is None else client.post(address, posted, **headers)

    return ask


def text_of(answer, status=200):
    assert answer.status_code == status, answer.content[:300]
    return answer.content.decode()


@pytest.mark.parametrize("lang", ["", "/en"])
def test_two_clicks_lead_from_what_is_due_to_the_receipt(page, world, lang):
    world.publish(title={"ja": "見本川の水質"})
    round_ = world.round()
    due = text_of(page("pm", f"{lang}/reports"))
    link = re.search(r'href="([^"]*/reports/hand-in/[^"]*)"', due)[1]
    assert link == f"{lang}/reports/hand-in/{round_}/{world.project}"
    shown = text_of(page("pm", link))
    assert "見本川の水質" in shown and '<input type="text"' not in shown and "<textarea" not in shown
    done = page("pm", link, {})
    assert done.status_code == 302
    receipt = text_of(page("pm", done.headers["Location"]))
    number = done.headers["Location"].rsplit("/", 1)[1]
    assert number in receipt and re.search(r"[0-9a-f]{64}", receipt) and f"/api/v1/submissions/{number}?format=csv" in receipt
    assert "見本川の水質" in receipt and 'value="accept"' not in receipt
    again = text_of(page("pm", f"{lang}/reports"))
    assert f"{lang}/reports/submissions/{number}" in again and "/reports/hand-in/" not in again


def test_the_funder_accepts_or_returns_on_the_receipt(page, world):
    world.publish()
    with clock.at("2026-06-01T10:00:00+09:00"):
        first = actions.submit_report(world.actor("pm"), world.round(), world.project)
    address = f"/reports/submissions/{first.id}"
    assert 'value="accept"' in text_of(page("funder", address))
    assert page("funder", address, {"do": "return", "why": ""}).status_code == 422
    assert page("funder", address, {"do": "return", "why": "説明を補ってください。"}).status_code == 302
    returned = text_of(page("pm", address))
    assert "説明を補ってください。" in returned and f"/reports/hand-in/{first.round}/{world.project}" in returned
    second = page("pm", f"/reports/hand-in/{first.round}/{world.project}", {}).headers["Location"]
    assert page("funder", second, {"do": "accept"}).status_code == 302
    assert "受理" in text_of(page("pm", second)) and first.id in text_of(page("funder", second))


@pytest.mark.parametrize("name", ["common", "moonshot", "erad"])
def test_any_report_is_shown_with_its_files_and_its_counting_rule(page, world, name):
    world.publish()
    html = text_of(page("pm", f"/reports?of=project:{world.project}&name={name}&when=period:FY2026"))
    assert f"/api/v1/reports/{name}?project={world.project}&amp;period=FY2026&amp;lang=ja&amp;format=xlsx" in html
    assert "2026-06-01" in html and "数え方の決まり" in html
    assert f"/api/v1/reports/{name}?project" in text_of(page("pm", f"/en/reports?project={world.project}&name={name}"))


def test_what_lacks_obligatory_items_is_shown_first_and_stops_nobody(page, world):
    record = world.publish(projects=[])
    from izumi.records import actions as records
    from izumi.records.models import Version

    records.set_projects(console(), record, [world.project])
    bare = {key: value for key, value in Version.objects.get(record_id=record).metadata.items() if key not in ("field", "manager")}
    Version.objects.filter(record_id=record).update(metadata=bare)  # as an older rule let it pass
    with clock.at("2026-05-11T10:00:00+09:00"):
        from tests.builders import a_document

        records.create_record(world.actor("researcher"), metadata=a_document(funding=world.funding), prefill=False, projects=[world.project])
    round_ = world.round()
    shown = text_of(page("pm", f"/reports/hand-in/{round_}/{world.project}"))
    assert shown.index("必須の項目が足りない") < shown.index("見本川の水質の定点観測（2025年度）</a>")
    assert "データの分野" in shown and "まだ公開していないレコードが 1 件" in shown
    receipt = text_of(page("funder", page("pm", f"/reports/hand-in/{round_}/{world.project}", {}).headers["Location"]))
    assert "必須の項目が足りない" in receipt


def test_who_has_no_part_in_it_sees_nothing(page, world):
    world.publish()
    round_ = world.round()
    with clock.at("2026-06-01T10:00:00+09:00"):
        made = actions.submit_report(world.actor("pm"), round_, world.project)
    assert page(None, "/reports").status_code in (302, 401)
    assert page("stranger", f"/reports?project={world.project}").status_code == 403
    assert page("stranger", f"/reports/submissions/{made.id}").status_code == 404
    assert page("researcher", f"/reports/hand-in/{round_}/{world.project}").status_code == 403
    assert "/reports/hand-in/" not in text_of(page("stranger", "/reports"))


def test_nothing_to_report_and_being_late_are_said(page, world):
    round_ = world.round()
    people.assign_role(console(), person=world.persons["pm"], role="pm", scope=f"project:{world.second}")
    shown = text_of(page("pm", f"/reports/hand-in/{round_}/{world.project}", day="2027-05-02"))
    assert "報告するものがまだないため" in shown and "期限超過" in shown
    assert page("pm", f"/reports/hand-in/{round_}/{world.project}", {}).status_code == 409
    assert "期限超過" in text_of(page("pm", "/reports", day="2027-05-02"))


def test_a_text_of_a_record_is_never_markup(page, world):
    world.publish(title={"ja": "<script>alert(1)</script>"})
    for address in (f"/reports?project={world.project}", f"/reports/hand-in/{world.round()}/{world.project}"):
        html = text_of(page("pm", address))
        assert "<script>alert" not in html and "&lt;script&gt;" in html


def test_a_report_waits_in_the_work_of_the_funder_until_it_is_decided(page, world):
    world.publish()
    round_ = world.round()
    with clock.at("2026-06-01T10:00:00+09:00"):
        made = actions.submit_report(world.actor("pm"), round_, world.project)
    assert f"/reports/submissions/{made.id}" in text_of(page("funder", "/work"))
    assert "受理を待っている報告" not in text_of(page("pm", "/work"))
    page("funder", f"/reports/submissions/{made.id}", {"do": "accept"})
    assert "受理を待っている報告" not in text_of(page("funder", "/work"))


def test_who_hands_in_again_is_led_to_the_reason_of_the_return(page, world):
    world.publish()
    round_ = world.round()
    with clock.at("2026-06-01T10:00:00+09:00"):
        made = actions.submit_report(world.actor("pm"), round_, world.project)
    page("funder", f"/reports/submissions/{made.id}", {"do": "return", "why": "説明が足りません。"})
    shown = text_of(page("pm", f"/reports/hand-in/{round_}/{world.project}"))
    assert "前の提出は差し戻されました" in shown and f"/reports/submissions/{made.id}" in shown
