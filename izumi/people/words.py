"""Words of funding: steps of adoption, kinds of contract, fields, reports."""

from __future__ import annotations

from collections.abc import Mapping

from izumi.kernel.text import Text, both

STEPS = ("institution", "pm", "agency")
"""Who can have to say yes to a plan: the curators of the organisation, the PM of the project, the funder of the programme."""

STEP_LABELS: Mapping[str, Text] = {
    "institution": both("機関", "Institution"),
    "pm": both("PM（代表者）", "PM (leader)"),
    "agency": both("資金配分機関", "Funding agency"),
}

CONTRACTS: Mapping[str, Text] = {
    "commission": both("委託", "Commissioned"),
    "grant": both("助成", "Grant"),
    "subsidy": both("補助", "Subsidy"),
    "joint": both("共同研究", "Joint research"),
}
"""Kinds of contract between funder and institution."""

SCHEMES: Mapping[str, Text] = {
    "common": both("メタデータの共通項目", "Common metadata elements"),
    "moonshot": both("ムーンショット型研究開発制度", "Moonshot programme"),
    "erad": both("e-Rad へのメタデータ件数", "Counts for e-Rad"),
}
"""The reports a round can ask for."""

FIELDS: Mapping[str, Text] = {
    "189": both("ライフサイエンス", "Life Science"),
    "289": both("情報通信", "Informatics"),
    "389": both("環境", "Environmental Science"),
    "489": both("ナノテク・材料", "Nanotechnology/Materials"),
    "589": both("エネルギー", "Energy Engineering"),
    "689": both("ものづくり技術", "Manufacturing Technology"),
    "789": both("社会基盤", "Social Infrastructure"),
    "889": both("フロンティア", "Frontier Technology"),
    "900": both("人文・社会", "Humanities & Social Sciences"),
    "1000": both("自然科学一般", "Natural Science"),
    "9999": both("その他", "Others"),
}
"""e-Rad research fields (研究分野（主）). Source: common-items-2024-07-30, プロジェクトの分野."""
