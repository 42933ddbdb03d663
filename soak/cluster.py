"""A PostgreSQL of its own, whose restarts hurt nobody else.

Set up as a careful installation is: every commit is on the disk before it is answered.
The write-ahead log is kept in the form from which every commit can be read later.
"""

import os
import subprocess
import time
from pathlib import Path

import psycopg2

SETTINGS = """\
listen_addresses = ''
port = 5432
unix_socket_directories = '{folder}'
unix_socket_permissions = 0777
max_connections = {connections}
shared_buffers = 256MB
work_mem = 16MB
fsync = on
synchronous_commit = on
full_page_writes = on
wal_level = logical
max_wal_size = 4GB
max_replication_slots = 4
track_commit_timestamp = on
random_page_cost = 1.1
"""
ROLE = "odoo"
START_SECONDS = 90


def get_environment():
    """Return the variables of this process without those that name a PostgreSQL."""
    return {k: v for k, v in os.environ.items() if not k.startswith("PG")}


class Cluster:
    """The private server of the soak in one folder, which is also its socket's."""

    def __init__(self, folder, binaries, connections=80):
        self.folder = Path(folder)
        self.binaries = Path(binaries)
        self.connections = connections
        self.data = self.folder / "data"

    # Starting and stopping

    def start(self):
        """Start it, after making it the first time; it may run already."""
        if not (self.data / "PG_VERSION").exists():
            self._create()
        self._write_settings()
        if not self.is_running():
            self.control("start", "-l", str(self.folder / "server.log"))
        self._create_role()

    def stop(self, mode="fast"):
        if self.is_running():
            self.control("stop", "-m", mode)

    def restart(self, mode):
        """Stop in ``mode`` (``immediate`` loses what is not on the disk); start."""
        self.stop(mode)
        self.control("start", "-l", str(self.folder / "server.log"))

    def is_running(self):
        command = self._as_owner(["pg_ctl", "-D", self.data, "status"])
        return subprocess.run(command, capture_output=True, cwd="/").returncode == 0

    def control(self, *words):
        command = ["pg_ctl", "-D", self.data, "-w", "-t", START_SECONDS, *words]
        self._run(command)

    def _create(self):
        self.data.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o755)
        if os.geteuid() == 0:
            for folder in (self.folder, self.data):
                subprocess.run(["chown", "postgres:", folder], check=True)
        options = ["-U", "postgres", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8"]
        self._run(["initdb", "-D", self.data, *options])
        with open(self.data / "postgresql.conf", "a") as file:
            file.write("include = 'soak.conf'\n")

    def _write_settings(self):
        text = SETTINGS.format(folder=self.folder, connections=self.connections)
        (self.data / "soak.conf").write_text(text)

    def _create_role(self):
        with self.connect("postgres", user="postgres") as connection:
            cr = connection.cursor()
            cr.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE])
            if not cr.fetchone():
                cr.execute(f"CREATE ROLE {ROLE} LOGIN CREATEDB SUPERUSER REPLICATION")
        connection.close()

    def _as_owner(self, command):
        """PostgreSQL does not run as root: there, its own user runs it."""
        program, *words = command
        command = [str(self.binaries / program), *map(str, words)]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        return command

    def _run(self, command):
        # Not piped: the server would keep the pipe open, and this would wait for it.
        with open(self.folder / "control.log", "a") as log:
            subprocess.run(
                self._as_owner(command),
                check=True,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    # Asking it

    def connect(self, database, user=ROLE):
        """Return a connection that commits each statement."""
        connection = psycopg2.connect(
            host=str(self.folder),
            port=5432,
            user=user,
            dbname=database,
            application_name="soak",
        )
        connection.autocommit = True
        return connection

    def query(self, database, statement, parameters=None, user=ROLE):
        """Return the rows of one statement, by a connection of its own."""
        connection = self.connect(database, user)
        try:
            cr = connection.cursor()
            cr.execute(statement, parameters)
            return cr.fetchall() if cr.description else []
        finally:
            connection.close()

    def wait_until_up(self):
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                return self.query("postgres", "SELECT 1")
            except psycopg2.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)

    # Databases

    def has_database(self, name):
        sql = "SELECT 1 FROM pg_database WHERE datname = %s"
        return bool(self.query("postgres", sql, [name]))

    def copy_database(self, source, target):
        self.drop_database(target)
        self.query(
            "postgres",
            f'CREATE DATABASE "{target}" TEMPLATE "{source}" STRATEGY FILE_COPY',
        )

    def drop_database(self, name):
        for (slot,) in self.query(
            "postgres",
            "SELECT slot_name FROM pg_replication_slots WHERE database = %s",
            [name],
        ):
            self.query("postgres", "SELECT pg_drop_replication_slot(%s)", [slot])
        self.query("postgres", f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
