"""Who hears of a report, and what it says to them."""

from __future__ import annotations

from izumi.governance import actions
from izumi.kernel import clock
from izumi.people.models import NoticeRow


def told():
    return {(row.person_id, row.kind, row.subject, row.href, row.act, row.text["ja"]) for row in NoticeRow.objects.filter(kind__startswith="report.")}


def test_the_funder_hears_what_came_in_and_the_pm_what_was_decided(world, run_workers):
    world.publish()
    round_ = world.round()
    with clock.at("2026-06-01T12:00:00+09:00"):
        view = actions.submit_report(world.actor("pm"), round_, world.project)
        run_workers()
        href = f"/reports/submissions/{view.id}"
        funder, pm = world.persons["funder"], world.persons["pm"]
        came = (funder, "report.submitted", world.project, href, True, "「{name}」の報告（メタデータの共通項目（30 列））が提出されました。")
        assert told() == {came}
        actions.return_report(world.actor("funder"), view.id, why="{注意} 説明を補ってください。")
        run_workers()
        back = (pm, "report.returned", world.project, href, True, "「{name}」の報告（メタデータの共通項目（30 列））が差し戻されました: {{注意}} 説明を補ってください。")
        assert told() == {(*came[:4], False, came[5]), back}
        second = actions.submit_report(world.actor("pm"), round_, world.project)
        actions.accept_report(world.actor("funder"), second.id)
        run_workers()
    assert {(person, kind, act) for person, kind, _, _, act, _ in told()} == {
        (funder, "report.submitted", False), (pm, "report.returned", True), (pm, "report.accepted", False),
    }  # fmt: skip
