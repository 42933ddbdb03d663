"""Break a running installation on purpose, and check that its promises held.

make soak [MINUTES=10] [SEED=n] [FAULTS=all]
"""

import argparse
import contextlib
import json
import random
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import commits
import faults
import ledger
import psycopg2
import rest
import stream
from actors import Place
from cluster import Cluster
from history import History, read_calls
from meter import Meter
from mix import KINDS_NEED, MIX, NEEDS
from server import Server

DATABASE = "soak"
# What the template has left to be done is about its first stock, for which nobody
# waits; what Odoo does once a day is not done in every run, as the template is old.
SETTLE = [
    "DELETE FROM backorder_retry",
    "DELETE FROM queue_job",
    "DELETE FROM ir_cron_trigger",
    """UPDATE ir_cron SET nextcall = now() AT TIME ZONE 'UTC' + interval '1 day'
        WHERE interval_type != 'minutes'""",
]
JOBS = "queue_job"


class Stage:
    """Everything that actors and faults may touch."""

    def __init__(self, options, cluster, folder):
        self.options = options
        self.seed = options.seed
        self.cluster = cluster
        self.database = DATABASE
        self.folder = folder
        self.history = History(folder)
        self.is_over = threading.Event()
        #: Counts what succeeds.
        self.progress = threading.Semaphore(0)
        self.left_out = set()
        self.installed = set()

    def build(self):
        """Copy the template, and begin to keep every commit."""
        self.cluster.copy_database(self.options.template, self.database)
        self.settle()
        stream.begin(self.cluster, self.database)
        self.first = stream.read_first(self.cluster, self.database)
        self.place = Place(self.cluster, self.database)
        rows = self.cluster.query(
            self.database,
            "SELECT name FROM ir_module_module WHERE state = 'installed'",
        )
        self.installed = {name for (name,) in rows}
        self.left_out = {
            step for step, module in NEEDS.items() if module not in self.installed
        }
        self.server = Server(
            self.database,
            self.options.conf,
            self.folder / "server.log",
            workers=self.options.workers,
            crons=self.options.crons,
            runs_jobs=JOBS in self.installed,
        )
        self.url = self.server.url

    def settle(self):
        for statement in SETTLE:
            with contextlib.suppress(psycopg2.errors.UndefinedTable):
                self.cluster.query(self.database, statement)

    def get_actors(self):
        for role in MIX:
            module = KINDS_NEED.get(role.name)
            if module and module not in self.installed:
                continue
            if self.options.roles and role.name not in self.options.roles:
                continue
            for number in range(role.count):
                yield role.kind(role, number, self)


def play(stage):
    """Let everybody work for a while, then wait until all is quiet."""
    options = stage.options
    stage.server.start()
    actors = list(stage.get_actors())
    breaker = faults.Breaker(stage, faults.plan(options.seed, options.faults))
    meter = Meter(stage)
    with ThreadPoolExecutor(options.workers) as pool:
        list(pool.map(lambda actor: actor.warm_up(), actors))
    say(f"{len(actors)} actors at work")
    for thread in (*actors, breaker, meter):
        thread.start()
    time.sleep(options.seconds)
    stage.is_over.set()
    for thread in (*actors, breaker):
        thread.join(180)
    stage.server.wait_until_up()
    waited, findings = rest.wait_for_queues(stage.cluster, stage.database)
    say(f"waited {waited:.0f} s for the queues")
    findings += rest.check_rest(stage.cluster, stage.database)
    findings += meter.judge()
    stage.server.stop()
    return findings, breaker.count


def judge(stage, findings):
    """Add what the history says to the findings at rest."""
    stage.world = ledger.World.read(stage.cluster, stage.database)
    kept = [stage.first, *stream.read(stage.cluster, stage.database)]
    stream.save(kept, stage.folder / "commits.jsonl")
    (stage.folder / "world.json").write_text(json.dumps(stage.world.as_json()))
    calls, notes = read_calls(stage.folder)
    findings = commits.check_commits(kept, stage.world, calls) + findings
    for note in notes:
        if note["kind"] == "unlike":
            findings.append(commits.Finding("idempotency", str(note)))
        elif note["kind"] == "stumbled":
            say(f"{note['actor']} stumbled at {note['step']}: {note['error']}")
    return findings, calls, len(kept) - 1


def report(stage, findings, calls, commit_count, fault_count):
    outcomes = {}
    for call in calls:
        row = outcomes.setdefault(call["name"], {"ok": 0, "fail": 0, "unknown": 0})
        row[call["outcome"]] += 1
    say("", f"{'call':20}{'done':>8}{'refused':>8}{'lost':>8}")
    for name, row in sorted(outcomes.items()):
        say(f"{name:20}{row['ok']:>8}{row['fail']:>8}{row['unknown']:>8}")
    say("", f"{len(calls)} calls, {commit_count} commits, {fault_count} faults")
    for finding in findings[:40]:
        say(f"FOUND  {finding}")
    verdict = {
        "seed": stage.seed,
        "findings": [vars(finding) for finding in findings],
        "calls": len(calls),
        "commits": commit_count,
        "faults": fault_count,
        "outcomes": outcomes,
    }
    (stage.folder / "verdict.json").write_text(json.dumps(verdict, indent=1))
    say(
        f"{len(findings)} findings; the history is in {stage.folder}"
        if findings
        else "nothing was oversold, lost or doubled"
    )


def say(*lines):
    print(*lines, sep="\n", file=sys.stderr, flush=True)


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cluster", required=True, help="folder of its PostgreSQL")
    parser.add_argument("--pg-bin", required=True)
    parser.add_argument("--template", required=True, help="database to copy")
    parser.add_argument("--conf", required=True, help="Odoo's configuration")
    parser.add_argument("--runs", required=True, help="where histories are kept")
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--faults", default="all", help="names, or all, or none")
    parser.add_argument("--roles", default="", help="only these actors")
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--crons", type=int, default=1)
    options = parser.parse_args(arguments)
    names = {"all": list(faults.FAULTS), "none": []}.get(options.faults)
    options.faults = options.faults.split(",") if names is None else names
    options.roles = options.roles.split(",") if options.roles else []
    return options


def main(arguments):
    options = parse(arguments)
    cluster = Cluster(options.cluster, options.pg_bin)
    cluster.start()
    folder = Path(options.runs) / f"{options.seed}-{int(time.time())}"
    stage = Stage(options, cluster, folder)
    say(f"seed {options.seed}, {options.seconds:.0f} s, history in {folder}")
    try:
        stage.build()
        findings, fault_count = play(stage)
        findings, calls, commit_count = judge(stage, findings)
        report(stage, findings, calls, commit_count, fault_count)
    finally:
        if hasattr(stage, "server"):
            stage.server.kill()
        stage.history.close()
        cluster.drop_database(DATABASE)
        cluster.stop()
    return bool(findings)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
