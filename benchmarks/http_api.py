"""The HTTP API under load: the duration of its slowest responses."""

import itertools
import json
import sys
import time
import urllib.request
from functools import partial

from side import ROOT, Side, create_database

import data
from report import Row, median, percentile

sys.path.append(str(ROOT / "tests"))
from http_server import OdooServer, run_at_once  # noqa: E402

CLIENTS = 2  # and server processes: as many as the machine has cores
PRODUCTS = 50
LINES = 5
BATCH = 20
WARM_UP = 5  # requests of each client
#: Limits in seconds for 95 % of the responses.
BARS = {"order": 0.5, "view": 0.3, "fulfilment": 1.0, "pass": 2.0}
TITLES = {
    "order": "HTTP API: an order of 5 lines, created and confirmed",
    "view": "The same: availability of a product",
    "fulfilment": "The same: a backordered order, allocated",
    "pass": f"The same: {BATCH} backordered orders, allocated",
}


def load(env, count):
    """Products, keys, and backordered orders whose stock has arrived."""
    data.set_up(env)
    products = data.create_products(env, PRODUCTS)
    data.put_stock(env, products, 100 * count)
    singles = load_backordered(env, CLIENTS * count)
    batches = [
        load_backordered(env, BATCH) for _ in range(CLIENTS * count // BATCH + 2)
    ]
    env.cr.execute("ANALYZE")
    return {
        "products": products.ids,
        "customer": env["res.partner"].create({"name": "Customer"}).id,
        "singles": singles,
        "batches": batches,
        "keys": [create_key(env) for _ in range(CLIENTS)],
    }


def load_backordered(env, count):
    """Backordered orders of one product, whose stock has arrived."""
    product = data.create_products(env, 1, allow_backorder="yes")
    orders = data.create_orders(env, product, count)
    orders.action_confirm()
    data.put_stock(env, product, count)
    env.cr.flush()
    env["backorder.retry"].sudo().search([]).unlink()  # so that no retry allocates it
    return orders.ids


def create_key(env):
    # as many requests as it can send
    parameters = env["ir.config_parameter"].sudo()
    parameters.set_param("backorder_atp_fastapi.requests_per_minute", 100_000)
    keys = env["res.users.apikeys"].with_user(env.ref("base.user_admin")).sudo()
    return keys._generate("backorder_atp", "Benchmark", False)


def request(server, key, path, body=None):
    """Send a request; return how long the response took."""
    start = time.perf_counter()
    answer = urllib.request.urlopen(
        urllib.request.Request(
            f"{server.url}/api/v2{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "X-Api-Key": key,
                "Content-Type": "application/json",
                "Idempotency-Key": f"{key[:8]}-{start}",
            },
        )
    )
    answer.read()
    return time.perf_counter() - start


def prepare_order(loaded, number):
    """Return an order of products that no other client orders at the same time."""
    turn, client = divmod(number, CLIENTS)
    start = (turn + client * PRODUCTS // CLIENTS) % PRODUCTS
    ids = itertools.islice(itertools.cycle(loaded["products"]), start, start + LINES)
    lines = [{"productId": id_, "quantity": 1} for id_ in ids]
    return {"customerId": loaded["customer"], "lines": lines}


def get_requests(loaded, count):
    """Return ``{what is measured: [(path, body)] of all clients}``."""
    numbers = range(CLIENTS * count)
    products = itertools.cycle(loaded["products"])
    return {
        "order": [("/orders", prepare_order(loaded, n)) for n in numbers],
        "view": [(f"/inventory/{next(products)}/availability", None) for _n in numbers],
        "fulfilment": [(f"/orders/{id_}/allocate", {}) for id_ in loaded["singles"]],
        "pass": [
            ("/orders/allocate-batch", {"orderIds": ids}) for ids in loaded["batches"]
        ],
    }


def send_all(server, key, requests):
    return [request(server, key, path, body) for path, body in requests]


def measure_one(server, keys, requests):
    """Return how long each response took, the requests shared among the clients."""
    shares = [requests[index :: len(keys)] for index in range(len(keys))]
    results = run_at_once(
        [
            partial(send_all, server, key, share)
            for key, share in zip(keys, shares, strict=True)
        ]
    )
    return [seconds for times in results for seconds in times]


def warm_up(server, loaded):
    """Send every kind of request to every process."""
    for _round in range(WARM_UP):
        measure_one(
            server,
            loaded["keys"],
            [(f"/inventory/{id_}/availability", None) for id_ in loaded["products"][:4]]
            + [("/orders", prepare_order(loaded, n)) for n in range(4)]
            + [("/orders/backorders", None)] * 4,
        )


def measure(quick):
    count = 20 if quick else 100
    database = create_database("api")
    with Side(database) as side:
        loaded = side.call("http_api.load", count)
    with OdooServer(database, workers=CLIENTS) as server:
        warm_up(server, loaded)
        times = {
            name: measure_one(server, loaded["keys"], requests)
            for name, requests in get_requests(loaded, count).items()
        }
    return [prepare_row(name, values) for name, values in times.items()]


def prepare_row(name, times):
    slow = percentile(times, 0.95)
    return Row(
        TITLES[name],
        "",
        f"{1000 * median(times):.0f} ms, 95% under {1000 * slow:.0f} ms",
        "",
        f"95% under {1000 * BARS[name]:.0f} ms",
        slow <= BARS[name],
    )
