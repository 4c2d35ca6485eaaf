"""Requests to addresses that somebody has entered: never into our own network, never for long, never more than asked.

The name is resolved once and the connection goes to an address that was looked at, so that a name cannot point elsewhere a
moment later. Redirects are answers like any other. One deadline holds for everything after the name is resolved.
"""

import http.client
import io
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from governance.web.refusals import Refusal

MOST_BYTES = 64 << 10
NAT64 = IPv6Network("64:ff9b::/96")
SAFE_IN_PATH = "/%:@!$&'()*+,;=-._~?"


class AddressRefused(Refusal):
    """Nothing is sent there; the text says why."""


@dataclass(frozen=True)
class Reach:
    """Whether an address may lead inside, and be asked without encryption. Usually as the settings of endpoints say."""

    inside: bool
    plain: bool


@dataclass(frozen=True)
class Target:
    scheme: str
    host: str
    port: int
    path: str
    addresses: tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """`status` is None where no answer came; `error` says what went wrong, also after a status. `refused`: the address is one to
    which nothing is sent."""

    milliseconds: int
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    error: str = ""
    refused: bool = False

    @property
    def accepted(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def resolve(url: str, reach: Reach | None = None) -> Target:
    """Where `url` leads, with addresses that may be spoken to. Raises AddressRefused."""
    reach = reach or Reach(inside=settings.WEBHOOK_ALLOW_PRIVATE, plain=settings.WEBHOOK_ALLOW_HTTP)
    scheme, host, port, path = _parts(url, reach)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise AddressRefused(_("The name %(host)s is not known.") % {"host": host}) from None
    addresses = tuple(dict.fromkeys(str(each[4][0]) for each in found))
    inside = [each for each in addresses if not is_public(each)]
    if inside and not reach.inside:
        raise AddressRefused(
            _("%(host)s leads to %(address)s, which is not a public address.") % {"host": host, "address": inside[0]}
        )
    return Target(scheme, host, port, path, addresses)


def is_public(address: str) -> bool:
    """Not for private, loopback, link-local, multicast, reserved or unspecified ones, nor for what carries one of them."""
    ip = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address):
        if ip.is_site_local:
            return False
        ip = _inner(ip) or ip
    special = ip.is_private or ip.is_loopback or ip.is_link_local or ip.is_multicast or ip.is_reserved
    return ip.is_global and not special and not ip.is_unspecified


def post(url: str, body: bytes, headers: Mapping[str, str], *, seconds: float) -> Answer:
    """Send once and say what came back. It raises nothing: whatever goes wrong is an answer."""
    return _exchange("POST", url, body, headers, seconds, MOST_BYTES)


def get(url: str, headers: Mapping[str, str], *, seconds: float, most: int, reach: Reach | None = None) -> Answer:
    """Ask once, for at most so many bytes; what is longer is cut off there. It raises nothing either. `reach`: where others than
    administrators entered the address."""
    return _exchange("GET", url, b"", headers, seconds, most, reach)


def _exchange(
    method: str,
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    seconds: float,
    most: int,
    reach: Reach | None = None,
) -> Answer:
    began = time.monotonic()
    status: int | None = None
    got: dict[str, str] = {}
    content, error, refusal = b"", "", False
    try:
        target = resolve(url, reach)
        deadline = time.monotonic() + seconds
        with _connect(target, deadline) as sock:
            _send(sock, method, target, body, headers, deadline)
            response = http.client.HTTPResponse(_Timed(sock, deadline), method=method)  # type: ignore[arg-type]
            response.begin()
            status, got = response.status, {name.lower(): value for name, value in response.getheaders()}
            content = response.read(most)
    except AddressRefused as refused:
        error, refusal = str(refused), True
    except TimeoutError:
        error = _("No complete answer within %(seconds)s s.") % {"seconds": f"{seconds:g}"}
    except (OSError, http.client.HTTPException, ValueError) as fault:
        error = f"{type(fault).__name__}: {fault}"
    return Answer(int((time.monotonic() - began) * 1_000), status, got, content, error[:300], refusal)


def _parts(url: str, reach: Reach) -> tuple[str, str, int, str]:
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise AddressRefused(_("This is not an address.")) from None
    allowed = ("https", "http") if reach.plain else ("https",)
    if parts.scheme not in allowed:
        raise AddressRefused(_("The address must begin with https://."))
    if not host or parts.username or parts.password or parts.fragment:
        raise AddressRefused(_("Give an address without a user name, a password or a #."))
    try:
        name = host if ":" in host else host.encode("idna").decode()
    except UnicodeError:
        raise AddressRefused(_("The name %(host)s is not known.") % {"host": host}) from None
    path = quote(f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}", safe=SAFE_IN_PATH)
    return parts.scheme, name, port or (443 if parts.scheme == "https" else 80), path


def _inner(ip: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 address stands for."""
    if ip in NAT64:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _connect(target: Target, deadline: float) -> socket.socket:
    """To the first of the target's addresses that answers; the certificate must be the name's."""
    last: OSError = TimeoutError()
    for address in target.addresses:
        try:
            sock = socket.create_connection((address, target.port), timeout=_left(deadline))
        except OSError as fault:
            last = fault
            continue
        if target.scheme == "http":
            return sock
        try:
            sock.settimeout(_left(deadline))
            return _tls().wrap_socket(sock, server_hostname=target.host)
        except BaseException:
            sock.close()
            raise
    raise last


def _send(
    sock: socket.socket, method: str, target: Target, body: bytes, headers: Mapping[str, str], deadline: float
) -> None:
    host = f"[{target.host}]" if ":" in target.host else target.host
    default = 443 if target.scheme == "https" else 80
    named = {"host": host if target.port == default else f"{host}:{target.port}", **headers}
    named |= {"content-length": str(len(body)), "connection": "close"}
    lines = [f"{method} {target.path} HTTP/1.1", *(f"{name}: {value}" for name, value in named.items()), "", ""]
    sock.settimeout(_left(deadline))
    sock.sendall("\r\n".join(lines).encode("latin-1") + body)


class _Timed(io.RawIOBase):
    """What comes from a socket, until the deadline: a server that drips is cut off as one that is silent."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self.sock, self.deadline = sock, deadline

    def makefile(self, *_how: object) -> io.BufferedReader:
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self.sock.settimeout(_left(self.deadline))
        return self.sock.recv_into(buffer)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
