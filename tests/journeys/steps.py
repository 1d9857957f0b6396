"""What people do in a browser, said once for all journeys."""

from __future__ import annotations

import time

PASSWORD = "a quiet spring morning"

DROP = """([zone, name, text]) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File([text], name, {type: 'text/csv'}));
  for (const kind of ['dragenter', 'dragover', 'drop']) zone.dispatchEvent(new DragEvent(kind, {dataTransfer: transfer, bubbles: true, cancelable: true}));
}"""


def sign_in(page, prefix: str = "", username: str = "hanako", password: str = PASSWORD) -> None:
    """Through the form."""
    page.goto(f"{prefix}/login")
    page.locator("#username").fill(username)
    page.locator("#password").fill(password)
    page.locator("form", has=page.locator("#password")).get_by_role("button").first.click()
    page.wait_for_url(lambda address: "/login" not in address)


def describe(page, title: dict[str, str]) -> None:
    """Fill in what only the researcher can tell."""
    for lang, text in title.items():
        page.locator(f'[name="/title/{lang}"]').fill(text)
    page.locator('[name="/description/ja"]').fill(
        "毎月 1 回、同じ 8 地点で採水し、水温・pH・電気伝導率を測りました。手順と機器は記録票にあります。"
    )
    choose(page, "/field", "489")
    choose(page, "/type", "experimental_data")
    choose(page, "/terms/fee", "free")
    choose(page, "/terms/licence", "CC-BY-4.0")
    choose(page, "/access/class", "open")
    fill_if_empty(page, "/contact/email", "hanako@example.invalid")


def choose(page, name: str, value: str) -> None:
    """Pick a value, whether it is offered as radio, select or text."""
    found = page.locator(f'[name="{name}"]:not([type=hidden])')
    if not found.count():
        return
    open_fold(found.first)
    kind = found.first.evaluate("e => e.tagName === 'SELECT' ? 'select' : e.type")
    if kind == "select":
        found.first.select_option(value)
    elif kind == "radio":
        page.locator(f'[name="{name}"][value="{value}"]').check()
    else:
        found.first.fill(value)


def fill_if_empty(page, name: str, value: str) -> None:
    found = page.locator(f'[name="{name}"]')
    if found.count() and not found.first.input_value():
        open_fold(found.first)
        found.first.fill(value)


def open_fold(element) -> None:
    """Open the folds around an element, as a person would before typing."""
    element.evaluate(
        "e => { for (let d = e.closest('details'); d; d = d.parentElement.closest('details')) d.open = true; }"
    )


def find_as_anyone(page, prefix: str, word: str, title: str, seconds: float = 25) -> None:
    """Search until the title is among the hits (indexing follows publication within seconds)."""
    until = time.monotonic() + seconds
    while True:
        page.goto(f"{prefix}/")
        page.locator("#q").fill(word)
        page.locator("#q").press("Enter")
        page.wait_for_url("**/search?**")
        if page.get_by_role("link", name=title).count():
            break
        if time.monotonic() > until:
            break
        time.sleep(0.4)
    page.get_by_role("link", name=title).first.click()


def confirm(page) -> None:
    """Answer the question that some buttons ask first."""
    dialog = page.locator("dialog[open] button.button-danger")
    if dialog.count():
        dialog.click()
    page.wait_for_load_state()


def gone_from_search(page, prefix: str, word: str, title: str, seconds: float = 5) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        page.goto(f"{prefix}/search?q={word}")
        if not page.get_by_role("link", name=title).count():
            return True
        time.sleep(0.4)
    return False


def press_until(page, wanted: str, limit: int = 80) -> None:
    """Tab forward until the element that matches has the focus."""
    for _ in range(limit):
        if page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {wanted} on {page.url}")


COUNT = """
const kept = name => JSON.parse(sessionStorage.getItem(name) || '[]');
const keep = (name, what) => sessionStorage.setItem(name, JSON.stringify([...kept(name), what]));
addEventListener('input', event => { if (event.target.type !== 'file') keep('typed', event.target.name); }, true);
addEventListener('click', event => { if (event.isTrusted && event.detail) keep('clicked', event.target.tagName); }, true);
"""


def count_work(page) -> None:
    """From now on the page remembers which fields somebody changed and how often the mouse was used."""
    page.add_init_script(COUNT)
    page.reload()
    page.evaluate("sessionStorage.clear()")


def work(page) -> tuple[set[str], int]:
    """The fields that were changed and the number of clicks since ``count_work``."""
    typed, clicked = page.evaluate("['typed', 'clicked'].map(name => JSON.parse(sessionStorage.getItem(name) || '[]'))")
    return set(typed), len(clicked)


def faults(axe, page, address: str) -> list[str]:
    """Violations of WCAG 2.2 A and AA on a page, and whether it scrolls sideways."""
    answer = page.goto(address)
    results = axe.run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]})
    where = f"{address} {page.viewport_size['width']}"
    found = [f"{where}: {v['id']} {v['nodes'][0]['target']}" for v in results.response["violations"]]
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        found.append(f"{where}: scrolls sideways")
    if answer is None or answer.status not in {200, *page.expected_failures}:
        found.append(f"{where}: {answer.status if answer else 'no answer'}")
    return found
