"""One side of a comparison: a database and a process that works on it."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = {
    "plain": ["sale_stock", "purchase_stock"],
    "addon": ["sale_stock", "purchase_stock", "backorder_atp"],
    "api": ["backorder_atp", "backorder_atp_fastapi"],
}
WORKER = Path(__file__).with_name("worker.py")


def psql(statement):
    command = ["psql", "-qX", "-v", "ON_ERROR_STOP=1", "-d", "postgres"]
    quiet = "SET client_min_messages = warning"
    subprocess.run([*command, "-c", quiet, "-c", statement], check=True)


def create_database(kind):
    """Make a fresh database with the modules of ``kind``; return its name."""
    name = f"bench_{kind}"
    command = [ROOT / "tools" / "database.sh", name, *MODULES[kind]]
    subprocess.run(command, check=True, stdout=sys.stderr)
    return name


def copy_database(source, target):
    psql(f'DROP DATABASE IF EXISTS "{target}"')
    psql(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')
    return target


def drop_database(name):
    psql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


class Side:
    """A process with Odoo loaded on one database; closes with the ``with``."""

    def __init__(self, database):
        self.database = database
        read, write = os.pipe()
        self._process = subprocess.Popen(
            [sys.executable, WORKER, database, str(write)],
            stdin=subprocess.PIPE,
            text=True,
            pass_fds=(write,),
        )
        os.close(write)
        self._answers = os.fdopen(read)

    def __enter__(self):
        return self

    def __exit__(self, *_exc):
        self._process.stdin.close()
        self._process.wait()
        self._answers.close()

    def call(self, function, *args):
        """Run ``module.function`` of this folder there, as ``function(env, *args)``."""
        self._process.stdin.write(json.dumps([function, args]) + "\n")
        self._process.stdin.flush()
        answer = self._answers.readline()
        if not answer:
            raise RuntimeError(f"{function} failed on {self.database}, see above")
        return json.loads(answer)
