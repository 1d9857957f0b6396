"""The small vocabularies of decisions: every code that a reason or a way out can carry, in Japanese and English."""

from __future__ import annotations

from collections.abc import Mapping

from izumi.kernel.text import Text, both

CLASS_LABELS: Mapping[str, Text] = {
    "open": both("公開", "Open access"),
    "shared": both("共有", "Restricted access"),
    "closed": both("非共有・非公開", "Metadata only access"),
    "embargoed": both("公開期間猶予", "Embargoed access"),
}
"""Access classes with their official labels (common metadata items, アクセス権)."""

REQUEST_LABELS: Mapping[str, Text] = {
    "anyone": both("だれでも申請できます", "Anyone may ask"),
    "members": both("関係者は申請できます", "Members may ask"),
    "none": both("申請は受け付けていません", "Requests are not accepted"),
}

WITHHOLDING_LABELS: Mapping[str, Text] = {
    "personal_data": both("個人情報を含む", "Contains personal data"),
    "trade_secret": both("営業秘密を含む", "Contains trade secrets"),
    "novelty": both("新規性を守るため", "To keep novelty"),
    "patent": both("特許の出願に関わる", "A patent application depends on it"),
    "security": both("安全保障に関わる", "National security"),
    "contract": both("契約による制限がある", "Restricted by a contract"),
    "third_party_rights": both("第三者の権利がある", "Others hold rights in it"),
    "consent_scope": both("同意の範囲に限る", "Limited by the consent given"),
    "export_control": both("輸出管理の対象", "Subject to export control"),
    "protected_location": both("保護が必要な場所を含む", "Contains protected locations"),
    "culture": both("文化的な配慮が必要", "Cultural considerations"),
    "research_integrity": both("研究公正のため", "Research integrity"),
    "commercial_use": both("事業化の予定がある", "Commercial use is planned"),
    "other": both("その他の理由", "Another reason"),
}
"""Coded reasons why data are not open (interface.md, reason codes)."""

REASON_TEXTS: Mapping[str, Text] = {
    # why something is allowed
    "open": both("だれにでも公開されています。", "It is open to anyone."),
    "embargo_ended": both("公開予定日になったため公開されています。", "It is open because its release day has come."),
    "in_scope": both("共有範囲に含まれています。", "You are within the scope it is shared with."),
    "owner": both("このレコードの所有者です。", "You own this record."),
    "project_manager": both("プロジェクトの PM です。", "You lead its project (PM)."),
    "editor": both("このレコードの担当者です。", "You are one of those who write this record."),
    "curator": both("所有する組織の管理担当（キュレーター）です。", "You curate the organisation that owns it."),
    "funder": both("この制度の資金配分機関です。", "You are with the funder of its programme."),
    "admin": both("サイトの管理者です。", "You administer the site."),
    "console": both("サーバーの端末から操作しています。", "You are at the server's console."),
    "system": both("Izumi の自動処理です。", "Izumi does this by itself."),
    "grant": both("利用許諾があります。", "You hold a grant."),
    # why something is refused
    "withdrawn": both("このレコードは取り下げられています。", "This record has been withdrawn."),
    "suspended": both("このレコードは確認のため一時停止中です。",
                      "This record is suspended while it is being checked."),
    "hold": both("このレコードは保留中です。", "This record is on hold."),
    "pseudonymised": both("仮名加工されたデータは外に出しません。", "Pseudonymised data do not leave."),
    "not_published": both("まだ公開されていません。", "It has not been published yet."),
    "class_shared": both("データは限られた相手に共有されています（アクセス権: 共有）。",
                         "The data are shared with limited partners (access rights: restricted access)."),
    "class_closed": both("データは公開されていません（アクセス権: 非共有・非公開）。",
                         "The data are not available (access rights: metadata only access)."),
    "embargoed": both("公開予定日の前です（アクセス権: 公開期間猶予）。",
                      "Its release day has not come yet (access rights: embargoed access)."),
    "embargo_unconfirmed": both("公開予定日が来ても、確認されるまで公開されません（アクセス権: 公開期間猶予）。",
                                "It opens only when somebody confirms it, even after its day (access rights: embargoed access)."),
    "metadata_shared": both("説明は限られた相手に共有されています。",
                            "Its description is shared with limited partners."),
    "metadata_closed": both("説明は公開されていません。", "Its description is not public."),
    "item_withheld": both("この項目は表示されません。", "This item is not shown."),
    "opens_later": both("利用できるようになる日は決まっています。", "The day from which you can use it is set."),
    "window_ended": both("利用できる期間は終わりました。", "The period in which you could use it has ended."),
    "for_others": both("できる人: {audience}", "Who may: {audience}"),
    "scope_missing": both("このトークンには必要な権限（{scope}）がありません。",
                          "This token lacks the scope it needs ({scope})."),
    "nobody": both("これができる人は、いまはいません。", "Nobody may do this at present."),
}

AUDIENCE_TEXTS: Mapping[str, Text] = {
    "public": both("だれでも", "Anyone"),
    "person": both("許可された人", "Named people"),
    "group": both("共有先のグループの人", "Members of a group it is shared with"),
    "project": both("共有先のプロジェクトの人", "Members of a project it is shared with"),
    "org": both("共有先の組織の人", "Members of an organisation it is shared with"),
    "programme": both("共有先の制度の人", "Members of a programme it is shared with"),
    "owner": both("所有者", "Its owner"),
    "project_manager": both("プロジェクトの PM", "The leader (PM) of its project"),
    "editor": both("このレコードの担当者", "Those who write this record"),
    "curator": both("所有する組織の管理担当（キュレーター）", "Curators of the organisation that owns it"),
    "grant": both("利用許諾を受けた人", "Holders of a grant"),
}

WAY_OUT_TEXTS: Mapping[str, Text] = {
    "sign_in": both("ログインすると利用できる場合があります。", "Signing in may help."),
    "request_access": both("利用を申請できます。", "You can ask for access."),
    "wait": both("公開予定日までお待ちください。", "Wait until it opens."),
    "widen_token": both("必要な権限を持つトークンを作ってください。", "Create a token with the scope it needs."),
    "ask_owner": both("レコードの連絡先にお問い合わせください。", "Ask the contact of the record."),
}

SCOPE_LABELS: Mapping[str, Text] = {
    "read": both("読む: 本人に見えるものを見て、ファイルを受け取る",
                 "Read: see and download what the person may"),
    "write": both("書く: レコードの作成、編集、送信、提出（「読む」を含む）",
                  "Write: create, edit, upload and submit (includes read)"),
    "publish": both("公開する: 確認、公開、取り下げ、アクセス権の変更（「書く」を含む）",
                    "Publish: review, publish, withdraw, change access (includes write)"),
    "admin": both("管理する: 管理者・運用者の権限、人と組織の登録（「公開する」を含む）",
                  "Administer: the rights of an administrator or operator (includes publish)"),
}
"""What a token may be limited to; each includes the ones before it."""
