"""What goes wrong, when: drawn from the seed, noted, and done from outside."""

import contextlib
import os
import random
import signal
import threading
import time

import psycopg2

# The last moments are for the actors to end what they began.
LAST_SHARE = 0.85
# How much is done between two faults: they are to meet a system at work, not one that
# has not recovered yet, however fast the machine is.
CALLS = (4, 16)
COUNT = 1000
FAULTS = {}


def fault(weight):
    """A function that breaks something of the stage; its name is the fault's."""

    def register(function):
        FAULTS[function.__name__] = weight, function
        return function

    return register


def plan(seed, names):
    """Return ``[(calls before it, name, draw)]``: the same for the same seed."""
    draw = random.Random(f"{seed}/faults")
    chosen = [name for name in FAULTS if name in names]
    weights = [FAULTS[name][0] for name in chosen]
    return [
        (draw.randint(*CALLS), *draw.choices(chosen, weights), draw.random())
        for _ in range(COUNT if chosen else 0)
    ]


class Breaker(threading.Thread):
    """Carries a plan out, one fault after the other, until the time is up."""

    def __init__(self, stage, faults):
        super().__init__(name="faults", daemon=True)
        self.stage = stage
        self.faults = faults
        self.count = 0

    def run(self):
        end = time.monotonic() + LAST_SHARE * self.stage.options.seconds
        for calls, name, draw in self.faults:
            for _ in range(calls):
                left = end - time.monotonic()
                if left <= 0 or not self.stage.progress.acquire(timeout=left):
                    return
            self.do(name, draw)
            while self.stage.progress.acquire(blocking=False):
                pass  # what was done meanwhile does not count

    def do(self, name, draw):
        history = self.stage.history
        history.note("fault", name=name, draw=draw)
        try:
            detail = FAULTS[name][1](self.stage, random.Random(draw))
            self.count += 1
            history.note("fault done", name=name, detail=detail)
        except (OSError, psycopg2.Error) as error:
            history.note("fault missed", name=name, error=repr(error))


# Processes


@fault(4)
def kill_worker(stage, draw):
    """A worker process dies in the middle of whatever it does."""
    return _kill_one(stage, draw, "WorkerHTTP")


@fault(2)
def kill_cron(stage, draw):
    """So does a process that runs scheduled actions."""
    return _kill_one(stage, draw, "WorkerCron")


@fault(1)
def kill_runner(stage, draw):
    """And the one that hands out background jobs."""
    return _kill_one(stage, draw, "WorkerJobRunner")


@fault(1)
def kill_server(stage, draw):
    """A power cut for Odoo: all processes at once; it is started again."""
    stage.server.kill()
    time.sleep(draw.uniform(0, 1))
    stage.server.start()


@fault(1)
def deploy(stage, _draw):
    """A new version is installed: the server stops, and its addon is updated."""
    stage.server.stop()
    stage.server.update("backorder_atp")
    stage.server.start()


def _kill_one(stage, draw, kind):
    pids = stage.server.get_pids(kind)
    if not pids:
        return None
    pid = draw.choice(pids)
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    return pid


# PostgreSQL


@fault(1)
def restart_fast(stage, _draw):
    """PostgreSQL is restarted by its administrator: transactions are aborted."""
    stage.cluster.restart("fast")


@fault(1)
def restart_immediate(stage, _draw):
    """PostgreSQL crashes, and recovers from its log."""
    stage.cluster.restart("immediate")


@fault(5)
def terminate(stage, draw):
    """Connections are cut, in the middle of a statement or between two of them."""
    rows = _query(
        stage,
        "SELECT pid FROM pg_stat_activity WHERE datname = %s AND xact_start NOTNULL"
        " AND application_name != 'soak' ORDER BY pid",
    )
    chosen = [pid for (pid,) in rows if draw.random() < 0.5]
    for pid in chosen:
        stage.cluster.query(stage.database, "SELECT pg_terminate_backend(%s)", [pid])
    return chosen


@fault(4)
def terminate_commit(stage, _draw):
    """A connection is cut while its transaction is being committed, or just after."""
    deadline = time.monotonic() + 2
    statement = (
        "SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = %s AND application_name != 'soak' AND"
        " query ~* '^(commit|release|update|insert)' AND state != 'idle' LIMIT 1"
    )
    while time.monotonic() < deadline:
        if rows := _query(stage, statement):
            return [pid for pid, _done in rows]
        time.sleep(0.005)
    return None


@fault(2)
def lock_rows(stage, draw):
    """Another program holds what is sold most, for a while."""
    connection = stage.cluster.connect(stage.database)
    connection.autocommit = False
    with contextlib.closing(connection):
        connection.cursor().execute(
            "SELECT FROM stock_quant WHERE product_id = ANY(%s) FOR UPDATE",
            [stage.place.get_products("HOT")],
        )
        time.sleep(draw.uniform(1, 4))


@fault(1)
def lock_table(stage, draw):
    """A dump, or an index that is built, keeps everybody from writing."""
    connection = stage.cluster.connect(stage.database)
    connection.autocommit = False
    with contextlib.closing(connection):
        table = draw.choice(["stock_quant", "stock_move", "sale_order"])
        connection.cursor().execute(f"LOCK TABLE {table} IN SHARE MODE")
        time.sleep(draw.uniform(1, 3))


@fault(1)
def take_connections(stage, draw):
    """Other programs use up the connections of PostgreSQL, for a while."""
    with contextlib.ExitStack() as taken:
        with contextlib.suppress(psycopg2.OperationalError):
            while True:
                connection = stage.cluster.connect(stage.database)
                taken.enter_context(contextlib.closing(connection))
        time.sleep(draw.uniform(1, 3))


@fault(1)
def slow_disk(stage, draw):
    """Every commit takes a tenth of a second longer, for a while."""
    for name, value in (("commit_siblings", 0), ("commit_delay", 100_000)):
        _set(stage, name, value)
    time.sleep(draw.uniform(2, 6))
    for name in ("commit_siblings", "commit_delay"):
        _set(stage, name, "DEFAULT")


def _set(stage, name, value):
    stage.cluster.query("postgres", f"ALTER SYSTEM SET {name} = {value}")
    stage.cluster.query("postgres", "SELECT pg_reload_conf()")


def _query(stage, statement):
    return stage.cluster.query(stage.database, statement, [stage.database])
