from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from catalog.delivery import ChannelTarget, OutgoingListing, push
from catalog.delivery.http import LONGEST_WAIT, Client, Undelivered, is_public, is_web_address, parse_retry_after
from tests.support.channels import Fault, Receiver, serving

Make = Callable[..., OutgoingListing]


# --- where it may go


@pytest.mark.parametrize(
    "address",
    [
        *(
            "127.0.0.1",
            "127.9.9.9",
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
        ),
        *("255.255.255.255", "224.0.0.1", "192.0.2.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:1::1"),
    ],
)
def test_addresses_of_our_own_network_are_not_public(address: str):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_addresses_of_the_open_internet_are(address: str):
    assert is_public(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]"])
def test_a_private_address_is_refused_before_anything_is_sent(
    receiver: Receiver, hook_target: ChannelTarget, listing: Make, now: datetime, settings: Any, host: str
):
    settings.CHANNELS_MAY_BE_LOCAL = False
    target = replace(hook_target, address=hook_target.address.replace("127.0.0.1", host))
    result = push(listing(), target, now=now)
    assert result.outcome == "refused" and "private network" in result.message
    assert receiver.requests == []


def _resolver(monkeypatch: pytest.MonkeyPatch, *rounds: list[str]) -> list[str]:
    """A name server that answers differently each time; returns what it was asked. Numbers resolve as ever."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def resolve(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        try:
            ip_address(name)
        except ValueError:
            asked.append(name)
            answers = rounds[min(len(asked), len(rounds)) - 1]
            return [entry for one in answers for entry in real(one, port, type=socket.SOCK_STREAM)]
        return real(host, port, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return asked


@pytest.mark.parametrize("answers", [["127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["169.254.169.254"]])
def test_a_name_that_leads_inside_is_refused(
    receiver: Receiver,
    hook_target: ChannelTarget,
    listing: Make,
    now: datetime,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    answers: list[str],
):
    settings.CHANNELS_MAY_BE_LOCAL = False
    asked = _resolver(monkeypatch, answers)
    target = replace(hook_target, address=hook_target.address.replace("127.0.0.1", "shop.example"))
    assert push(listing(), target, now=now).outcome == "refused"
    assert receiver.requests == [] and asked == ["shop.example"]


def test_a_name_that_changes_after_it_was_looked_at_gains_nothing(
    receiver: Receiver,
    hook_target: ChannelTarget,
    listing: Make,
    now: datetime,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
):
    """The first answer is public, every later one is this machine: it is asked once, and that one is connected to."""
    settings.CHANNELS_MAY_BE_LOCAL = False
    asked = _resolver(monkeypatch, ["8.8.8.8"], ["127.0.0.1"])
    reached: list[Any] = []

    def connect(self: socket.socket, address: Any) -> None:
        reached.append(address[0])
        raise OSError("this machine reaches nobody")

    monkeypatch.setattr(socket.socket, "connect", connect)
    target = replace(hook_target, address=hook_target.address.replace("127.0.0.1", "shop.example"))
    assert push(listing(), target, now=now).outcome == "retry"
    assert (asked, reached) == (["shop.example"], ["8.8.8.8"])
    assert receiver.requests == []


def test_the_host_header_is_the_name_and_not_the_number(
    receiver: Receiver, hook_target: ChannelTarget, listing: Make, now: datetime, monkeypatch: pytest.MonkeyPatch
):
    _resolver(monkeypatch, ["127.0.0.1"])
    target = replace(hook_target, address=hook_target.address.replace("127.0.0.1", "shop.example"))
    assert push(listing(), target, now=now).outcome == "confirmed"
    assert receiver.requests[0].headers["Host"] == f"shop.example:{receiver.url.rpartition(':')[2]}"


def test_the_next_address_of_a_name_is_tried(
    receiver: Receiver, hook_target: ChannelTarget, listing: Make, now: datetime, monkeypatch: pytest.MonkeyPatch
):
    _resolver(monkeypatch, ["::1", "127.0.0.1"])  # nobody listens on the first
    target = replace(hook_target, address=hook_target.address.replace("127.0.0.1", "shop.example"))
    assert push(listing(), target, now=now).outcome == "confirmed"


@pytest.mark.parametrize(
    ("address", "word"),
    [
        ("ftp://shop.example/x", "https://"),
        ("file:///etc/passwd", "https://"),
        ("shop.example", "https://"),
        ("http://", "https://"),
        ("http://shop.example:99999/", "https://"),
        ("http://[::1/", "https://"),
        ("https://name:word@shop.example/", "password"),
        ("", "https://"),
    ],
)
def test_what_is_no_address_of_a_web_server_is_refused(listing: Make, now: datetime, address: str, word: str):
    result = push(listing(), ChannelTarget("generic", address, ("secret",)), now=now)
    assert result.outcome == "refused" and word in result.message
    assert "word@" not in repr(result)


def test_a_name_that_nobody_knows_is_tried_again(listing: Make, now: datetime, monkeypatch: pytest.MonkeyPatch):
    def unknown(*args: Any, **kwargs: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    result = push(listing(), ChannelTarget("generic", "https://shop.example/", ("secret",)), now=now)
    assert (result.outcome, result.status) == ("retry", None)


def test_proxies_of_the_environment_are_not_asked(
    receiver: Receiver, hook_target: ChannelTarget, listing: Make, now: datetime, monkeypatch: pytest.MonkeyPatch
):
    with serving(Receiver()) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        assert push(listing(), hook_target, now=now).outcome == "confirmed"
        assert proxy.requests == []


# --- redirects


@pytest.mark.parametrize(
    "place", ["http://elsewhere.example/hook", "//elsewhere.example/", "http://127.0.0.1:1/", "x:y"]
)
def test_a_redirect_to_another_host_is_not_followed(
    receiver: Receiver, hook_target: ChannelTarget, listing: Make, now: datetime, place: str
):
    receiver.faults = [Fault(status=307, headers={"Location": place})]
    result = push(listing(), hook_target, now=now)
    assert (result.outcome, result.status) == ("refused", 307) and "redirects" in result.message
    assert len(receiver.requests) == 1


def test_a_redirect_of_the_same_host_is_followed_when_it_stays_a_write(
    receiver: Receiver, hook_target: ChannelTarget, listing: Make, now: datetime
):
    receiver.faults = [Fault(status=308, headers={"Location": "/hook/"})]
    assert push(listing(), hook_target, now=now).outcome == "confirmed"
    assert receiver.asked == ["POST /hook", "POST /hook/"]

    receiver.faults = [Fault(status=301, headers={"Location": "/hook/"})]
    assert push(listing(), hook_target, now=now).outcome == "refused"
    assert receiver.asked[2:] == ["POST /hook"]


def test_a_circle_of_redirects_ends(receiver: Receiver, hook_target: ChannelTarget, listing: Make, now: datetime):
    receiver.faults = [Fault(status=307, headers={"Location": "/hook"}) for _time in range(9)]
    result = push(listing(), hook_target, now=now)
    assert result.outcome == "refused" and "circle" in result.message
    assert len(receiver.requests) == 4


# --- size, TLS, waiting


def test_an_answer_without_end_is_not_read(
    receiver: Receiver, hook_target: ChannelTarget, listing: Make, now: datetime
):
    receiver.faults = [Fault("long")]
    result = push(listing(), hook_target, now=now)
    assert (result.outcome, result.status) == ("refused", 200) and "1 MB" in result.message


@pytest.fixture
def tls(tmp_path: Path, now: datetime) -> ssl.SSLContext:
    """A server with a certificate that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "shop.example")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - timedelta(days=900))
        .not_valid_after(now + timedelta(days=9000))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("shop.example")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = tmp_path / "server"
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


