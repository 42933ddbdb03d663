"""A receipt that triggers the allocation of many orders of one product."""

import time

from side import Side, copy_database, create_database, drop_database

import data
from report import Row, median

BAR_RECEIPT = 1 / 5
BAR_ALLOCATED = 0.8
BAR_GROWTH = 1.2  # time per order of the largest run against the smallest
BATCH = 100
WARM_UP = 30


def load(env, count):
    """``count`` confirmed orders without stock, and a receipt that covers them.

    Before it a small one of another product, to warm up the process.
    """
    data.set_up(env)
    receipt_ids = [load_product(env, number) for number in (WARM_UP, count)]
    env.cr.execute("ANALYZE")
    return receipt_ids


def load_product(env, count):
    product = data.create_products(env, 1, allow_backorder="yes")
    for start in range(0, count, BATCH):
        orders = data.create_orders(env, product, min(BATCH, count - start))
        orders.action_confirm()
        env.cr.commit()
        env.invalidate_all()
    return create_receipt(env, product, count).id


def create_receipt(env, product, count):
    warehouse = data.get_warehouse(env)
    receipt = env["stock.picking"].create(
        {
            "picking_type_id": warehouse.in_type_id.id,
            "location_id": warehouse.in_type_id.default_location_src_id.id,
            "location_dest_id": warehouse.lot_stock_id.id,
            "move_ids": [
                (0, 0, {
                    "product_id": product.id,
                    "product_uom_qty": count,
                    "location_id": warehouse.in_type_id.default_location_src_id.id,
                    "location_dest_id": warehouse.lot_stock_id.id,
                })
            ],
        }
    )  # fmt: skip
    receipt.action_confirm()
    receipt.move_ids.write({"quantity": count, "picked": True})
    return receipt


def receive(env, receipt_id):
    """Validate the receipt and commit; return how long it took."""
    receipt = env["stock.picking"].browse(receipt_id)
    start = time.perf_counter()
    receipt.button_validate()
    env.cr.commit()
    return time.perf_counter() - start


def allocate(env):
    """Process the retry queue like the scheduled action."""
    start = time.perf_counter()
    while env["backorder.retry"].search_count([]):
        env["backorder.retry"].with_user(1).sudo()._cron_process()
    env.cr.commit()
    return time.perf_counter() - start


def count_unreserved(env):
    return env["stock.move"].search_count(
        [
            ("picking_code", "=", "outgoing"),
            ("state", "in", ("confirmed", "partially_available")),
        ]
    )


def run_once(kind, template, receipt_ids):
    """Receipt and allocation, timed on a copy of ``template`` after a warm-up."""
    with Side(copy_database(template, f"{template}_run")) as side:
        for receipt_id in receipt_ids:
            times = [side.call("receipt.receive", receipt_id)]
            if kind == "addon":
                times.append(side.call("receipt.allocate"))
        unreserved = side.call("receipt.count_unreserved")
    if unreserved:
        raise RuntimeError(f"{unreserved} moves are still not reserved in {template}")
    return times


def measure_side(kind, count, rounds):
    """The medians of ``rounds`` runs."""
    database = create_database(kind)
    with Side(database) as side:
        receipt_ids = side.call("receipt.load", count)
    runs = [run_once(kind, database, receipt_ids) for _ in range(rounds)]
    drop_database(f"{database}_run")
    return [median(times) for times in zip(*runs, strict=True)]


def measure(quick):
    sizes, rounds = ([100, 200, 400], 1) if quick else ([500, 1_000, 2_000], 3)
    count = sizes[1]
    [plain] = measure_side("plain", count, rounds)
    addon = {size: measure_side("addon", size, rounds) for size in sizes}
    received, allocated = addon[count]
    per_order = {size: 1000 * sum(times) / size for size, times in addon.items()}
    growth = per_order[sizes[-1]] / per_order[sizes[0]]
    counts = ", ".join(f"{size:,}" for size in sizes)
    return [
        Row(
            f"Receipt that {count:,} orders need, as its receiver sees it",
            f"{plain:.2f} s",
            f"{received:.2f} s",
            f"{received / plain:.2f} of plain",
            f"under {BAR_RECEIPT}",
            received / plain < BAR_RECEIPT,
        ),
        Row(
            f"The same, until all {count:,} orders are allocated",
            f"{plain:.2f} s",
            f"{received + allocated:.2f} s",
            f"{(received + allocated) / plain:.2f} of plain",
            f"at most {BAR_ALLOCATED}",
            received + allocated <= BAR_ALLOCATED * plain,
        ),
        Row(
            f"The same for {counts} orders, per order",
            "",
            ", ".join(f"{ms:.1f}" for ms in per_order.values()) + " ms",
            f"{growth:.2f} from first to last",
            f"linear: at most {BAR_GROWTH}",
            growth <= BAR_GROWTH,
        ),
    ]
