"""Rows of the result, and how they are shown and kept."""

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
    """The rows as a Markdown table that is also readable as it is."""
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
run; a part of it: `make bench ARGS="--only confirm"`, smaller sizes: `--quick`.

Measured on {date}: {machine}. The company is in the hard phase and refuses short
orders. Figures are medians.

{table}

- **Available to promise**: `stock.availability.get_availability` for every product and
  warehouse, against reading `free_qty` once for each warehouse. One by one, nothing is
  known of a product before.
- **Confirming**: each order in a transaction of its own, commit included; the two
  sides take turns.
- **Receipt**: orders of one unit of one product wait, backorders being allowed; a
  receipt brings all they need. Odoo reserves them within the receiver's transaction;
  the addon reserves the first ones there and leaves the others to a scheduled action.
- **Rush**: HTTP clients, each with its own session and user, confirm orders of one
  unit of one product as fast as the server answers, through the call that the web
  client makes. Sessions and server processes are warmed up.
- **Dates**: 200 products, each with three receipts to come. Of quotations Odoo knows
  the quantity forecast, the addon the day each line can be promised for; of confirmed
  lines, Odoo's forecast of each against the whole queue served anew.
- **Backorder run**: 10 products with 30 receipts each and four segments; nothing is
  read twice, and the lines of the result are written, too.
- **HTTP API**: programs with a key each, as many as the server has processes, send one
  request after the other without a pause. An order has 5 lines, of 50 products; 20
  orders wait when stock for them has arrived.
"""
