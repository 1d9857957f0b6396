"""Writes ``docs/reference/``: one page a registry, in Japanese and English, from what the code itself declares.

``python -m izumi.web.reference`` writes the pages, ``--check`` only tells which are stale. Descriptions that the code
does not carry (settings, journal verbs, roles, pages, routes) stand in ``reference.toml``; a missing one is an error.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from izumi.web.registries import (
    command_tree,
    declared_pages,
    declared_routes,
    declared_settings,
    declared_verbs,
)

HERE = Path(__file__).resolve().parent
TARGET = HERE.parent.parent / "docs" / "reference"
LANGUAGES = ("ja", "en")


class Undescribed(RuntimeError):
    """Something that the code declares has no words in ``reference.toml``, or the other way round."""


def descriptions() -> dict[str, dict[str, Any]]:
    """The words of ``reference.toml`` by section."""
    return tomllib.loads((HERE / "reference.toml").read_text("utf-8"))


def both_known(section: str, declared: Iterable[str]) -> dict[str, Any]:
    """The words of every declared name, in its order. Raises ``Undescribed`` unless both sides name the same things."""
    words = descriptions().get(section, {})
    names = list(dict.fromkeys(declared))
    missing = [name for name in names if name not in words]
    surplus = [name for name in words if name not in names]
    if missing or surplus:
        raise Undescribed(f"{section}: without words {missing}; words without a thing {surplus}")
    return {name: words[name] for name in names}


def say(lang: str, ja: str, en: str) -> str:
    """One of the two."""
    return ja if lang == "ja" else en


def cell(text: object) -> str:
    """Text inside a Markdown table."""
    return str(text).replace("|", "\\|").replace("\n", " ").strip()


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """A Markdown table."""
    names = list(head)
    yield "| " + " | ".join(names) + " |"
    yield "|" + "---|" * len(names)
    for row in rows:
        yield "| " + " | ".join(cell(value) for value in row) + " |"


# --- the pages -------------------------------------------------------------------------------------------------------


def settings_page(lang: str) -> Iterator[str]:
    """Settings."""
    yield say(lang, "# 設定", "# Settings")
    yield ""
    yield say(
        lang,
        '環境変数が `izumi.toml` より優先し、`izumi.toml` が既定値より優先します。ファイルでは `IZUMI_` を除いた小文字で書きます（`base_url = "…"`）。',
        'The environment beats `izumi.toml`, which beats the default. In the file write the name without `IZUMI_`, in lower case (`base_url = "…"`).',
    )
    yield ""
    words = both_known("settings", declared_settings())
    head = [say(lang, "名前", "Name"), say(lang, "既定値", "Default"), say(lang, "意味", "Meaning")]
    yield from table(head, ([f"`{name}`", one.get("default", "–"), one[lang]] for name, one in words.items()))


def errors_page(lang: str) -> Iterator[str]:
    """Error codes."""
    from izumi.kernel import errors

    yield say(lang, "# エラーの一覧", "# Errors")
    yield ""
    yield say(
        lang,
        "`code` は変わりません。API は `application/problem+json`（RFC 9457）、画面はページ、コマンドは文で、同じことを伝えます。",
        "A `code` never changes. The API answers `application/problem+json` (RFC 9457), pages and commands say the same in words.",
    )
    statuses = {c.default_code: c.status for c in all_classes(errors.IzumiError) if "default_code" in vars(c)}
    for code, words in sorted(errors.catalogue().items()):
        yield ""
        yield f'## <a id="{code}"></a>`{code}`'
        yield ""
        yield f"**{words.title.one(lang)}**" + (
            f" (HTTP {status})" if (status := words.status or statuses.get(code)) else ""
        )
        yield ""
        yield re.sub(r"\{[a-z_]+\}", "…", f"{words.detail.one(lang)} {words.fix.one(lang)}".strip())


def all_classes(root: type) -> Iterator[Any]:
    """A class and everything below it."""
    yield root
    for below in root.__subclasses__():
        yield from all_classes(below)


def verbs_page(lang: str) -> Iterator[str]:
    """Journal verbs."""
    yield say(lang, "# 台帳の動詞", "# Verbs of the journal")
    yield ""
    yield say(
        lang,
        "起きたことは、変更と同じトランザクションで台帳に書かれます。さがした人の検索語は決して書かれません。",
        "What happened is written in the same transaction as the change itself. What people searched for is never written.",
    )
    yield ""
    words = both_known("verbs", declared_verbs())
    yield from table(
        [say(lang, "動詞", "Verb"), say(lang, "意味", "Meaning")], ([f"`{n}`", w[lang]] for n, w in words.items())
    )


def roles_page(lang: str) -> Iterator[str]:
    """Roles."""
    from izumi.people.types import ROLE_SCOPES

    yield say(lang, "# 役割", "# Roles")
    yield ""
    yield say(
        lang,
        "役割は、人・範囲・期間の組です。役割がなければ、公開されたものだけを使えます。",
        "A role is a person, a scope and dates. Without one, people may use what is public.",
    )
    yield ""
    words = both_known("roles", ["anyone", *ROLE_SCOPES])
    yield from table(
        [say(lang, "役割", "Role"), say(lang, "できること", "May")], ([f"`{n}`", w[lang]] for n, w in words.items())
    )


def pages_page(lang: str) -> Iterator[str]:
    """Page addresses."""
    yield say(lang, "# アドレス", "# Addresses")
    yield ""
    yield say(
        lang,
        "ページは、前に何も付けなければ日本語、`/en` を付けると英語です。機械向けのアドレスに言語はありません。",
        "A page is Japanese without a prefix and English with `/en`. Addresses for machines have no language.",
    )
    yield ""
    words = both_known("pages", declared_pages())
    yield from table(
        [say(lang, "アドレス", "Address"), say(lang, "何があるか", "What is there")],
        ([f"`{n}`", w[lang]] for n, w in words.items()),
    )


def api_page(lang: str) -> Iterator[str]:
    """Routes of the API."""
    yield "# API"
    yield ""
    yield say(
        lang,
        "型と例は、動いているサイトの `/api/v1/openapi.json` と `/api/v1/docs` にあります。",
        "Types and examples are at `/api/v1/openapi.json` and `/api/v1/docs` of a running site.",
    )
    yield ""
    routes = declared_routes()
    japanese = both_known("routes", routes)
    said = japanese if lang == "ja" else routes
    yield from table(
        [say(lang, "呼び出し", "Call"), say(lang, "すること", "What it does")],
        ([f"`{name}`", said[name]] for name in routes),
    )


def cli_page(lang: str) -> Iterator[str]:
    """Commands."""
    yield say(lang, "# コマンド `izumi`", "# The command `izumi`")
    yield ""
    yield say(
        lang,
        "どのコマンドも `--json` で JSON だけを出します。終了コード: 0 完了、1 拒否または指摘あり、2 使い方の誤り、3 いまは使えない。",
        "Every command prints JSON alone with `--json`. Exit codes: 0 done, 1 refused or found wanting, 2 usage, 3 unavailable.",
    )
    for command in command_tree(lang):
        yield ""
        yield f"## `{command['path']}`"
        yield ""
        yield command["help"]
        yield ""
        yield f"    {command['usage']}"
        if command["options"]:
            yield ""
            yield from (f"- `{option['names']}` – {option['help']}" for option in command["options"])


def profiles_page(lang: str) -> Iterator[str]:
    """Items, rules and vocabularies of every profile, as the profiles themselves tell them."""
    from izumi.profiles import queries

    yield from queries.reference(lang).rstrip("\n").split("\n")


def formats_page(lang: str) -> Iterator[str]:
    """Formats."""
    from izumi.formats import queries

    yield say(lang, "# 形式", "# Formats")
    yield ""
    head = [say(lang, "名前", "Name"), say(lang, "呼び名", "Label"), "Content-Type", say(lang, "読み込み", "Reads")]
    yes = say(lang, "はい", "yes")
    yield from table(
        head,
        (
            [
                f"`{codec.name}`",
                codec.label.one(lang),
                f"`{codec.media_types[0]}`",
                yes if hasattr(codec, "read") else "–",
            ]
            for codec in sorted(queries.all_codecs().values(), key=lambda one: one.name)
        ),
    )


PAGES: dict[str, Callable[[str], Iterator[str]]] = {
    "settings": settings_page, "errors": errors_page, "journal": verbs_page, "roles": roles_page, "addresses": pages_page,
    "api": api_page, "cli": cli_page, "profiles": profiles_page, "formats": formats_page,
}  # fmt: skip


def written(name: str, lang: str) -> str:
    """One page."""
    note = say(lang, "<!-- このページは python -m izumi.web.reference が書きます。直接直さないでください。 -->",
               "<!-- Written by python -m izumi.web.reference; do not edit. -->")  # fmt: skip
    return "\n".join([note, "", *PAGES[name](lang)]) + "\n"


def file_of(name: str, lang: str) -> Path:
    """Where a page stands."""
    return TARGET / (f"{name}.ja.md" if lang == "ja" else f"{name}.md")


def stale() -> list[str]:
    """The pages that do not say what the code says."""
    return [
        file_of(name, lang).name
        for name in PAGES
        for lang in LANGUAGES
        if not file_of(name, lang).is_file() or file_of(name, lang).read_text("utf-8") != written(name, lang)
    ]


def main() -> int:
    """Write the pages, or with ``--check`` only tell which are stale."""
    from izumi.web import homes

    homes.set_up_django()
    if "--check" in sys.argv:
        for name in (late := stale()):
            print(name)  # noqa: T201
        return int(bool(late))
    TARGET.mkdir(parents=True, exist_ok=True)
    for name in PAGES:
        for lang in LANGUAGES:
            file_of(name, lang).write_text(written(name, lang), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
