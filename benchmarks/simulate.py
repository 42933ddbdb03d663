"""The simulation of a backorder run over thousands of lines."""

import time
from datetime import timedelta

from side import Side, create_database

from odoo import fields
from odoo.fields import Command

import data
from report import Row, median

BAR_SECONDS = 60
BAR_GROWTH = 1.3  # time per line of the largest run against the smallest
SIZES = (2_500, 5_000, 10_000)
PRODUCTS = 10


def load(env, count):
    """``count`` backordered lines of PRODUCTS products.

    One order of each product is made by Odoo, the others are copied from it.
    """
    data.set_up(env)
    products = data.create_products(env, PRODUCTS, allow_backorder="yes")
    data.put_stock(env, products, count // PRODUCTS // 4)
    for product in products:
        order = data.create_orders(env, product, 1)
        order.action_confirm()
        order.order_line.move_ids._do_unreserve()
        create_receipts(env, product, count // PRODUCTS)
        env.flush_all()
        copy_order(env, order, count // PRODUCTS - 1)
    env.cr.commit()
    env.cr.execute("ANALYZE")
    return products.ids


def create_receipts(env, product, quantity):
    picking_type = data.get_warehouse(env).in_type_id
    env["stock.move"].create(
        [
            {
                "product_id": product.id,
                "product_uom_qty": quantity / 40,
                "picking_type_id": picking_type.id,
                "location_id": picking_type.default_location_src_id.id,
                "location_dest_id": picking_type.default_location_dest_id.id,
                "date": fields.Datetime.now() + timedelta(days=days),
            }
            for days in range(1, 31)
        ]
    )._action_confirm(merge=False)


def copy_order(env, order, count):
    line = order.order_line
    rows = "SELECT unnest(%s) AS parent_id"
    order_ids = data.copy_rows(
        env, "sale_order", order.id, "SELECT generate_series(1, %s)", [count]
    )
    line_ids = data.copy_rows(
        env, "sale_order_line", line.id, rows, [order_ids], order_id="parent_id"
    )
    data.copy_rows(
        env, "stock_move", line.move_ids.id, rows, [line_ids], sale_line_id="parent_id"
    )


def simulate(env, product_ids):
    """Simulate, roll back, and return how long it took and how many lines it had."""
    run = env["backorder.run"].create(
        {
            "product_ids": product_ids,
            "segment_ids": [
                Command.create({"name": "Even", "domain": domain, "strategy": strategy})
                for domain, strategy in (
                    ("[('order_id.backorder_priority', '=', 'urgent')]", "win"),
                    (f"[('product_id', 'in', {product_ids[:3]})]", "gain"),
                    (f"[('product_id', 'in', {product_ids[:6]})]", "improve"),
                    ("[]", "redistribute"),
                )
            ],
        }
    )
    start = time.perf_counter()
    run.action_simulate()
    env.flush_all()
    taken = time.perf_counter() - start
    count = len(run.line_ids)
    env.cr.rollback()
    return taken, count


def measure(quick):
    sizes, rounds = (SIZES[:2], 1) if quick else (SIZES, 3)
    times = {}
    with Side(create_database("addon")) as side:
        for size in sizes:
            product_ids = side.call("simulate.load", size)
            found = [
                side.call("simulate.simulate", product_ids) for _ in range(rounds + 1)
            ][1:]
            assert all(count == size for _taken, count in found)
            times[size] = median([taken for taken, _count in found])
    return [report_largest(times), report_growth(times)]


def report_largest(times):
    size = max(times)
    return Row(
        f"Backorder run of {size:,} backordered lines, simulated",
        "",
        f"{times[size]:.1f} s",
        "",
        f"under {BAR_SECONDS} s",
        times[size] < BAR_SECONDS,
    )


def report_growth(times):
    each = {size: 1000 * taken / size for size, taken in times.items()}
    growth = each[max(each)] / each[min(each)]
    sizes = ", ".join(f"{size:,}" for size in each)
    return Row(
        f"The same for {sizes} lines, per line",
        "",
        ", ".join(f"{value:.2f}" for value in each.values()) + " ms",
        f"{growth:.2f} from first to last",
        f"n log n: at most {BAR_GROWTH}",
        growth <= BAR_GROWTH,
    )
