"""What a command prints: human text, or – with ``--json`` – one object or JSON lines on stdout and nothing else."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import wraps
from typing import Any

import click

from izumi.kernel.actors import Actor, console
from izumi.kernel.errors import IzumiError, plain, problem
from izumi.web import wire
from izumi.web.language import lang, one, say


class Face:
    """The terminal of one command."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json

    def tell(self, value: Any, text: str | Callable[[], str] = "") -> None:
        """The result: ``value`` for machines, ``text`` for people."""
        if self.as_json:
            click.echo(json.dumps(value, ensure_ascii=False, default=str))
        else:
            said = text() if callable(text) else text
            if said:
                click.echo(said)

    def rows(
        self, values: Iterable[dict[str, Any]], columns: Sequence[tuple[str, Callable[[dict[str, Any]], str]]]
    ) -> int:
        """A list: JSON lines for machines, aligned columns for people. Streams; returns the number of rows."""
        count = 0
        if self.as_json:
            for value in values:
                count += 1
                click.echo(json.dumps(value, ensure_ascii=False, default=str))
            return count
        shown = [[cell(value) for _, cell in columns] for value in values]
        if shown:
            for line in table([name for name, _ in columns], shown):
                click.echo(line)
        return len(shown)

    def note(self, text: str) -> None:
        """A remark for people, on stderr; silent under ``--json``."""
        if not self.as_json:
            click.echo(text, err=True)

    def progress(self, total: int, label: str) -> Any:
        """A bar on stderr; invisible under ``--json`` and where stderr is no terminal."""
        hidden = self.as_json or not sys.stderr.isatty()
        return click.progressbar(length=max(total, 1), label=label, file=sys.stderr, hidden=hidden)


def width(text: str) -> int:
    """Columns of a terminal that a text takes: East Asian wide letters take two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 0 if unicodedata.combining(c) else 1 for c in text)


def table(names: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Aligned lines."""
    widths = [max(width(row[i]) for row in [names, *rows]) for i in range(len(names))]
    for row in [names, *rows]:
        yield "  ".join(cell + " " * (widths[i] - width(cell)) for i, cell in enumerate(row)).rstrip()


def problem_text(body: dict[str, Any]) -> str:
    """A problem of the API for people: what, why, what to do, then each finding with its place."""
    lines = [str(body.get("title", "")), str(body.get("detail", ""))]
    for finding in body.get("findings") or []:
        lines.append(f"  {finding.get('pointer') or '/'}  {one(finding.get('message'))}")
        if finding.get("fix"):
            lines.append(f"      → {one(finding['fix'])}")
    lines += [f"  - {one(reason.get('text'))}" for reason in (body.get("decision") or {}).get("reasons", [])]
    if body.get("reference"):
        lines.append(say(f"番号: {body['reference']}", f"Reference: {body['reference']}"))
    return "\n".join(line for line in lines if line)


def show_failure(failure: wire.Problem | IzumiError, *, as_json: bool) -> int:
    """Print a refusal and answer the exit code."""
    if isinstance(failure, IzumiError):
        body, text = problem(failure, lang()), plain(failure, lang())
    else:
        body, text = failure.body, problem_text(failure.body)
    if as_json:
        click.echo(json.dumps(body, ensure_ascii=False, default=str))
    else:
        click.echo(text, err=True)
    return wire.exit_code(failure)


def need_home() -> None:
    """Set Django up on this home; refuses where there is none, or a newer one."""
    from izumi.web import homes

    homes.open_home()


def console_actor(as_user: str | None) -> Actor:
    """Who acts on this machine: the console, or – with ``--as`` – exactly that person."""
    if not as_user:
        return console()
    from izumi.web.cli.accounts import actor_named

    return actor_named(as_user)


_JSON = click.option(
    "--json", "as_json", is_flag=True, help=say("機械向けに JSON だけを出力する", "print JSON only, for machines")
)


def command(run: Callable[..., Any]) -> Callable[..., Any]:
    """A command on this home: adds ``--json`` and hands over the face."""

    @_JSON
    @wraps(run)
    def wrapped(*args: Any, as_json: bool, **kwargs: Any) -> Any:
        return run(Face(as_json=as_json), *args, **kwargs)

    return wrapped


def api_command(run: Callable[..., Any]) -> Callable[..., Any]:
    """A command that is a call of the API: adds ``--json --as --site --token`` and hands over the face and the site."""

    @_JSON
    @click.option(
        "--as", "as_user", metavar="USER", help=say("この利用者として判断する", "decide exactly as this user")
    )
    @click.option(
        "--site",
        metavar="URL",
        envvar="IZUMI_SITE",
        help=say("離れたサイトに対して行う", "act on this site, over HTTP"),
    )
    @click.option(
        "--token", metavar="T", envvar="IZUMI_TOKEN", help=say("そのサイトのトークン", "a token of that site")
    )
    @wraps(run)
    def wrapped(
        *args: Any, as_json: bool, as_user: str | None, site: str | None, token: str | None, **kwargs: Any
    ) -> Any:
        face = Face(as_json=as_json)
        asks_about = run.__name__ == "explain"  # the one call that names the other person, instead of acting as them
        if site and as_user and not asks_about:
            raise click.UsageError(say("--as は --site と一緒に使えません", "--as cannot be used with --site"))
        if site:
            return run(face, wire.remote(site, token, as_user), *args, **kwargs)
        need_home()
        here = wire.local(console() if asks_about else console_actor(as_user), as_user)
        try:
            return run(face, here, *args, **kwargs)
        finally:
            if here.changed:
                follow_up()

    return wrapped


def follow_up() -> None:
    """Where no worker runs, do its work now (seal, index, mail), so that a command line alone is a whole site."""
    from izumi.kernel import running
    from izumi.kernel.home import home
    from izumi.kernel.locks import Held, exclusive

    try:
        with exclusive(home().path / "worker.lock", wait=False):
            for _round in range(1000):
                if not running.step():
                    return
    except Held:
        return
