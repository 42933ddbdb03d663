#!/usr/bin/env python3
"""Serve the demo like a real installation: processes, crons, one address.

With worker processes Odoo answers live updates (/websocket) on a port of its own and
expects a reverse proxy in front. This is that proxy, and it starts and stops Odoo.
"""

import argparse
import asyncio
import contextlib
import signal
import socket
import sys
from pathlib import Path

MAX_HEAD = 256 * 1024


def is_free(port):
    with contextlib.closing(socket.socket()) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_ports(after, count):
    """The next free ports after the public one."""
    ports = (port for port in range(after + 1, after + 200) if is_free(port))
    return [next(ports) for _ in range(count)]


async def pipe(reader, writer):
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(64 * 1024):
            writer.write(data)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()


class Proxy:
    """One connection to Odoo for every request, which is sufficient here."""

    def __init__(self, http_port, gevent_port):
        self.http_port = http_port
        self.gevent_port = gevent_port
        # nothing else closes them once the browser has disconnected
        self.connections = set()

    async def serve(self, reader, writer):
        self.connections.add(connection := asyncio.current_task())
        connection.add_done_callback(self.connections.discard)
        try:
            await self._serve(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # the browser disconnected, or Odoo is stopping
        finally:
            with contextlib.suppress(ConnectionError):
                writer.close()
                await writer.wait_closed()

    async def _serve(self, reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        request, *headers = head[:-4].split(b"\r\n")
        websocket = request.split(b" ")[1:2] == [b"/websocket"] or (
            b" /websocket?" in request
        )
        if not websocket:
            # The answer ends where the connection ends.
            headers = [h for h in headers if not h.lower().startswith(b"connection:")]
            headers.append(b"Connection: close")
        upstream_reader, upstream = await asyncio.open_connection(
            "127.0.0.1", self.gevent_port if websocket else self.http_port
        )
        try:
            upstream.write(b"\r\n".join([request, *headers]) + b"\r\n\r\n")
            upload = asyncio.create_task(pipe(reader, upstream))
            await pipe(upstream_reader, writer)
            upload.cancel()
        finally:
            upstream.close()


async def answers(process, port, seconds=120):
    """Wait until Odoo answers, or has ended."""
    for _ in range(seconds * 5):
        if process.returncode is not None:
            return False
        try:
            _reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.2)
        else:
            writer.close()
            return True
    return False


async def run(port, database, logins):
    http_port, gevent_port = free_ports(port, 2)
    odoo = await asyncio.create_subprocess_exec(
        # beside this Python: see tools/setup.sh
        *(sys.executable, Path(sys.executable).with_name("odoo")),
        *("-d", database, "--db-filter", f"^{database}$"),
        *("--workers", "2", "--max-cron-threads", "1"),
        *("--http-interface", "127.0.0.1", "--http-port", str(http_port)),
        *("--gevent-port", str(gevent_port), "--log-level", "warn"),
        # Odoo's own use of its libraries, and a line for every page that is left
        *("--log-handler", "py.warnings:ERROR", "--log-handler", "longpolling:WARNING"),
        start_new_session=True,  # Ctrl-C is for this process, which then ends Odoo
    )
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(signum, stopping.set)
    ended = asyncio.create_task(odoo.wait())
    stopped = asyncio.create_task(stopping.wait())
    try:
        ready = asyncio.create_task(answers(odoo, http_port))
        await asyncio.wait({ready, ended, stopped}, return_when="FIRST_COMPLETED")
        if ready.done() and ready.result():
            proxy = Proxy(http_port, gevent_port)
            await asyncio.start_server(
                proxy.serve, "localhost", port, limit=MAX_HEAD, reuse_address=True
            )
            print(
                f"\nhttp://localhost:{port}\n\n"
                "Log in as (the password is the login):\n"
                f"{logins}\nThe shop is at /shop. Ctrl-C stops it.\n",
                flush=True,
            )
            await asyncio.wait({ended, stopped}, return_when="FIRST_COMPLETED")
    finally:
        if odoo.returncode is None:
            odoo.terminate()
            try:
                await asyncio.wait_for(odoo.wait(), 20)
            except asyncio.TimeoutError:
                odoo.kill()
    return 0 if stopping.is_set() else (odoo.returncode or 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check-port", type=int, help="only: is this port free?")
    parser.add_argument("port", type=int, nargs="?")
    parser.add_argument("database", nargs="?")
    parser.add_argument("logins", nargs="?", help="a text file to show")
    args = parser.parse_args()
    if args.check_port:
        return not is_free(args.check_port)
    with open(args.logins, encoding="utf-8") as file:
        logins = file.read()
    return asyncio.run(run(args.port, args.database, logins))


if __name__ == "__main__":
    sys.exit(main())
