"""HTTP to addresses that an administrator typed: bounded in time and size, and never into our own network."""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import json
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from django.conf import settings
from django.utils.translation import gettext as _
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util.connection import create_connection

from catalog.delivery.contract import ChannelTarget, Outcome

TIMEOUT = (5.0, 20.0)  # seconds to connect; seconds of silence while an answer is read
ANSWER_SECONDS = 60.0  # for a whole body: a byte every 19 seconds is no answer
ANSWER_BYTES = 1024 * 1024
EXCERPT = 2000
REDIRECTS = 3
ADDRESSES = 3  # of one name that are tried
LONGEST_WAIT = timedelta(hours=6)  # a Retry-After of weeks would pass for a refusal that nobody sees
USER_AGENT = "Zhanggui/1"
BUSY = {408, 425, 429}
REDIRECT = {301, 302, 303, 307, 308}
HIDDEN = "•••"


class Undelivered(Exception):
    """An attempt that ended without the answer that was wanted."""

    def __init__(
        self,
        outcome: Outcome,
        message: str,
        *,
        status: int | None = None,
        retry_after: timedelta | None = None,
        answer: Answer | None = None,
    ) -> None:
        self.outcome = outcome
        self.message = message
        self.status = status
        self.retry_after = retry_after
        self.answer = answer
        super().__init__(outcome, status)


class _AddressRefused(Exception):
    """The name leads into a network that channels must not reach."""


def is_public(address: str) -> bool:
    """Whether an IP address lies in the open internet, also when it is wrapped into an IPv6 one (mapped, 6to4, NAT64)."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        if inner := ip.ipv4_mapped or ip.sixtofour:
            return is_public(str(inner))
        if ip in ipaddress.ip_network("64:ff9b::/96"):
            return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
        if ip.teredo:
            return False
    return ip.is_global and not ip.is_multicast


def _connect(connection: HTTPConnection) -> socket.socket:
    """Resolve once, look at every address, connect to one of these: a name that changes meanwhile gains nothing.

    Host header and TLS name stay the name's, because urllib3 takes them from `connection.host`.
    """
    host, port = connection.host, connection.port or connection.default_port
    try:
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        raise urllib3.exceptions.NewConnectionError(connection, "the name was not found") from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not settings.CHANNELS_MAY_BE_LOCAL and not all(is_public(address) for address in addresses):
        raise _AddressRefused
    last: OSError | None = None
    for address in addresses[:ADDRESSES]:
        try:
            return create_connection((address, port), connection.timeout, socket_options=connection.socket_options)
        except OSError as error:
            last = error
    if isinstance(last, TimeoutError):
        raise urllib3.exceptions.ConnectTimeoutError(connection, "no answer in time") from last
    raise urllib3.exceptions.NewConnectionError(connection, "the connection was not made") from last


class _Connection(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _connect(self)


class _TlsConnection(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _connect(self)


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}


def make_session() -> requests.Session:
    """A session that only goes where `is_public` allows and verifies TLS.

    `trust_env` is off although it is the library's default: behind a proxy of the environment the proxy resolves the
    name and connects, so the check of the connected address would look at the proxy and see nothing. It would also
    send passwords of a .netrc to shops, and let a variable replace the certificates. A company that must go
    through a proxy routes the worker's traffic there below HTTP.
    """
    session = requests.Session()
    session.trust_env = False
    session.verify = True
    adapter = _Adapter(pool_connections=2, pool_maxsize=2)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    # identity: what is counted against ANSWER_BYTES is what came over the line.
    session.headers.update({"User-Agent": USER_AGENT, "Accept": "application/json", "Accept-Encoding": "identity"})
    return session


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: `status` is the HTTP one, `body` at most ANSWER_BYTES long."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_ok(self) -> bool:
        """Whether the other side says that it worked."""
        return 200 <= self.status < 300

    def json(self) -> Any:
        """The body read as JSON, or None when it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None


