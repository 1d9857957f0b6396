"""Every command with its help as JSON, for the reference pages (``python -m izumi.web.cli.tree``)."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

import click

from izumi.web.cli import izumi


def commands(group: click.Group = izumi, path: str = "izumi") -> Iterator[dict[str, Any]]:
    """Depth first: path, help, usage line and options of each command that does something."""
    for name, command in sorted(group.commands.items()):
        here = f"{path} {name}"
        if isinstance(command, click.Group):
            yield from commands(command, here)
            continue
        context = click.Context(command, info_name=here)
        yield {
            "path": here,
            "help": (command.help or "").strip(),
            "usage": " ".join([here, *command.collect_usage_pieces(context)]),
            "options": list(_options(command)),
        }


def _options(command: click.Command) -> Iterator[dict[str, str]]:
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            metavar = "" if parameter.is_flag else f" {parameter.metavar or parameter.type.name.upper()}"
            yield {"names": ", ".join(parameter.opts) + metavar, "help": parameter.help or ""}


if __name__ == "__main__":
    json.dump(list(commands()), sys.stdout, ensure_ascii=False, indent=1)
