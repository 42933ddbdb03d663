"""The process behind ``side.Side``: worker.py DATABASE FILE_DESCRIPTOR

Reads calls from standard input, one a line, and writes their results, as JSON, to the
descriptor. Every call has a transaction of its own, which is committed.
"""

import importlib
import json
import os
import sys
import threading

from odoo import api
from odoo.modules.registry import Registry
from odoo.tools import config

ADMIN = 2


def answer(registry, line):
    name, args = json.loads(line)
    module, function = name.split(".")
    with registry.cursor() as cr:
        env = api.Environment(cr, ADMIN, {"lang": "en_US", "tz": "UTC"})
        return getattr(importlib.import_module(module), function)(env, *args)


def main():
    database, descriptor = sys.argv[1:]
    config.parse_config(
        ["-d", database, "--log-level=warn", "--log-handler=py.warnings:ERROR"],
        setup_logging=True,
    )
    threading.current_thread().dbname = database
    registry = Registry(database)
    with os.fdopen(int(descriptor), "w") as results:
        for line in sys.stdin:
            results.write(json.dumps(answer(registry, line)) + "\n")
            results.flush()


if __name__ == "__main__":
    main()
