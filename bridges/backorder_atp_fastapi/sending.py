# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Posting to an address that somebody typed, and to no other.

The name is resolved once, every address it stands for is looked at, and the
connection goes to one of them: a name that stands for something else a moment later
leads nowhere. Redirects are not followed.
"""

import ipaddress
import socket
from urllib.parse import urlsplit

import urllib3
from requests.certs import where

CONNECT_SECONDS = 5
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
READ_SECONDS = 10


class SendingError(Exception):
    """Why nothing could be sent; a text for the administrator."""


def send(url, body, headers, allow_private=False):
    """Post ``body`` and return the HTTP status of the answer.

    :param allow_private: whether the address may be one of a private network
    :raise SendingError: when the address is not allowed, or does not answer
    """
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise SendingError(f"{url} is no address to send to.")
    if parts.scheme == "http" and not allow_private:
        raise SendingError("Only https:// is sent to.")
    port = parts.port or {"https": 443, "http": 80}[parts.scheme]
    address = resolve(parts.hostname, port, allow_private)
    pool = make_pool(parts, address, port)
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
        raise SendingError(describe(error, parts.netloc)) from error
    finally:
        pool.close()
    return status


def describe(error, receiver):
    """Return what went wrong in words; the class of an error says nothing to people."""
    if isinstance(error, urllib3.exceptions.NewConnectionError):
        return f"Nobody answers at {receiver}."
    if isinstance(error, urllib3.exceptions.ConnectTimeoutError):
        return f"No connection to {receiver} within {CONNECT_SECONDS} seconds."
    if isinstance(error, urllib3.exceptions.ReadTimeoutError):
        return f"No answer from {receiver} within {READ_SECONDS} seconds."
    if isinstance(error, urllib3.exceptions.SSLError):
        return f"The certificate of {receiver} is not accepted: {error}"
    return f"{receiver} broke off the connection: {error}"


def resolve(host, port, allow_private):
    """Return an address of ``host``; all of them have to be allowed."""
    try:
        rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise SendingError(f"{host} cannot be resolved: {error}") from error
    addresses = [row[4][0] for row in rows]
    if not allow_private:
        for address in addresses:
            if not is_public(address):
                raise SendingError(
                    f"{host} is {address}, an address of a private network. The"
                    " settings of backorders say whether such are sent to."
                )
    return addresses[0]


def is_public(address):
    """Whether anybody may be behind it, not only somebody in this network."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if ip.version == 6:
        ip = get_embedded(ip) or ip
    return ip.is_global and not ip.is_multicast


def get_embedded(ip):
    """Return the IPv4 address that one of IPv6 stands for, if it does."""
    if ip in NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour


def make_pool(parts, address, port):
    timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
    if parts.scheme == "http":
        return urllib3.HTTPConnectionPool(address, port, timeout=timeout)
    return urllib3.HTTPSConnectionPool(
        address,
        port,
        timeout=timeout,
        cert_reqs="CERT_REQUIRED",
        ca_certs=where(),
        server_hostname=parts.hostname,
        assert_hostname=parts.hostname,
    )
