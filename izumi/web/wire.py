"""How a command reaches a site: in process (its own application, as the console) or over HTTP (``--site``); same calls, same errors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import quote, unquote_to_bytes

import httpx

from izumi.kernel.actors import Actor
from izumi.kernel.errors import IzumiError, Unavailable
from izumi.web.language import lang

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
TIMEOUT_S = 120.0


class Problem(Exception):
    """A refusal of the API: its ``application/problem+json`` as received."""

    def __init__(self, body: dict[str, Any], status: int) -> None:
        super().__init__(body.get("code", status))
        self.body = body
        self.status = status


class _Input:
    """A request body as WSGI reads it, without ever holding all of it."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._rest = b""

    def read(self, size: int = -1) -> bytes:
        """At most ``size`` bytes (all when negative)."""
        while size < 0 or len(self._rest) < size:
            chunk = next(self._chunks, None)
            if chunk is None:
                break
            self._rest += chunk
        cut = len(self._rest) if size < 0 else size
        given, self._rest = self._rest[:cut], self._rest[cut:]
        return given

    def readline(self, size: int = -1) -> bytes:
        """One line (forms are read so)."""
        while b"\n" not in self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                break
            self._rest += chunk
        end = self._rest.find(b"\n") + 1 or len(self._rest)
        if 0 <= size < end:
            end = size
        given, self._rest = self._rest[:end], self._rest[end:]
        return given

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readline, b"")


class _Output(httpx.SyncByteStream):
    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = chunks

    def __iter__(self) -> Iterator[bytes]:
        yield from self._chunks

    def close(self) -> None:
        """Tell the application that the answer has been read."""
        end = getattr(self._chunks, "close", None)
        if end is not None:
            end()


class Inside(httpx.BaseTransport):
    """Calls the WSGI application in this process as ``actor``; bodies are streamed both ways."""

    def __init__(self, application: Application, actor: Actor) -> None:
        self._application = application
        self._actor = actor

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One call."""
        told: dict[str, Any] = {}

        def start(status: str, headers: list[tuple[str, str]], _failure: Any = None) -> Callable[[bytes], None]:
            told.update(status=int(status.split(" ", 1)[0]), headers=headers)
            return lambda _chunk: None

        body = self._application(self._environ(request), start)
        headers = [(key.encode("latin-1"), value.encode("latin-1")) for key, value in told["headers"]]
        return httpx.Response(told["status"], headers=headers, stream=_Output(body))

    def _environ(self, request: httpx.Request) -> dict[str, Any]:
        path, _, query = request.url.raw_path.partition(b"?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": request.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query.decode("ascii"),
            "SERVER_NAME": request.url.host,
            "SERVER_PORT": str(request.url.port or (443 if request.url.scheme == "https" else 80)),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": request.url.scheme,
            "wsgi.input": _Input(request.stream),  # type: ignore[arg-type]
            "wsgi.errors": _Nowhere(),
            "wsgi.multithread": False,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
            "izumi.actor": self._actor,
        }
        for raw_key, raw_value in request.headers.raw:
            key = raw_key.decode("ascii").upper().replace("-", "_")
            environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = raw_value.decode("latin-1")
        return environ


class _Nowhere:
    """WSGI's error stream; what goes wrong is told as a problem, not as text between the lines."""

    def write(self, _text: str) -> None:
        """Dropped."""

    def flush(self) -> None:
        """Nothing to flush."""


class Site:
    """One site as the commands see it: calls below ``/api/v1`` that answer or raise ``Problem``."""

    def __init__(self, client: httpx.Client, address: str, as_user: str | None = None) -> None:
        self._client = client
        self.address = address
        self.as_user = as_user
        self.changed = False

    def call(
        self,
        method: str,
        address: str,
        /,
        *,
        body: Any = None,
        content: Any = None,
        headers: dict[str, str] | None = None,
        **query: Any,
    ) -> httpx.Response:
        """One call of the API. Raises ``Problem`` for a refusal and ``Unavailable`` where nobody answers."""
        self.changed = self.changed or method not in ("GET", "HEAD")
        try:
            answer = self._client.request(
                method, address if address.startswith(("http://", "https://", "/")) else f"/api/v1/{address}",
                json=body, content=content, headers=headers, params={k: v for k, v in query.items() if v is not None},
            )  # fmt: skip
        except httpx.TransportError as failure:
            raise Unavailable("site.unreachable", address=self.address) from failure
        return _or_problem(answer)

    def get(self, address: str, /, **query: Any) -> Any:
        """The JSON of a GET."""
        return self.call("GET", address, **query).json()

    def stream(self, path: str, headers: dict[str, str] | None = None) -> Iterator[bytes]:
        """The bytes of a GET, chunk by chunk."""
        try:
            with self._client.stream("GET", path, headers=headers) as answer:
                if answer.status_code >= 400:
                    answer.read()
                    _or_problem(answer)
                yield from answer.iter_bytes(1 << 20)
        except httpx.TransportError as failure:
            raise Unavailable("site.unreachable", address=self.address) from failure

    def pages(self, address: str, /, **query: Any) -> Iterator[Any]:
        """All items of a list, page by page."""
        cursor: str | None = None
        while True:
            answer = self.get(address, cursor=cursor, **query)
            yield from answer["items"]
            cursor = answer.get("next")
            if not cursor:
                return


def _or_problem(answer: httpx.Response) -> httpx.Response:
    if answer.status_code < 400:
        return answer
    try:
        body = answer.json()
    except ValueError:
        body = {}
    if not isinstance(body, dict) or "code" not in body:
        body = {
            "code": "site.failed",
            "title": f"HTTP {answer.status_code}",
            "detail": answer.text[:200],
            "findings": [],
        }
    raise Problem({"status": answer.status_code, **body}, answer.status_code)


def remote(address: str, token: str | None, as_user: str | None = None) -> Site:
    """A site over HTTP, as the person of the token (anonymous without)."""
    headers = {"Accept-Language": lang(), "Accept": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    root = address.rstrip("/")
    return Site(httpx.Client(base_url=root, headers=headers, timeout=TIMEOUT_S, follow_redirects=True), root, as_user)


def local(actor: Actor, as_user: str | None = None) -> Site:
    """The site of this home, in process, as ``actor``. Django must be set up."""
    from django.conf import settings

    from izumi.web.wsgi import application

    headers = {"Accept-Language": lang(), "Accept": "application/json"}
    client = httpx.Client(
        transport=Inside(application, actor),
        base_url=settings.IZUMI_BASE_URL,
        headers=headers,
        follow_redirects=True,
    )
    return Site(client, settings.IZUMI_BASE_URL, as_user)


def file_path(path: str) -> str:
    """A path inside a record as it stands in an address."""
    return quote(path, safe="/~!$&'()*+,;=:@-._")


def exit_code(failure: Problem | IzumiError) -> int:
    """3 where trying again later may help, else 1."""
    return 3 if failure.status in (429, 503) or (failure.status >= 500 and isinstance(failure, Problem)) else 1
