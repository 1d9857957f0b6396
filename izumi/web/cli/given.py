"""What several commands are given alike: names in two languages, days, the acting user, a CSV file."""

from __future__ import annotations

from pathlib import Path

import click

from izumi.kernel.days import Day, parse_day
from izumi.web.language import say

AS = click.option("--as", "as_user", metavar="USER", help=say("この利用者として行う", "act as this user"))
NAME_JA = click.option("--name-ja", default="", help=say("日本語の名前", "name in Japanese"))
NAME_EN = click.option("--name-en", default="", help=say("英語の名前", "name in English"))
CSV = click.argument("file", metavar="FILE.csv", type=click.Path(exists=True, dir_okay=False, path_type=Path))


def both_names(ja: str, en: str) -> dict[str, str]:
    """A text of the given sides."""
    return {lang_: value for lang_, value in (("ja", ja), ("en", en)) if value}


def day(text: str | None) -> Day | None:
    """A day of the command line. Raises a usage error."""
    try:
        return parse_day(text) if text else None
    except ValueError as wrong:
        raise click.UsageError(say(f"日付は YYYY-MM-DD です: {text}", f"a day is YYYY-MM-DD: {text}")) from wrong


def parts(text: str | None) -> list[str]:
    """The words of ``a, b``; none of nothing."""
    return [part.strip() for part in (text or "").split(",") if part.strip()]
