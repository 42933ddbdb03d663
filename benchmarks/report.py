"""Rows of the result, their output and storage."""

import datetime
import os
import platform
import statistics
from dataclasses import dataclass
from pathlib import Path

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
HEAD = ("", "Plain Odoo", "With the addon", "Ratio", "Bar", "")

median = statistics.median


@dataclass
class Row:
    title: str
    plain: str
    addon: str
    ratio: str = ""
    bar: str = ""
    is_met: bool | None = None

    def cells(self):
        met = {None: "", True: "ok", False: "**miss**"}[self.is_met]
        return (self.title, self.plain, self.addon, self.ratio, self.bar, met)


def percentile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(share * len(values)))]


def format_table(rows):
    """The rows as a Markdown table that is readable as plain text."""
    lines = [HEAD, *(row.cells() for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEAD))]
    rule = ["-" * width for width in widths]
    return "\n".join(
        "| " + " | ".join(map(str.ljust, line, widths)) + " |"
        for line in (lines[0], rule, *lines[1:])
    )


def describe_machine():
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GB of memory,"
        f" Python {platform.python_version()}, PostgreSQL on the same machine"
    )


def write(rows):
    DOCUMENT.write_text(TEMPLATE.format(
        date=datetime.date.today(),
        machine=describe_machine(),
        table=format_table(rows),
    ), encoding="utf-8")  # fmt: skip


TEMPLATE = """\
# Benchmarks

Written by `make bench`, which measures Odoo without and with the addon in the same
run. For a single benchmark: `make bench ARGS="--only confirm"`; for smaller sizes:
`--quick`.

Measured on {date}: {machine}. The company is in the enforce phase and refuses
short orders. Figures are medians.

{table}

- **Available to promise**: `stock.availability.get_availability` for every product and
  warehouse, against reading `free_qty` once for each warehouse. One by one, without
  cached values.
- **Confirming**: each order in a separate transaction, including the commit; the two
  sides alternate.
- **Receipt**: orders of one unit of one product are on backorder; a receipt covers all
  of them. Odoo reserves them within the transaction of the receipt; the addon reserves
  the first ones there and the others in a scheduled action.
- **Rush**: HTTP clients, each with its own session and user, confirm orders of one unit
  of one product as fast as the server answers, through the call that the web client
  makes. Sessions and server processes are warmed up.
- **Dates**: 200 products, each with three planned receipts. For quotations, Odoo's
  forecasted quantity against the promised date of each line; for confirmed lines,
  Odoo's forecast of each line against the allocation of the whole queue.
- **Backorder run**: 10 products with 30 receipts each and four segments; nothing is
  read twice, and writing the resulting lines is included.
- **HTTP API**: one client with its own key for each server process sends requests
  without a pause. An order has 5 lines, of 50 products; 20 orders are on backorder when
  stock for them has arrived.
"""
