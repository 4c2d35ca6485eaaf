"""Where nothing is sent: our own network, under whatever name; and how much of an answer is read."""

import socket
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import LazySettings

from enforcement.domain import outgoing
from governance.cli.drills._receiver import Receiver

INSIDE = [
    "10.0.0.1", "172.16.0.1", "192.168.1.1", "127.0.0.1", "127.8.8.8", "0.0.0.1", "169.254.169.254", "100.64.0.1",
    "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0",
    "fc00::1", "fec0::1", "ff02::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "2002:a00:1::", "64:ff9b::a00:1",
    "2001:db8::1", "::127.0.0.1",
]  # fmt: skip
OUTSIDE = ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::5db8:d70e"]


@pytest.fixture(autouse=True)
def private_network(settings: LazySettings) -> None:
    settings.WEBHOOK_ALLOW_HTTP = settings.WEBHOOK_ALLOW_PRIVATE = False


@pytest.mark.parametrize("address", INSIDE)
def test_addresses_inside(address: str) -> None:
    assert outgoing.is_public(address) is False


@pytest.mark.parametrize("address", OUTSIDE)
def test_addresses_outside(address: str) -> None:
    assert outgoing.is_public(address) is True


@pytest.mark.parametrize(
    "url",
    [
        "http://93.184.215.14/", "ftp://93.184.215.14/", "https://", "93.184.215.14", "https://ada:secret@93.184.215.14/",
        "https://93.184.215.14/#x", "https://93.184.215.14:99999/", "https://127.0.0.1/", "https://[::1]/",
        "https://[::ffff:10.0.0.1]/", "https://localhost/", "https://2130706433/", "https://0x7f.1/", "https://no.such.invalid/",
    ],
)  # fmt: skip
def test_urls_that_are_refused(url: str) -> None:
    with pytest.raises(outgoing.AddressRefused):
        outgoing.resolve(url)


def test_a_public_one_is_not() -> None:
    target = outgoing.resolve("https://93.184.215.14:8443/höök?a=b c")
    assert (target.port, target.path, target.addresses) == (8443, "/h%C3%B6%C3%B6k?a=b%20c", ("93.184.215.14",))


def test_the_address_is_looked_at_again_when_it_is_used(settings: LazySettings) -> None:
    """It was allowed when it was saved; now it is not, and nothing is sent."""
    settings.WEBHOOK_ALLOW_HTTP = True
    with Receiver() as receiver:
        answer = outgoing.post(receiver.url, b"{}", {"webhook-signature": ""}, seconds=2)
        assert (answer.status, answer.accepted, receiver.got) == (None, False, [])
    assert "127.0.0.1, which is not a public address" in answer.error


def names(*answers: list[str]) -> Callable[..., Any]:
    """The world's name service: each question is answered otherwise."""
    left = list(answers)

    def ask(host: str, port: int, **_how: object) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in left.pop(0)]

    return ask


def test_a_name_is_asked_once_and_the_connection_goes_where_it_then_led(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.WEBHOOK_ALLOW_HTTP = settings.WEBHOOK_ALLOW_PRIVATE = True
    with Receiver() as receiver:
        monkeypatch.setattr(socket, "getaddrinfo", _asked_once())
        answer = outgoing.post(f"http://shop.example:{receiver.port}/", b"{}", {"webhook-signature": ""}, seconds=2)
    assert answer.status == 200
    assert receiver.got[0].headers["host"] == f"shop.example:{receiver.port}"


def _asked_once() -> Callable[..., Any]:
    real, asked = socket.getaddrinfo, []

    def ask(host: Any, *how: Any, **more: Any) -> Any:
        if host == "shop.example":
            asked.append(host)
            assert len(asked) == 1, "asked twice: the second answer may lead elsewhere"
            return real("127.0.0.1", *how, **more)
        return real(host, *how, **more)

    return ask


def test_one_private_address_among_public_ones_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", names(["93.184.215.14", "10.0.0.1"]))
    with pytest.raises(outgoing.AddressRefused, match=r"10\.0\.0\.1"):
        outgoing.resolve("https://shop.example/")


@pytest.mark.parametrize("manner", ["hang", "drip", "drip body"])
def test_one_deadline_holds_for_the_whole_answer(settings: LazySettings, manner: str) -> None:
    settings.WEBHOOK_ALLOW_HTTP = settings.WEBHOOK_ALLOW_PRIVATE = True
    with Receiver(manner=lambda _event: manner) as receiver:
        began = time.monotonic()
        answer = outgoing.post(receiver.url, b"{}", {"webhook-signature": ""}, seconds=0.6)
        assert time.monotonic() - began < 3
    assert answer.error == "No complete answer within 0.6 s."
    assert answer.accepted is (manner == "drip body")


def test_of_a_long_answer_the_beginning_is_read(settings: LazySettings) -> None:
    settings.WEBHOOK_ALLOW_HTTP = settings.WEBHOOK_ALLOW_PRIVATE = True
    with Receiver(manner=lambda _event: "long") as receiver:
        answer = outgoing.post(receiver.url, b"{}", {"webhook-signature": ""}, seconds=5)
    assert (answer.status, len(answer.body)) == (200, outgoing.MOST_BYTES)


def test_a_redirect_is_an_answer_and_not_followed(settings: LazySettings) -> None:
    settings.WEBHOOK_ALLOW_HTTP = settings.WEBHOOK_ALLOW_PRIVATE = True
    with Receiver(manner=lambda _event: "302") as receiver:
        answer = outgoing.post(receiver.url, b"{}", {"webhook-signature": ""}, seconds=5)
        assert len(receiver.got) == 1
    assert (answer.status, answer.accepted) == (302, False)
