"""Memory and connections while the others work: neither may grow for ever.

It also is the service manager, who starts a server again that has ended.
"""

import contextlib
import threading

import psycopg2
from commits import Finding

SECONDS = 2
# A process that has just started loads what it needs: it is measured from then on.
WARM = 15
MEMORY_GROWTH = 1.5
CONNECTIONS_EACH = 12


class Meter(threading.Thread):
    def __init__(self, stage):
        super().__init__(name="meter", daemon=True)
        self.stage = stage
        self.memory = {}
        self.connections = []

    def run(self):
        while not self.stage.is_over.wait(SECONDS):
            if self.stage.server.revive():
                self.stage.history.note("revived")
            self.measure()

    def measure(self):
        for pid, size in self.stage.server.get_memory().items():
            self.memory.setdefault(pid, []).append(size)
        with contextlib.suppress(psycopg2.Error):
            [(count,)] = self.stage.cluster.query(
                self.stage.database,
                "SELECT COUNT(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND application_name != 'soak'",
            )
            self.connections.append(count)

    def judge(self):
        """Return what has grown beyond what a warm process needs."""
        self.stage.history.note(
            "meter", memory=self.memory, connections=self.connections
        )
        findings = []
        for pid, sizes in self.memory.items():
            warm, last = sizes[WARM : WARM + 1], sizes[-1]
            if warm and last > MEMORY_GROWTH * warm[0]:
                text = f"process {pid} grew from {warm[0]:.0f} to {last:.0f} MB"
                findings.append(Finding("memory", text))
        options = self.stage.options
        allowed = CONNECTIONS_EACH * (options.workers + options.crons + 2)
        if max(self.connections, default=0) > allowed:
            text = f"{max(self.connections)} connections at once"
            findings.append(Finding("connections", text))
        return findings
