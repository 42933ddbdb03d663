"""Confirming a 10-line order, enough in stock."""

import time

from side import Side, create_database

import data
from report import Row, median

LINES = 10
BAR = 1.15


def load(env, count):
    data.set_up(env)
    products = data.create_products(env, LINES)
    data.put_stock(env, products, 10 * count)
    return data.create_orders(env, products, count).ids


def confirm(env, order_id):
    """Confirm and commit; return how long it took."""
    order = env["sale.order"].browse(order_id)
    start = time.perf_counter()
    order.action_confirm()
    env.cr.commit()
    return time.perf_counter() - start


def measure(quick):
    rounds, warm_up = (10, 2) if quick else (30, 5)
    with (
        Side(create_database("plain")) as plain,
        Side(create_database("addon")) as addon,
    ):
        sides = {side: side.call("confirm.load", rounds) for side in (plain, addon)}
        times = {side: [] for side in sides}
        # alternating, so that other load on the machine slows both
        for index in range(rounds):
            for side, order_ids in sides.items():
                times[side].append(side.call("confirm.confirm", order_ids[index]))
    before, after = (median(times[side][warm_up:]) for side in (plain, addon))
    return [
        Row(
            f"Confirming an order of {LINES} lines",
            f"{1000 * before:.0f} ms",
            f"{1000 * after:.0f} ms",
            f"{after / before:.2f} of plain",
            f"at most {BAR}",
            after / before <= BAR,
        )
    ]
