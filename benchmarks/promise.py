"""Dates for 1,000 order lines: quotations, and confirmed backordered lines."""

import contextlib
import time
from datetime import timedelta

from side import Side, create_database

from odoo import fields

import data
from report import Row, median

BAR = 2
PRODUCTS = 200
LINES = 10  # of each order
BATCH = 20


def load(env, count):
    """``count`` lines of quotations and as many confirmed ones, all backordered.

    Each product has receipts in 5, 10 and 15 days that cover all of them.
    """
    data.set_up(env)
    products = data.create_products(env, PRODUCTS, allow_backorder="yes")
    create_receipts(env, products, count // PRODUCTS)
    for start in range(0, PRODUCTS, LINES):
        own = products[start : start + LINES]
        orders = count // PRODUCTS
        data.create_orders(env, own, orders).action_confirm()
        data.create_orders(env, own, orders)
        env.cr.commit()
        env.invalidate_all()
    env.cr.execute("ANALYZE")


def create_receipts(env, products, quantity):
    picking_type = data.get_warehouse(env).in_type_id
    moves = env["stock.move"].create(
        [
            {
                "product_id": product.id,
                "product_uom_qty": quantity,
                "picking_type_id": picking_type.id,
                "location_id": picking_type.default_location_src_id.id,
                "location_dest_id": picking_type.default_location_dest_id.id,
                "date": fields.Datetime.now() + timedelta(days=days),
            }
            for product in products
            for days in (5, 10, 15)
        ]
    )
    moves._action_confirm(merge=False)


def search_lines(env, *states):
    return env["sale.order.line"].search(
        [("state", "in", states), ("product_id.is_storable", "=", True)]
    )


def clock(function):
    start = time.perf_counter()
    found = function()
    taken = time.perf_counter() - start
    assert all(found), "a line has no date"
    return taken


def quote_plain(env):
    """What Odoo shows on a quotation: the forecast at the date, but no date."""
    lines = search_lines(env, "draft")
    return clock(lambda: [line.scheduled_date for line in lines])


def quote_addon(env):
    lines = search_lines(env, "draft")
    return clock(lambda: lines.mapped("expected_promise_date"))


def backordered_plain(env):
    lines = search_lines(env, "sale")
    return clock(lambda: [line.forecast_expected_date for line in lines])


def backordered_addon(env):
    """The effects of a change of supply: the whole queue is allocated again."""
    lines = search_lines(env, "sale")
    sources = {(line.product_id, line.warehouse_id): "benchmark" for line in lines}

    def check():
        lines._recheck_promises(sources)
        return lines.mapped("promised_date")

    return clock(check)


READERS = {
    "quote": ("promise.quote_plain", "promise.quote_addon"),
    "backordered": ("promise.backordered_plain", "promise.backordered_addon"),
}


def measure(quick):
    count, rounds = (400, 3) if quick else (1_000, 5)
    times = {}
    with contextlib.ExitStack() as stack:
        sides = [
            stack.enter_context(Side(create_database(k))) for k in ("plain", "addon")
        ]
        for side in sides:
            side.call("promise.load", count)
        for _ in range(rounds + 1):
            for functions in READERS.values():
                for side, function in zip(sides, functions, strict=True):
                    times.setdefault(function, []).append(side.call(function))
    medians = {name: median(values[1:]) for name, values in times.items()}
    titles = {
        "quote": f"Dates for {count:,} lines of quotations",
        "backordered": f"Dates for {count:,} confirmed backordered lines",
    }
    # no comparison: Odoo has quantities on a quotation, but no dates
    bars = {"quote": None, "backordered": BAR}
    return [
        report_pair(titles[name], bars[name], *(medians[each] for each in functions))
        for name, functions in READERS.items()
    ]


def report_pair(title, bar, plain, addon):
    ratio = plain / addon
    return Row(
        title,
        f"{plain:.2f} s",
        f"{addon:.2f} s",
        f"{ratio:.1f} times as fast",
        f"at least {bar}" if bar else "",
        ratio >= bar if bar else None,
    )
