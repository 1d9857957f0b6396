"""The ``izumi`` command. Exit codes: 0 done, 1 refused or found wanting, 2 usage, 3 unavailable."""

from __future__ import annotations

import json
import logging
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

import click

from izumi import __version__
from izumi.kernel.errors import IzumiError
from izumi.web.cli import access, files, house, keeping, measure, persons, plans, records, reports, workflow
from izumi.web.cli.face import show_failure
from izumi.web.language import say
from izumi.web.wire import Problem


@click.group(
    name="izumi",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    help=say(
        "研究データの、計画から再利用まで。ホームは IZUMI_HOME（既定は ./var）です。\n\n"
        "終了コード: 0 完了、1 拒否または指摘あり、2 使い方の誤り、3 いまは使えない。",
        "Research data, from the plan to the reuse. The home is IZUMI_HOME (default ./var).\n\n"
        "Exit codes: 0 done, 1 refused or found wanting, 2 usage, 3 unavailable.",
    ),
)
@click.version_option(__version__, prog_name="izumi")
def izumi() -> None:
    """The command."""


for _command in (
    *house.COMMANDS, *keeping.COMMANDS, *persons.COMMANDS, plans.plan, records.record, files.files, workflow.submit, workflow.return_,
    workflow.accept, workflow.publish, workflow.withdraw, workflow.discard, workflow.new_version, access.access, access.search,
    measure.bench, reports.report,
):  # fmt: skip
    izumi.add_command(_command)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    as_json = "--json" in given
    try:
        code = izumi.main(args=given, prog_name="izumi", standalone_mode=False)
    except (Problem, IzumiError) as failure:
        return show_failure(failure, as_json=as_json)
    except click.exceptions.Exit as left:
        return left.exit_code
    except click.Abort:
        click.echo(say("中止しました", "stopped"), err=True)
        return 130
    except click.ClickException as wrong:
        return _usage(wrong, as_json=as_json)
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except Exception as unexpected:
        return _unexpected(unexpected, as_json=as_json)
    return code if isinstance(code, int) else 0


def _usage(wrong: click.ClickException, *, as_json: bool) -> int:
    if as_json:
        click.echo(json.dumps({"code": "usage.wrong", "status": 400, "title": say("使い方が違います", "Wrong usage"),
                               "detail": wrong.format_message(), "findings": []}, ensure_ascii=False))  # fmt: skip
    else:
        wrong.show()
    return wrong.exit_code


def _unexpected(failure: Exception, *, as_json: bool) -> int:
    """A fault of ours: what and where in one line, the whole in the log (and on the terminal of a developer)."""
    logging.getLogger("izumi.cli").error("unexpected", exc_info=failure)
    code = show_failure(IzumiError(), as_json=as_json)
    place = traceback.extract_tb(failure.__traceback__)[-1]
    click.echo(f"{type(failure).__name__}: {failure} ({Path(place.filename).name}:{place.lineno})", err=True)
    if os.environ.get("IZUMI_ENV") == "development":
        traceback.print_exception(failure)
    return code