class Client:
    """One attempt's way out: it sends, keeps what proves it, and turns everything that goes wrong into `Undelivered`."""

    def __init__(self, target: ChannelTarget, *, now: datetime) -> None:
        self.target = target
        self.now = now
        self.address = target.address.strip()
        self.steps: list[dict[str, Any]] = []
        self._session = make_session()
        self._secrets = _spellings(target.secrets)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session.close()

    def send(
        self,
        method: str,
        url: str,
        *,
        payload: Any = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request and return its answer, whichever status it has but those that mean "later" or "elsewhere".

        `payload` goes as JSON, or `body` as it is. Raises Undelivered: retry for silence, broken lines, 408, 425, 429
        and 5xx; refused for addresses that are not allowed, bad certificates, redirects to another host, and answers
        that are too long.
        """
        if payload is not None:
            body = encode(payload)
        sent = dict(headers or {})
        if body is not None:
            sent["Content-Type"] = "application/json; charset=utf-8"
        for _turn in range(REDIRECTS + 1):
            check_url(url)
            answer = self._exchange(method, url, body, sent)
            if answer.status not in REDIRECT:
                return self._usable(answer)
            url = self._followed(method, url, answer)
        raise Undelivered("refused", _("The address redirects in a circle. Enter where it leads to."), answer=answer)

    def proof(self) -> dict[str, Any]:
        """The last exchange whole and those before it in short, as JSON and without any secret."""
        if not self.steps:
            return {}
        short = ("method", "url", "status")
        return self.steps[-1] | {"before": [{name: step[name] for name in short} for step in self.steps[:-1]]}

    def without_secrets(self, text: str) -> str:
        """The text with every secret of the channel blotted out: shops echo what they were sent."""
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return text

    def _shown(self, url: str) -> str:
        """The address for the proof. A query that the administrator typed may hold a key: it is left out."""
        if typed := urlsplit(self.address).query:
            url = url.replace(typed, HIDDEN)
        return self.without_secrets(url)

    def _exchange(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        step: dict[str, Any] = {
            "method": method,
            "url": self._shown(url),
            "status": None,
            "answer": "",
            "body_sha256": hashlib.sha256(body or b"").hexdigest(),
        }
        self.steps.append(step)
        try:
            with self._session.request(
                method,
                url,
                data=body,
                headers=headers,
                timeout=TIMEOUT,
                allow_redirects=False,
                stream=True,
            ) as response:
                step["status"] = response.status_code
                answer = Answer(response.status_code, response.headers, self._read(response))
        except _AddressRefused:
            raise Undelivered(
                "refused",
                _("“%(host)s” leads into a private network; nothing was sent. Enter the shop's public address.")
                % {"host": urlsplit(url).hostname},
            ) from None
        except requests.exceptions.SSLError:
            raise Undelivered(
                "refused",
                _("The certificate of “%(host)s” cannot be trusted; nothing was sent. Have the shop's HTTPS repaired.")
                % {"host": urlsplit(url).hostname},
            ) from None
        except (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema, requests.exceptions.InvalidHeader):
            raise Undelivered("refused", _("The channel's address cannot be read. Correct it at the shop.")) from None
        except (requests.exceptions.Timeout, urllib3.exceptions.TimeoutError):
            raise Undelivered("retry", _("The shop did not answer in time.")) from None
        except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError, OSError):
            raise Undelivered("retry", _("The connection to the shop broke or was not made.")) from None
        # Blotted before it is cut: half a secret at the edge would no longer be recognised.
        step["answer"] = self.without_secrets(answer.body.decode("utf-8", "replace")).replace("\0", "")[:EXCERPT]
        return answer

    def _read(self, response: requests.Response) -> bytes:
        """The body, in pieces as they arrive. Raises Undelivered when there is too much of it or it takes too long."""
        until = time.monotonic() + ANSWER_SECONDS
        body = bytearray()
        while piece := response.raw.read1(64 * 1024, decode_content=True):
            body += piece
            if len(body) > ANSWER_BYTES:
                raise Undelivered(
                    "refused",
                    _(
                        "The answer is longer than 1 MB. Check that the address is the shop's interface, not a page of it."
                    ),
                    status=response.status_code,
                )
            if time.monotonic() > until:
                raise Undelivered("retry", _("The shop did not answer in time."), status=response.status_code)
        return bytes(body)

    def _usable(self, answer: Answer) -> Answer:
        """The answer, unless it says that the shop cannot just now."""
        if answer.status in BUSY or answer.status >= 500:
            raise Undelivered(
                "retry",
                _("The shop is too busy at the moment (%(status)s).") % {"status": answer.status}
                if answer.status in BUSY
                else _("The shop has an error of its own (%(status)s).") % {"status": answer.status},
                status=answer.status,
                retry_after=parse_retry_after(answer.headers.get("Retry-After", ""), now=self.now),
                answer=answer,
            )
        return answer

    def _followed(self, method: str, url: str, answer: Answer) -> str:
        """Where a redirect leads, if it stays with the same host and keeps the request what it is."""
        there = urljoin(url, answer.headers.get("Location", ""))
        old, new = urlsplit(url), urlsplit(there)
        stays = new.hostname == old.hostname and (
            (new.scheme, _port(there)) == (old.scheme, _port(url))
            or (old.scheme, _port(url), new.scheme, _port(there)) == ("http", 80, "https", 443)
        )
        # 301 to 303 turn a write into a read: the shop would answer politely and have changed nothing.
        keeps = method == "GET" or answer.status in {307, 308}
        if stays and keeps:
            return there
        raise Undelivered(
            "refused",
            _("The address redirects to “%(place)s”; it was not followed. Enter the address that is meant at the shop.")
            % {"place": f"{new.scheme}://{new.hostname}" if new.hostname else there[:100]},
            status=answer.status,
            answer=answer,
        )


def check_url(url: str) -> None:
    """Refuse what is no plain address of a web server. Raises Undelivered (refused)."""
    try:
        parts = urlsplit(url)
        fits = parts.scheme in {"http", "https"} and bool(parts.hostname) and _port(url) > 0
        has_credentials = parts.username is not None or parts.password is not None
    except ValueError:
        fits, has_credentials = False, False
    if has_credentials:
        raise Undelivered(
            "refused", _("The channel's address holds a name or password. Take it out; keys stand in the environment.")
        )
    if not fits:
        raise Undelivered("refused", _("The channel's address must begin with https:// or http:// and name a host."))


def is_web_address(value: object) -> bool:
    """Whether a value that a shop sent may be shown as a link."""
    if not isinstance(value, str) or len(value) > 2000 or any(ord(letter) <= 32 for letter in value):
        return False
    try:
        check_url(value)
    except Undelivered:
        return False
    return True


def encode(payload: Any) -> bytes:
    """JSON as it goes over the line: the same content always gives the same bytes, so that hashes can be compared."""
    return json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def parse_retry_after(value: str, *, now: datetime) -> timedelta | None:
    """Retry-After (RFC 9110, 10.2.3): seconds or a date. Nothing readable gives None; at most LONGEST_WAIT."""
    value = value.strip()
    if value.isascii() and value.isdigit():
        wait = timedelta(seconds=min(int(value[:9]), int(LONGEST_WAIT.total_seconds())))
    else:
        try:
            until = parsedate_to_datetime(value)
        except ValueError:
            return None
        wait = (until if until.tzinfo else until.replace(tzinfo=UTC)) - now
    return max(timedelta(0), min(wait, LONGEST_WAIT))


def _port(url: str) -> int:
    parts = urlsplit(url)
    return parts.port if parts.port is not None else {"http": 80, "https": 443}.get(parts.scheme, 0)


def _spellings(secrets: tuple[str, ...]) -> list[str]:
    """Every form in which a secret may come back, the longest first."""
    found: set[str] = set()
    for secret in secrets:
        parts = {secret, *secret.split(":")}
        found |= {part for part in parts if len(part) >= 4}  # shorter ones would blot out ordinary words
        found |= {base64.b64encode(part.encode()).decode().rstrip("=") for part in parts if len(part) >= 4}
        found |= {json.dumps(part)[1:-1] for part in parts if len(part) >= 4}
    return sorted(found, key=len, reverse=True)
