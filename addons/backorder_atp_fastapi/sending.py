# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Sending to a URL that a user entered, without access to private networks.

The host name is resolved once, each of its addresses is checked, and the connection is
made to one of these, so that a later change of the name has no effect. Redirects are
not followed. The connection to a receiver that responds too slowly is closed when the
time limit is reached.
"""

import ipaddress
import socket
from contextlib import suppress
from threading import Timer
from urllib.parse import urlsplit

import urllib3
from requests.certs import where

CONNECT_SECONDS = 5
READ_SECONDS = 10
# For the whole request, from the first byte to the last.
TOTAL_SECONDS = 15
# All public unicast addresses; the rest of IPv6 is for special purposes.
UNICAST = ipaddress.IPv6Network("2000::/3")
# Exceptions within that: protocols such as Teredo, and documentation.
SPECIAL = [
    ipaddress.IPv6Network(network)
    for network in ("2001::/23", "2001:db8::/32", "3fff::/20")
]
# Networks in which the last 32 bits are an IPv4 address.
EMBEDDING = [
    ipaddress.IPv6Network(network)
    for network in ("::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96")
]
# Bits 32 to 63 of an address that ends with an IPv4 address (ISATAP).
ISATAP = (0x00005EFE, 0x02005EFE)


class SendingError(Exception):
    """Why a delivery could not be sent; a message for the administrator."""


def send(url, body, headers, allow_private=False):
    """Post ``body`` and return the HTTP status of the response.

    :param allow_private: whether the address may be in a private network
    :raise SendingError: when the address is not allowed, or does not respond
    """
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise SendingError(f"{url} is not a valid URL.")
    if parts.scheme == "http" and not allow_private:
        raise SendingError("The URL must begin with https://.")
    port = parts.port or {"https": 443, "http": 80}[parts.scheme]
    address = resolve(parts.hostname, port, allow_private)
    watch = Watch(TOTAL_SECONDS)
    pool = make_pool(parts, address, port, watch)
    target = parts.path or "/"
    if parts.query:
        target += f"?{parts.query}"
    try:
        response = pool.urlopen(
            "POST",
            target,
            body=body,
            headers={**headers, "Host": parts.netloc},
            redirect=False,
            retries=False,
            preload_content=False,
        )
        status = response.status
        response.close()
    except urllib3.exceptions.HTTPError as error:
        watch.check(parts.netloc)
        raise SendingError(describe(error, parts.netloc)) from error
    finally:
        watch.stop()
        pool.close()
    watch.check(parts.netloc)  # a response that was cut off may look complete
    return status


class Watch:
    """Closes the connection at the time limit.

    The timeout of a socket restarts with each byte.
    """

    def __init__(self, seconds):
        self.is_over = False
        self._twins = []
        self._timer = Timer(seconds, self._end)
        self._timer.daemon = True
        self._timer.start()

    def add(self, sock):
        """Watch a duplicate of ``sock``, as encryption takes over the original."""
        self._twins.append(sock.dup())

    def stop(self):
        self._timer.cancel()
        for twin in self._twins:
            twin.close()

    def check(self, receiver):
        if self.is_over:
            raise SendingError(
                f"{receiver} did not complete its response within"
                f" {TOTAL_SECONDS} seconds."
            )

    def _end(self):
        self.is_over = True
        for twin in self._twins:
            with suppress(OSError):
                twin.shutdown(socket.SHUT_RDWR)


def describe(error, receiver):
    """Return a readable message for a connection error."""
    if isinstance(error, urllib3.exceptions.NewConnectionError):
        return f"Could not connect to {receiver}."
    if isinstance(error, urllib3.exceptions.ConnectTimeoutError):
        return f"No connection to {receiver} within {CONNECT_SECONDS} seconds."
    if isinstance(error, urllib3.exceptions.ReadTimeoutError):
        return f"No response from {receiver} within {READ_SECONDS} seconds."
    if isinstance(error, urllib3.exceptions.SSLError):
        return f"The certificate of {receiver} is not valid: {error}"
    return f"{receiver} closed the connection: {error}"


def resolve(host, port, allow_private):
    """Return an address of ``host``; all of its addresses must be allowed."""
    try:
        rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise SendingError(f"{host} cannot be resolved: {error}") from error
    addresses = [row[4][0] for row in rows]
    if not allow_private:
        for address in addresses:
            if not is_public(address):
                raise SendingError(
                    f"{host} is {address}, an address of a private network. Allow"
                    " webhooks to private addresses in the settings to send to it."
                )
    return addresses[0]


def is_public(address):
    """Whether the address is a public one."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    embedded = get_embedded(ip) if ip.version == 6 else None
    if embedded:
        return is_public(str(embedded))
    if ip.version == 6 and (ip not in UNICAST or any(ip in net for net in SPECIAL)):
        return False
    return ip.is_global and not ip.is_multicast


def get_embedded(ip):
    """Return the IPv4 address that is embedded in an IPv6 address, if any."""
    last = int(ip) & 0xFFFFFFFF
    is_isatap = (int(ip) >> 32) & 0xFFFFFFFF in ISATAP
    if is_isatap or any(ip in network for network in EMBEDDING):
        return ipaddress.IPv4Address(last)
    return ip.sixtofour


def watch_connections(pool, watch):
    """Let ``watch`` close the connections of ``pool`` at its time limit."""

    class WatchedConnection(pool.ConnectionCls):
        def _new_conn(self):
            sock = super()._new_conn()
            watch.add(sock)
            return sock

    pool.ConnectionCls = WatchedConnection
    return pool


def make_pool(parts, address, port, watch):
    timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
    if parts.scheme == "http":
        pool = urllib3.HTTPConnectionPool(address, port, timeout=timeout)
        return watch_connections(pool, watch)
    pool = urllib3.HTTPSConnectionPool(
        address,
        port,
        timeout=timeout,
        cert_reqs="CERT_REQUIRED",
        ca_certs=where(),
        server_hostname=parts.hostname,
        assert_hostname=parts.hostname,
    )
    return watch_connections(pool, watch)
