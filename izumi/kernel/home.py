"""The home of a site: one folder with its settings, state and files (interface.md, Settings)."""

from __future__ import annotations

import os
import secrets
import tomllib
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from izumi.kernel.text import Text

FORMAT = 1
"""Number of the home's layout; ``izumi upgrade`` raises it, an older Izumi refuses a newer home."""

FOLDERS = ("objects", "drafts", "index", "cache", "archive", "mail", "logs")
DEFAULTS = {"IZUMI_BASE_URL": "http://127.0.0.1:8000", "IZUMI_TIME_ZONE": "Asia/Tokyo", "IZUMI_ENV": "production", "IZUMI_COMPUTE": "local"}


class NoHome(RuntimeError):
    """The folder is not a home; ``izumi init`` or ``izumi demo`` makes one."""


class NewerHome(RuntimeError):
    """The home was written by a newer Izumi."""


@dataclass(frozen=True)
class Home:
    """Paths of one home and its settings; environment beats file beats default."""

    path: Path

    @property
    def file(self) -> Path:
        """``izumi.toml``."""
        return self.path / "izumi.toml"

    def __getattr__(self, name: str) -> Path:
        if name in FOLDERS:
            return self.path / name
        raise AttributeError(name)

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.path / "izumi.db"

    @property
    def exists(self) -> bool:
        """Whether ``izumi init`` has been here."""
        return self.file.is_file()

    @cached_property
    def written(self) -> dict[str, Any]:
        """What ``izumi.toml`` says (empty when there is none)."""
        return tomllib.loads(self.file.read_text("utf-8")) if self.exists else {}

    def setting(self, name: str, default: str = "") -> str:
        """One setting by its public name, e.g. ``IZUMI_BASE_URL``."""
        if name in os.environ:
            return os.environ[name]
        value = self.written.get(name.removeprefix("IZUMI_").lower())
        return str(value) if value is not None else DEFAULTS.get(name, default)

    @property
    def site_name(self) -> str:
        """Namespace of OAI identifiers, fixed at ``init``."""
        return self.setting("IZUMI_SITE_NAME") or urlsplit(self.setting("IZUMI_BASE_URL")).hostname or "localhost"

    @property
    def title(self) -> Text:
        """What people call the site, in both languages: ``IZUMI_TITLE_JA`` and ``IZUMI_TITLE_EN``."""
        ja, en = self.setting("IZUMI_TITLE_JA"), self.setting("IZUMI_TITLE_EN")
        return Text({"ja": ja or en or "泉 Izumi", "en": en or ja or "Izumi"})

    def require(self) -> Home:
        """This home, or a reason why it cannot be used."""
        if not self.exists:
            raise NoHome(str(self.path))
        if int(self.written.get("format", 0)) > FORMAT:
            raise NewerHome(str(self.path))
        return self

    def create(self, **settings: str | int) -> Home:
        """Make the folders and ``izumi.toml`` (mode 0600: it holds the site's key); keeps what is there.

        A new home is its owner's alone (0700): database and objects hold closed metadata and bytes.
        """
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in FOLDERS:
            (self.path / name).mkdir(exist_ok=True)
        if not self.exists:
            values = {"format": FORMAT, "secret_key": secrets.token_urlsafe(48), **settings}
            self._write(values)
        return Home(self.path)

    def _write(self, values: dict[str, Any]) -> None:
        lines = [f"{key} = {value if isinstance(value, int) else quoted(str(value))}" for key, value in values.items()]
        handle = os.open(self.file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write("\n".join(lines) + "\n")


def quoted(text: str) -> str:
    """A TOML basic string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def home() -> Home:
    """The home that ``IZUMI_HOME`` names (default ``./var``)."""
    return Home(_resolved(os.environ.get("IZUMI_HOME", "var"), os.getcwd()))  # noqa: PTH109 - a key, not a path


@lru_cache(maxsize=8)
def _resolved(name: str, _folder: str) -> Path:
    return Path(name).resolve()
