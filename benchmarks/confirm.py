"""Confirming orders of 1, 10 and 100 lines, enough in stock."""

import time

from side import Side, create_database

import data
from report import Row, median

#: The greatest ratio to plain Odoo, by number of lines.
BARS = {1: 1.10, 10: 1.10, 100: 1.05}


def load(env, lines, count):
    data.set_up(env)
    products = data.create_products(env, lines)
    data.put_stock(env, products, 10 * count)
    return data.create_orders(env, products, count).ids


def confirm(env, order_id):
    """Confirm and commit; return the seconds and the number of statements."""
    order = env["sale.order"].browse(order_id)
    statements = env.cr.sql_log_count
    start = time.perf_counter()
    order.action_confirm()
    env.cr.commit()
    return time.perf_counter() - start, env.cr.sql_log_count - statements


def measure(quick):
    rounds, warm_up = (10, 2) if quick else (40, 5)
    with (
        Side(create_database("plain")) as plain,
        Side(create_database("addon")) as addon,
    ):
        return [measure_size(plain, addon, lines, rounds, warm_up) for lines in BARS]


def measure_size(plain, addon, lines, rounds, warm_up):
    sides = {side: side.call("confirm.load", lines, rounds) for side in (plain, addon)}
    results = {side: [] for side in sides}
    # alternating, so that other load on the machine slows both
    for index in range(rounds):
        for side, order_ids in sides.items():
            results[side].append(side.call("confirm.confirm", order_ids[index]))
    before, after = (
        [median(column) for column in zip(*results[side][warm_up:], strict=True)]
        for side in (plain, addon)
    )
    ratio = after[0] / before[0]
    return Row(
        f"Confirming an order of {lines} {'lines' if lines > 1 else 'line'}",
        *(
            f"{1000 * seconds:.0f} ms, {count:.0f} statements"
            for seconds, count in (before, after)
        ),
        f"{ratio:.2f} of plain",
        f"at most {BARS[lines]:.2f}",
        ratio <= BARS[lines],
    )
