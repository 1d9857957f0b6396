"""A site in which every field that must stay inside holds a word of its own, and the people who must not read it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from tests.attack.house import House, a_house


@pytest.fixture
def house(home: object, run_workers: Callable[[], int]) -> House:
    """The site with its canaries, indexed."""
    made = a_house()
    run_workers()
    return made


@pytest.fixture
def settings_of() -> Iterator[Callable[..., None]]:
    """Sets settings of the framework for one test."""
    from django.test import override_settings

    changed = []

    def change(**values: Any) -> None:
        changed.append(override_settings(**values))
        changed[-1].enable()

    yield change
    for one in changed:
        one.disable()


@pytest.fixture
def ask(client: Client) -> Callable[..., Any]:
    """One request by somebody's headers; ``told`` is the whole body as text."""

    def request(headers: dict[str, str], method: str, address: str, **told: Any) -> Any:
        answer = client.generic(method, address, **{**headers, **told})
        answer.told = (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode("utf-8", "replace")
        return answer

    return request
