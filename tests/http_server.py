# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Server processes and HTTP clients for concurrency tests and benchmarks.

Independent of Odoo's Python code, so that it can be used without a database.
"""

import contextlib
import http.cookiejar
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

# The command next to this Python: the server restarts itself by its path.
ODOO = [sys.executable, str(Path(sys.executable).with_name("odoo"))]
START_SECONDS = 120
REQUEST_SECONDS = 180


class RemoteError(Exception):
    """An error returned by the server."""

    def __init__(self, data):
        super().__init__(f"{data['name']}: {data['message']}\n{data.get('debug')}")
        self.name = data["name"]
        self.message = data["message"]


class OdooServer:
    """A server with ``workers`` processes on one database, used as a context manager.

    :param options: more options of the command
    :param environment: more environment variables
    """

    def __init__(self, database, workers, options=(), environment=None):
        self.database = database
        self.workers = workers
        self.options = options
        self.environment = {**os.environ, **(environment or {})}

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            self._log = stack.enter_context(tempfile.NamedTemporaryFile())
            self._log_reader = stack.enter_context(open(self._log.name, "rb"))
            self._process = self._start()
            stack.callback(self.kill)
            self._wait()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_exc):
        self._stack.close()

    def _start(self):
        port, gevent_port = find_free_ports(2)
        self.url = f"http://127.0.0.1:{port}"
        options = (
            f"--database={self.database} --no-database-list --workers={self.workers}"
            f" --max-cron-threads=0 --http-interface=127.0.0.1 --http-port={port}"
            f" --gevent-port={gevent_port} --log-handler=py.warnings:ERROR"
        )
        return subprocess.Popen(
            [*ODOO, *options.split(), *self.options],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # so that all its processes can be stopped
        )

    def _wait(self):
        """Wait until the server answers."""
        deadline = time.monotonic() + START_SECONDS
        while self._process.poll() is None and time.monotonic() < deadline:
            try:
                url = f"{self.url}/web/health"
                urllib.request.urlopen(url, timeout=START_SECONDS).close()
                return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError(f"The server does not answer:\n{self.take_log()}")

    def kill(self):
        """Kill all its processes at once, as in a power failure."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def poll(self):
        """Return None while the server runs."""
        return self._process.poll()

    def take_log(self):
        """Return what was logged since the last call."""
        return self._log_reader.read().decode()


class Client:
    """A session of its own, like a browser."""

    def __init__(self, server, login="admin", password="admin"):
        self._server = server
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(cookies)
        self._post(
            "/web/session/authenticate",
            {"db": server.database, "login": login, "password": password},
        )

    def warm_up(self, calls=3):
        """Make the first requests of a session, which log the device."""
        for _ in range(calls):
            self.call("res.users", "search_count", [])
        return self

    def call(self, model, method, *args, **kwargs):
        """Call a method like the web client."""
        return self._call("call_kw", model, method, args, kwargs)

    def press(self, model, method, *ids):
        """Press the button that calls ``method``."""
        return self._call("call_button", model, method, [ids], {})

    def _call(self, route, model, method, args, kwargs):
        return self._post(
            f"/web/dataset/{route}/{model}/{method}",
            {"model": model, "method": method, "args": args, "kwargs": kwargs},
        )

    def _post(self, path, params):
        """Return the result.

        :raise RemoteError: with the error reported by the server
        :raise urllib.error.HTTPError: when the server does not report an error
        """
        request = urllib.request.Request(
            self._server.url + path,
            json.dumps({"jsonrpc": "2.0", "params": params}).encode(),
            {"Content-Type": "application/json"},
        )
        with self._opener.open(request, timeout=REQUEST_SECONDS) as response:
            answer = json.load(response)
        if "error" in answer:
            raise RemoteError(answer["error"]["data"])
        return answer.get("result")


def find_free_ports(count):
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for sock in sockets:
            sock.bind(("127.0.0.1", 0))
        return [sock.getsockname()[1] for sock in sockets]


def run_at_once(functions):
    """Call the functions in threads that start together.

    :return: for each function its result, or the RemoteError it raised
    """
    barrier = Barrier(len(functions))

    def run(function):
        barrier.wait()
        try:
            return function()
        except RemoteError as error:
            return error

    with ThreadPoolExecutor(len(functions)) as threads:
        return list(threads.map(run, functions))
