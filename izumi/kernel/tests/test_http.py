"""Outgoing HTTP reaches public addresses only, also after a redirect, and never takes more than its limit."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from izumi.kernel import http
from izumi.kernel.errors import Invalid


class Answers(BaseHTTPRequestHandler):
    """A small server: a body, a large body, a redirect to an inner address."""

    def do_GET(self) -> None:
        if self.path == "/away":
            self.send_response(302)
            self.send_header("Location", "http://10.0.0.1/secret")
            self.end_headers()
            return
        body = b"x" * (100 if self.path == "/small" else 200_000)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Quiet."""


@pytest.fixture
def server() -> Iterator[str]:
    made = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{made.server_port}"
    made.shutdown()


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://10.1.2.3/", "http://192.168.0.1/", "http://169.254.169.254/",
        "http://0.0.0.0/", "http://[::ffff:127.0.0.1]/", "file:///etc/passwd", "ftp://example.org/", "http://user@127.0.0.1/",
        "http://2130706433/", "gopher://127.0.0.1/", "http:///", "",
    ],
)  # fmt: skip
def test_an_inner_or_odd_address_is_refused(url: str) -> None:
    with pytest.raises(Invalid) as refused:
        http.checked(url)
    assert refused.value.code == "http.refused_address"


def test_a_body_comes_and_a_large_one_is_cut_off(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IZUMI_ALLOW_PRIVATE_URLS", "1")
    with http.guarded_client() as client:
        assert http.fetch(client, f"{server}/small") == b"x" * 100
        with pytest.raises(Invalid):
            http.fetch(client, f"{server}/large", limit=1000)


def test_a_redirect_to_an_inner_address_is_refused(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "_allowed", lambda address: address == "127.0.0.1")
    with http.guarded_client() as client, pytest.raises(Invalid) as refused:
        http.fetch(client, f"{server}/away")
    assert refused.value.facts["url"] == "http://10.0.0.1/secret"
