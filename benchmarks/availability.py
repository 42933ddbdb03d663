"""Availability of many products in three warehouses, among many open moves."""

import contextlib
import time

from side import Side, create_database

import data
from report import Row, median

BAR = 10
WAREHOUSES = 3
MOVES = 6  # of each product in each warehouse
ONES = 50  # products that are read one by one


def load(env, count):
    """``count`` products, with two quants and MOVES open moves in each warehouse."""
    data.set_up(env)
    env["stock.warehouse"].create(
        [{"name": f"Store {i}", "code": f"S{i}"} for i in range(WAREHOUSES - 1)]
    )
    product = data.create_products(env, 1)
    env.flush_all()
    template_ids = data.copy_rows(
        env, "product_template", product.product_tmpl_id.id,
        "SELECT generate_series(2, %s)", [count],
    )  # fmt: skip
    data.copy_rows(
        env, "product_product", product.id, "SELECT unnest(%s) AS template_id",
        [template_ids], product_tmpl_id="template_id",
    )  # fmt: skip
    for warehouse in env["stock.warehouse"].search([]):
        add_stock(env, product, warehouse)
        add_moves(env, product, warehouse)
    env.cr.execute("ANALYZE")


def add_stock(env, product, warehouse):
    shelves = env["stock.location"].create(
        [{"name": f"Shelf {i}", "location_id": warehouse.lot_stock_id.id} for i in "AB"]
    )
    for shelf in shelves:
        env["stock.quant"]._update_available_quantity(product, shelf, 100)
        quant = env["stock.quant"].search(
            [("product_id", "=", product.id), ("location_id", "=", shelf.id)]
        )
        env.flush_all()
        copy_to_all(env, "stock_quant", quant, product)


def add_moves(env, product, warehouse):
    """Two unreserved deliveries, two reserved ones, two receipts."""
    moves = env["stock.move"].create(
        [prepare_move(product, warehouse, "out_type_id") for _ in range(4)]
        + [prepare_move(product, warehouse, "in_type_id") for _ in range(2)]
    )
    moves._action_confirm(merge=False)
    moves[:2]._do_unreserve()
    env.flush_all()
    for move in moves:
        copy_to_all(env, "stock_move", move, product)


def prepare_move(product, warehouse, picking_type):
    picking_type = warehouse[picking_type]
    return {
        "product_id": product.id,
        "product_uom_qty": 3,
        "picking_type_id": picking_type.id,
        "location_id": picking_type.default_location_src_id.id,
        "location_dest_id": picking_type.default_location_dest_id.id,
    }


def copy_to_all(env, table, record, product):
    data.copy_rows(
        env, table, record.id,
        "SELECT id AS other_id FROM product_product WHERE id > %s", [product.id],
        product_id="other_id",
    )  # fmt: skip


def search_loaded(env):
    products = env["product.product"].search([("is_storable", "=", True)])
    return products, env["stock.warehouse"].search([])


def read_plain(env):
    products, warehouses = search_loaded(env)
    start = time.perf_counter()
    for warehouse in warehouses:
        products.with_context(warehouse_id=warehouse.id).mapped("free_qty")
    return time.perf_counter() - start


def read_addon(env, components=None):
    products, warehouses = search_loaded(env)
    start = time.perf_counter()
    env["stock.availability"].get_availability(
        products, warehouses, components=components
    )
    return time.perf_counter() - start


def read_atp(env):
    """The available to promise only, to compare with ``free_qty``."""
    return read_addon(env, ["atp"])


def read_plain_one(env):
    products, warehouses = search_loaded(env)
    return time_each(
        env,
        products[:ONES].with_context(warehouse_id=warehouses[0].id),
        lambda product: product.free_qty,
    )


def read_atp_one(env):
    products, warehouses = search_loaded(env)
    availability = env["stock.availability"]
    return time_each(
        env,
        products[:ONES],
        lambda product: availability.get_available_qty(product, warehouses[0]),
    )


def time_each(env, products, read):
    """Return how long reading one of ``products`` takes, without cached values."""
    start = time.perf_counter()
    for product in products:
        env.invalidate_all()
        read(product)
    return (time.perf_counter() - start) / len(products)


# name: (kind of database, what is called there)
READERS = {
    "plain": ("plain", "availability.read_plain"),
    "atp": ("addon", "availability.read_atp"),
    "all": ("addon", "availability.read_addon"),
    "plain_one": ("plain", "availability.read_plain_one"),
    "atp_one": ("addon", "availability.read_atp_one"),
}


def measure(quick):
    products, rounds = (2_000, 3) if quick else (10_000, 7)
    times = {name: [] for name in READERS}
    with contextlib.ExitStack() as stack:
        sides = {}
        for kind in ("plain", "addon"):
            side = sides[kind] = stack.enter_context(Side(create_database(kind)))
            side.call("availability.load", products)
        for _ in range(rounds + 1):
            for name, (kind, function) in READERS.items():
                times[name].append(sides[kind].call(function))
    medians = {name: median(values[1:]) for name, values in times.items()}
    size = f"{products:,} products, {WAREHOUSES} warehouses,"
    moves = f"{products * WAREHOUSES * MOVES:,} open moves"
    return [
        report_reader(
            f"Available to promise: {size} {moves}", medians["plain"], medians["atp"]
        ),
        report_reader(
            "The same, with every component", medians["plain"], medians["all"], None
        ),
        report_reader(
            "The same, of one product in one warehouse",
            medians["plain_one"],
            medians["atp_one"],
            None,
        ),
    ]


def report_reader(title, plain, addon, bar=BAR):
    ratio = plain / addon
    return Row(
        title,
        format_time(plain),
        format_time(addon),
        f"{ratio:.1f} times faster",
        f"at least {bar}" if bar else "",
        ratio >= bar if bar else None,
    )


def format_time(seconds):
    return f"{seconds:.2f} s" if seconds > 0.1 else f"{1000 * seconds:.1f} ms"
