"""A real web server of this machine that behaves like a WooCommerce shop, or like a receiver of the generic webhook."""

from __future__ import annotations

import base64
import json
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

from catalog.delivery import verify_signature

KEY = "ck_reads_and_writes:cs_very_secret_value"
API = "/wp-json/wc/v3"
Reply = tuple[int, Any]
C = TypeVar("C", bound="Channel")


@dataclass
class Fault:
    """What happens to the next request (of `method`, when one is given) instead of an answer.

    Kinds: status (answer `status` with `headers` and `body`), hang (never answer), close (hang up at once), lose (do
    the work, then hang up), cut (promise more than is sent), drip (a byte at a time, without end), long (2 MB).
    """

    kind: str = "status"
    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = ""
    method: str = ""


@dataclass
class Request:
    """One request as it arrived."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The body read."""
        return json.loads(self.body)


class Channel:
    """A pretended shop: what it was asked, what goes wrong next, and where it is.

    `alter` changes an answer before it leaves: a shop that shows something else than it was sent.
    """

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.faults: list[Fault] = []
        self.alter: Callable[[Any], Any] = lambda said: said
        self.url = ""
        self.closing = threading.Event()

    def next_fault(self, method: str) -> Fault | None:
        """The first that is meant for this request; it happens once."""
        for fault in self.faults:
            if fault.method in {"", method}:
                self.faults.remove(fault)
                return fault
        return None

    def answer(self, request: Request) -> Reply:
        """Status and JSON."""
        raise NotImplementedError

    @property
    def asked(self) -> list[str]:
        """The requests in short: "GET /path"."""
        return [f"{request.method} {request.path.removeprefix(API)}" for request in self.requests]


class WooShop(Channel):
    """Products and variations in memory, with WooCommerce's rules as far as we meet them.

    It needs a key, makes SKUs unique, copies every picture sent by address into its library (`uploads`), rewrites texts
    as WordPress does, and reckons `price` itself.
    """

    def __init__(self) -> None:
        super().__init__()
        self.keys = {KEY}
        self.products: dict[int, dict[str, Any]] = {}
        self.variations: dict[int, dict[int, dict[str, Any]]] = {}
        self.uploads = 0
        self._last = 100

    def answer(self, request: Request) -> Reply:
        """Route as wc/v3 does."""
        given = request.headers.get("Authorization", "").removeprefix("Basic ")
        if base64.b64decode(given).decode() not in self.keys:
            return _error(401, "woocommerce_rest_cannot_view", "Sorry, you cannot list resources.")
        if not request.path.startswith(f"{API}/products"):
            return _error(404, "rest_no_route", "No route was found matching the URL and request method.")
        parts = request.path.removeprefix(f"{API}/products").strip("/").split("/")
        query = {name: values[0] for name, values in parse_qs(request.query).items()}
        if parts == [""]:
            return self._search(query) if request.method == "GET" else self._create(request.json())
        if (number := int(parts[0])) not in self.products:
            return _error(404, "woocommerce_rest_product_invalid_id", "Invalid ID.")
        if len(parts) == 1:
            return self._one(number, request)
        if parts[1:] == ["variations"]:
            rows = list(self.variations[number].values())
            size, page = int(query["per_page"]), int(query["page"])
            return 200, [self._shown(row) for row in rows[(page - 1) * size : page * size]]
        return self._batch(number, request.json())

    def _search(self, query: dict[str, str]) -> Reply:
        every = [*self.products.values(), *(row for rows in self.variations.values() for row in rows.values())]
        return 200, [self._shown(row) for row in every if row.get("sku", "").lower() == query["sku"].lower()]

    def _create(self, given: dict[str, Any]) -> Reply:
        if problem := self._sku_problem(given, 0):
            return problem
        self._last += 1
        number = self._last
        self.products[number] = {"id": number, "permalink": f"https://shop.example/product/{number}/", "meta_data": []}
        self.variations[number] = {}
        self._write(self.products[number], given)
        return 201, self._shown(self.products[number])

    def _one(self, number: int, request: Request) -> Reply:
        if request.method == "PUT":
            given = request.json()
            if problem := self._sku_problem(given, number):
                return problem
            self._write(self.products[number], given)
        return 200, self._shown(self.products[number])

    def _batch(self, number: int, given: dict[str, list[dict[str, Any]]]) -> Reply:
        answer: dict[str, list[Any]] = {}
        rows = self.variations[number]
        for verb in ("update", "create"):
            for one in given.get(verb, []):
                answer.setdefault(verb, [])
                if problem := self._sku_problem(one, one.get("id", 0)):
                    answer[verb].append({"id": 0, "error": problem[1]})
                    continue
                if verb == "create":
                    self._last += 1
                    rows[self._last] = {"id": self._last, "parent_id": number}
                row = rows[one.get("id") or self._last]
                self._write(row, one)
                answer[verb].append(self._shown(row))
        return 200, answer

    def _sku_problem(self, given: dict[str, Any], number: int) -> Reply | None:
        every = [*self.products.values(), *(row for rows in self.variations.values() for row in rows.values())]
        if given.get("sku") and any(row.get("sku") == given["sku"] and row["id"] != number for row in every):
            return _error(400, "product_invalid_sku", "Invalid or duplicated SKU.")
        return None

    def _write(self, row: dict[str, Any], given: dict[str, Any]) -> None:
        given = dict(given)
        for meta in given.pop("meta_data", []):
            row["meta_data"] = [one for one in row["meta_data"] if one["key"] != meta["key"]] + [meta]
        if "images" in given:
            library = {image["id"]: image for image in row.get("images", [])}
            row["images"] = [self._picture(image, library) for image in given.pop("images")]
        row |= {name: value for name, value in given.items() if name != "id"}

    def _picture(self, image: dict[str, Any], library: dict[int, dict[str, Any]]) -> dict[str, Any]:
        if "id" in image:
            return library[image["id"]] | image
        self.uploads += 1
        self._last += 1
        return {"id": self._last, "src": f"https://shop.example/wp-content/{self._last}.jpg", **_but(image, "src")}

    def _shown(self, row: dict[str, Any]) -> dict[str, Any]:
        shown = json.loads(json.dumps(row))
        for name in ("name", "description", "short_description"):
            if name in shown:
                shown[name] = _rewritten(shown[name])
        if "regular_price" in shown:
            shown["price"] = shown.get("sale_price") or shown["regular_price"]
        return shown