@pytest.fixture
def tls_receiver(tls: ssl.SSLContext, now: datetime) -> Iterator[Receiver]:
    """A receiver behind it."""
    receiver = Receiver()
    receiver.now = now
    with serving(receiver, tls=tls):
        yield receiver


def test_a_certificate_that_nobody_vouches_for_is_refused(
    tls_receiver: Receiver, listing: Make, now: datetime, monkeypatch: pytest.MonkeyPatch
):
    _resolver(monkeypatch, ["127.0.0.1"])
    target = _over_tls(tls_receiver, "shop.example")
    result = push(listing(), target, now=now)
    assert result.outcome == "refused" and "certificate" in result.message
    assert tls_receiver.requests == []


def test_a_certificate_must_be_for_the_name_of_the_address(
    tls_receiver: Receiver, now: datetime, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    """Once it is vouched for, it serves its name, although the connection goes to a number; another name it does not."""
    _resolver(monkeypatch, ["127.0.0.1"])
    for host, fits in (("shop.example", True), ("other.example", False)):
        with Client(_over_tls(tls_receiver, host), now=now) as client:
            client._session.verify = str(tmp_path / "server")
            if fits:
                assert client.send("POST", client.address, payload={}).status == 401
            else:
                with pytest.raises(Undelivered, match="refused"):
                    client.send("POST", client.address, payload={})
    assert len(tls_receiver.requests) == 1


def _over_tls(receiver: Receiver, host: str) -> ChannelTarget:
    return ChannelTarget("generic", receiver.url.replace("127.0.0.1", host), tuple(receiver.secrets))


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("120", timedelta(minutes=2)),
        ("0", timedelta(0)),
        ("Tue, 10 Mar 2026 01:31:00 GMT", timedelta(minutes=1)),
        ("Tue, 10 Mar 2026 01:31:00 -0000", timedelta(minutes=1)),
        ("Mon, 09 Mar 2026 01:31:00 GMT", timedelta(0)),
        ("9" * 400, LONGEST_WAIT),
        ("Tue, 10 Mar 2027 01:31:00 GMT", LONGEST_WAIT),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("٣", None),
    ],
)
def test_retry_after_is_read_in_both_forms(value: str, wait: timedelta | None, now: datetime):
    assert parse_retry_after(value, now=now) == wait


@pytest.mark.parametrize(
    ("value", "fits"),
    [
        ("https://shop.example/p/1", True),
        ("http://shop.example", True),
        ("https://shop.example/a b", False),
        ("https://shop.example/\n", False),
        ("javascript:alert(1)", False),
        ("//shop.example", False),
        ("https://a:b@shop.example", False),
        ("https://shop.example/" + "x" * 2000, False),
        (None, False),
    ],
)
def test_what_may_be_shown_as_a_link(value: Any, fits: bool):
    assert is_web_address(value) is fits
