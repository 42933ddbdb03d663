#!/usr/bin/env python3
"""Measure the addon against plain Odoo: see docs/benchmarks.md."""

import argparse
import importlib
import sys

import report

BENCHMARKS = [
    "availability",
    "confirm",
    "promise",
    "receipt",
    "rush",
    "simulate",
    "http_api",
]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--only",
        choices=BENCHMARKS,
        action="append",
        help="measure this one; may be repeated",
    )
    parser.add_argument("--quick", action="store_true", help="smaller sizes")
    args = parser.parse_args()
    rows = []
    for name in args.only or BENCHMARKS:
        print(f"{name} ...", file=sys.stderr, flush=True)
        rows += importlib.import_module(name).measure(args.quick)
        print(report.format_table(rows), file=sys.stderr, flush=True)
    print(report.format_table(rows))
    if not (args.only or args.quick):
        report.write(rows)
    return any(row.is_met is False for row in rows)


if __name__ == "__main__":
    sys.exit(main())
