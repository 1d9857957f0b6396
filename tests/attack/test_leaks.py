"""What must stay inside stays inside: every address, for everybody outside, holds none of the words planted in secret places."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import pytest

from izumi.kernel.ids import check_letter, hyphenated
from tests.attack import routes
from tests.attack.house import House

NEAREST = ("closed", "draft", "emptied", "open", "guarded")
OUTSIDE = ("anonymous", "company", "operator", "colleague")


def told_by(answer: Any) -> str:
    """Everything that leaves with an answer."""
    return answer.told + "\n".join(f"{name}: {value}" for name, value in answer.headers.items())


def leaks(house: House, answer: Any, address: str) -> list[str]:
    """Which secrets stand in the answer without having been asked for in its address."""
    text = told_by(answer)
    if "qz" not in text and not any(key in text for key in house.hidden.values()):
        return []
    return [where for word, where in house.words.items() if word in text and word not in address]


@pytest.mark.parametrize("some", [OUTSIDE[:2], OUTSIDE[2:]])
def test_no_secret_leaves_by_any_address(house, ask, some):
    found = []
    for who in some:
        addresses = [*routes.addresses(house)]
        for name in house.records if who == "anonymous" else NEAREST:
            exports = who == "anonymous" and name in ("open", "guarded", "emptied")
            addresses += routes.addresses_of(house, house.records[name], exports=exports)
        for address in addresses:
            answer = ask(house.roles[who], "GET", address, HTTP_ACCEPT="text/html" if address.startswith("/records") else "*/*")
            assert answer.status_code < 500, (address, answer.told[:200])
            found += [f"{who} {answer.status_code} {address}: {where}" for where in leaks(house, answer, address)]
    assert found == []


def test_lists_do_not_name_what_is_hidden(house, ask):
    found = []
    for who in ("anonymous", "company"):
        for address in routes.addresses(house):
            text = told_by(ask(house.roles[who], "GET", address))
            found += [f"{address}: {name}" for name, key in house.hidden.items() if key in text]
    assert found == []


@pytest.mark.parametrize("who", ["anonymous"])
def test_searching_for_a_secret_finds_nothing(house, ask, who):
    for word in house.words:
        answer = ask(house.roles[who], "GET", f"/api/v1/search?q={quote(word)}").json()
        assert (answer["items"], answer["total"]) == ([], 0), house.words[word]
        assert not any(value["count"] for values in answer["facets"].values() for value in values), house.words[word]
        told = ask(house.roles[who], "GET", f"/api/v1/search/suggest?q={word[:6]}").told
        assert word not in told


def absent_id() -> str:
    """A well-formed identifier of nothing."""
    return hyphenated("zzzzzzzzz" + check_letter("zzzzzzzzz"))


def like(answer: Any, key: str) -> tuple[Any, ...]:
    """An answer without the identifier that was asked for and what differs from request to request."""
    text = re.sub(r"E-[0-9A-F]{6}", "E", answer.told.replace(key, "KEY"))
    headers = {name: value.replace(key, "KEY") for name, value in answer.headers.items()}
    return answer.status_code, text, headers


def test_what_is_hidden_answers_exactly_as_what_is_absent(house, ask):
    found = []
    for who in ("anonymous", "outsider"):
        absent = absent_id()
        seen: dict[str, tuple[Any, ...]] = {}
        for name in ("closed", "draft", "withdrawn") if who == "anonymous" else ("closed",):
            key = house.records[name]
            for address in routes.addresses_of(house, key, exports=False):
                there = like(ask(house.roles[who], "GET", address, HTTP_ACCEPT="text/html"), key)
                other = address.replace(key, absent)
                nowhere = seen[other] = seen.get(other) or like(ask(house.roles[who], "GET", other, HTTP_ACCEPT="text/html"), absent)
                if there != nowhere:
                    found.append((name, address, there[0], nowhere[0]))
    assert found == []


def test_changing_what_is_hidden_answers_as_changing_what_is_absent(house, ask):
    found = []
    for who in ("anonymous", "outsider"):
        absent = absent_id()
        for name in ("closed", "draft"):
            key = house.records[name]
            for method, path, _ in routes.operations(*routes.UNSAFE):
                if "{record_id}" not in path:
                    continue
                address = routes.filled(house, path, key)
                told = {"data": b"{}", "content_type": "application/json", "HTTP_IF_MATCH": "*"}
                there = like(ask(house.roles[who], method.upper(), address, **told), key)
                nowhere = like(ask(house.roles[who], method.upper(), address.replace(key, absent), **told), absent)
                if there != nowhere:
                    found.append((name, method, address, there[0], nowhere[0]))
    assert found == []
