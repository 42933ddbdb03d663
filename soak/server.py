"""A real Odoo server: worker processes, cron processes, and how to hurt them."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import psutil
from cluster import get_environment

ODOO = [sys.executable, str(Path(sys.executable).with_name("odoo"))]
START_SECONDS = 180
ALIVE = re.compile(r"Worker (\w+) \((\d+)\) alive")


class Server:
    """One server on one database; :meth:`start` it again after it was killed."""

    def __init__(self, database, conf, log, workers=2, crons=1, runs_jobs=False):
        self.database = database
        self.conf = conf
        self.log = Path(log)
        self.workers = workers
        self.crons = crons
        self.port, self.gevent_port = find_free_ports(2)
        self.options = ["--load=base,rpc,web,queue_job"] if runs_jobs else []
        self.environment = {
            **get_environment(),
            "ODOO_RC": str(conf),
            "ODOO_QUEUE_JOB_CHANNELS": "root:1",
            "ODOO_QUEUE_JOB_HOST": "127.0.0.1",
            "ODOO_QUEUE_JOB_PORT": str(self.port),
        }
        self.url = f"http://127.0.0.1:{self.port}"
        self._process = None
        self._lock = threading.Lock()
        #: How often it was found dead and started again, as a service manager does.
        self.revivals = 0

    def start(self, wait=True):
        with self._lock:
            self._spawn()
        if wait:
            self.wait_until_up()
        return self

    def revive(self):
        """Start it where it has ended by itself; return whether it had.

        Odoo's first process ends when it has to start a worker while PostgreSQL does
        not answer: whoever runs Odoo has something that starts it again.
        """
        if self._lock.locked() or self._process is None or self.is_running():
            return False
        self.revivals += 1
        self.kill()
        self.start(wait=False)
        return True

    def _spawn(self):
        command = (
            f"--database={self.database} --no-database-list --workers={self.workers}"
            f" --max-cron-threads={self.crons} --http-interface=127.0.0.1"
            f" --http-port={self.port} --gevent-port={self.gevent_port}"
            " --log-handler=py.warnings:ERROR"
        )
        with open(self.log, "a") as log:
            self._process = subprocess.Popen(
                [*ODOO, *command.split(), *self.options],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # to be ended with all its processes
            )

    def wait_until_up(self):
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            self.revive()
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{self.url}/web/health", timeout=60).close()
                return
            time.sleep(0.2)
        raise RuntimeError(f"the server does not answer, see {self.log}")

    def is_running(self):
        return self._process is not None and self._process.poll() is None

    def kill(self):
        """End all its processes at once, as a power cut does."""
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self):
        """Stop as an administrator does; kill what does not end by that."""
        if self.is_running():
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(30)
        self.kill()

    def update(self, module):
        """Update an addon, as a deployment does; the server is to be stopped."""
        options = ["-d", self.database, "-u", module, "--stop-after-init", "--no-http"]
        with open(self.log, "a") as log:
            subprocess.run(
                [*ODOO, *options], env=self.environment, stdout=log, stderr=log
            )

    def get_pids(self, kind):
        """Return the living processes of a kind: ``WorkerHTTP`` or ``WorkerCron``."""
        started = dict(
            (int(pid), name) for name, pid in ALIVE.findall(self.log.read_text())
        )
        return [
            process.pid
            for process in self._get_children()
            if started.get(process.pid) == kind
        ]

    def get_memory(self):
        """Return what each process holds, in MB, the children's by their pid."""
        sizes = {}
        for process in self._get_children():
            with contextlib.suppress(psutil.Error):
                sizes[process.pid] = process.memory_info().rss / 2**20
        return sizes

    def _get_children(self):
        process = self._process
        try:
            return psutil.Process(process.pid).children() if process else []
        except psutil.Error:
            return []


def find_free_ports(count):
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for sock in sockets:
            sock.bind(("127.0.0.1", 0))
        return [sock.getsockname()[1] for sock in sockets]