class Receiver(Channel):
    """Takes the generic webhook as the README tells integrators to: verify, do it once, answer with evidence."""

    def __init__(self) -> None:
        super().__init__()
        self.secrets = ["a-secret-of-the-receiver"]
        self.said: Any = {"url": "https://receiver.example/items/7", "id": "item-7"}
        self.done: list[tuple[str, str]] = []
        self.live: dict[str, dict[str, Any]] = {}
        self.can_tell = True
        self.now = datetime.now(UTC)

    def answer(self, request: Request) -> Reply:
        """Verify, then act on what was not done before."""
        signed = request.query.encode() if request.method == "GET" else request.body
        header = request.headers.get("X-Zhanggui-Signature", "")
        if not verify_signature(header, signed, self.secrets, now=self.now):
            return 401, {"problem": "signature"}
        if request.method == "GET":
            number = parse_qs(request.query)["listing"][0]
            return (200, self.said | {"live": self.live[number]}) if self.can_tell else (405, "")
        told = request.json()
        delivery = (told["event"], request.headers["X-Zhanggui-Delivery"])
        if delivery not in self.done:
            self.done.append(delivery)
            content = told.get("content", {})
            self.live[str(told["listing"])] = {
                "is_visible": told["is_visible"],
                "content_hash": told["content_hash"],
                "snapshot": told["snapshot"],
                **({"title": content["title"], "pictures": len(content["pictures"])} if content else {}),
                **({"prices": {row["sku"]: row["price"] for row in content["variants"]}} if content else {}),
            }
        return 200, self.said


def _but(given: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name not in names}


def _error(status: int, code: str, message: str) -> Reply:
    return status, {"code": code, "message": message, "data": {"status": status}}


def _rewritten(text: str) -> str:
    """Typographic marks and line ends, as wptexturize and wpautop leave them."""
    parts = re.split(r"(<[^>]+>)", text)
    for place, part in enumerate(parts):
        if not part.startswith("<"):
            part = re.sub(r"&quot;(.*?)&quot;", r"&#8220;\1&#8221;", part).replace("&#x27;", "&#8217;")
            parts[place] = part.replace("--", "&#8211;").replace("...", "&#8230;")
    return "".join(parts).replace("<br />", "<br />\n").replace("</p>", "</p>\n")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    channel: Channel

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Read something."""
        self._serve()

    def do_PUT(self) -> None:
        """Change something."""
        self._serve()

    def do_POST(self) -> None:
        """Make something."""
        self._serve()

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = Request(self.command, parts.path, parts.query, dict(self.headers.items()), body)
        self.channel.requests.append(request)
        fault = self.channel.next_fault(self.command)
        if fault is None or fault.kind == "lose":
            status, said = self.channel.answer(request)
            if fault is None:
                self._send(status, self.channel.alter(said), {})
                return
        self.close_connection = fault.kind != "status"  # those leave the line in no state for another request
        getattr(self, f"_{fault.kind}")(fault)

    def _send(self, status: int, said: Any, headers: dict[str, str]) -> None:
        body = said.encode() if isinstance(said, str) else json.dumps(said).encode()
        self.send_response(status)
        for name, value in ({"Content-Type": "application/json"} | headers).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _status(self, fault: Fault) -> None:
        self._send(fault.status, fault.body, fault.headers)

    def _hang(self, fault: Fault) -> None:
        self.channel.closing.wait(30)

    def _close(self, fault: Fault) -> None:
        self.connection.shutdown(socket.SHUT_RDWR)

    _lose = _close

    def _cut(self, fault: Fault) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b'{"id": 7')

    def _drip(self, fault: Fault) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        while not self.channel.closing.wait(0.05):
            try:
                self.wfile.write(b" ")
            except OSError:
                return

    def _long(self, fault: Fault) -> None:
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            for _piece in range(64):
                self.wfile.write(b"8000\r\n" + b" " * 0x8000 + b"\r\n")
            self.wfile.write(b"0\r\n\r\n")
        except OSError:
            return


@contextmanager
def serving(channel: C, *, tls: ssl.SSLContext | None = None) -> Iterator[C]:
    """Run a channel's server on a free port of this machine; `channel.url` is its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"channel": channel}))
    server.daemon_threads = True
    server.block_on_close = False
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.handle_error = lambda request, address: None  # type: ignore[method-assign]  # lines break on purpose here
    channel.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield channel
    finally:
        channel.closing.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
