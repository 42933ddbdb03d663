"""Clients that confirm orders of one product at once, over HTTP."""

import contextlib
import itertools
import queue
import sys
import time
from dataclasses import dataclass, field
from functools import partial

from side import ROOT, Side, create_database

import data
from report import Row, median, percentile

sys.path.append(str(ROOT / "tests"))
from http_server import Client, OdooServer, RemoteError, run_at_once  # noqa: E402

CLIENTS = 8
LAST_UNITS = 5
WARM_UP = 12  # orders of each client
BAR_RATE = 2.0
BAR_WORKERS = 1.7
BAR_P99 = 1.5
REFUSAL = "OrderValidationError"
RESERVE_SECONDS = 60
SERVER_RETRY = "tries left, try again"


def load(env, stocks, count):
    """Users, and ``count`` orders of one product for each number of ``stocks``.

    Before them orders to warm up with, of a product for each client.
    """
    data.set_up(env)
    logins = data.create_users(env, CLIENTS)
    warm_up = [load_orders(env, WARM_UP, WARM_UP) for _ in range(CLIENTS)]
    rounds = [load_orders(env, stock, count) for stock in stocks]
    env.cr.execute("ANALYZE")
    # one after the other, without concurrency
    return logins, list(itertools.chain(*zip(*warm_up, strict=True))), rounds


def load_orders(env, stock, count):
    product = data.create_products(env, 1)
    data.put_stock(env, product, stock)
    return data.create_orders(env, product, count).ids


@dataclass
class Rush:
    """The duration of each order, the total, and the errors."""

    seconds: float
    #: Until everything that was confirmed is reserved as well.
    reserved_seconds: float = 0.0
    times: list = field(default_factory=list)
    errors: list = field(default_factory=list)

    @property
    def confirmed(self):
        return len(self.times) - len(self.errors)

    @property
    def rate(self):
        return self.confirmed / self.seconds

    @property
    def reserved_rate(self):
        return self.confirmed / self.reserved_seconds


@contextlib.contextmanager
def open_shop(kind, stocks, count, workers=CLIENTS):
    """Start a server with clients that are logged in and warmed up."""
    database = create_database(kind)
    with Side(database) as side:
        logins, warm_up, rounds = side.call("rush.load", stocks, count)
    with OdooServer(database, workers, ["--max-cron-threads=1"]) as server:
        clients = [Client(server, login, login).warm_up() for login in logins]
        shop = Shop(server, clients, rounds)
        for error in shop.confirm(warm_up).errors:
            raise error
        server.take_log()
        yield shop


@dataclass
class Shop:
    """A server, its clients, and the orders of each round."""

    server: OdooServer
    clients: list
    rounds: list

    def confirm(self, order_ids):
        """Confirm the orders as fast as possible, each client one at a time."""
        orders = queue.SimpleQueue()
        for order_id in order_ids:
            orders.put(order_id)
        rush = Rush(0)
        start = time.perf_counter()
        run_at_once(
            [partial(confirm_next, client, orders, rush) for client in self.clients]
        )
        rush.seconds = time.perf_counter() - start
        return rush

    def wait_until_reserved(self, order_ids):
        """The addon reserves contested stock in a scheduled action."""
        missing = [
            ("sale_line_id.order_id", "in", order_ids),
            ("state", "=", "confirmed"),
        ]
        for _attempt in range(RESERVE_SECONDS * 20):
            if not self.clients[0].call("stock.move", "search_count", missing):
                return
            time.sleep(0.05)
        raise RuntimeError("The confirmed orders were not reserved.")

    def run_round(self, number, is_reserved=True):
        """Return the rush and the number of requests retried by the server.

        :param is_reserved: whether there is stock for all orders
        """
        rush = self.confirm(self.rounds[number])
        if is_reserved:
            start = time.perf_counter()
            self.wait_until_reserved(self.rounds[number])
            rush.reserved_seconds = rush.seconds + time.perf_counter() - start
        return rush, self.server.take_log().count(SERVER_RETRY)


def confirm_next(client, orders, rush):
    """Confirm orders until none is left."""
    with contextlib.suppress(queue.Empty):
        while True:
            order_id = orders.get_nowait()
            start = time.perf_counter()
            try:
                client.press("sale.order", "action_confirm", order_id)
            except RemoteError as error:
                rush.errors.append(error)
            rush.times.append(time.perf_counter() - start)


def measure(quick):
    count, rounds = (48, 1) if quick else (96, 3)
    stocks = [count] * rounds + [LAST_UNITS]
    results = {"plain": [], "addon": []}
    with contextlib.ExitStack() as stack:
        shops = {
            kind: stack.enter_context(open_shop(kind, stocks, count))
            for kind in results
        }
        # alternating, so that other load on the machine slows both
        for number in range(len(stocks)):
            for kind, shop in shops.items():
                results[kind].append(shop.run_round(number, number < rounds))
    return [
        *report_rates(count, *(results[kind][:rounds] for kind in results)),
        report_last_units(count, *(results[kind][rounds][0] for kind in results)),
        report_workers(count, measure_workers(count)),
    ]


def measure_workers(count):
    """Return ``{number of workers: rate}`` with the addon."""
    rates = {}
    for workers in (1, 4):
        with open_shop("addon", [count], count, workers) as shop:
            rates[workers] = shop.run_round(0)[0].rate
    return rates


def report_workers(count, rates):
    ratio = rates[4] / rates[1]
    return Row(
        f"The same {count} orders with 1 and 4 server processes",
        "",
        f"{rates[1]:.1f}, {rates[4]:.1f} orders/s",
        f"{ratio:.1f} times the rate",
        f"at least {BAR_WORKERS}",
        ratio >= BAR_WORKERS,
    )


def report_rates(count, plain, addon):
    """The rows about stock for all, from ``(rush, retries)`` of each round."""
    rates = [median(rush.rate for rush, _again in side) for side in (plain, addon)]
    errors = [sum(len(rush.errors) for rush, _again in side) for side in (plain, addon)]
    again = [sum(again for _rush, again in side) for side in (plain, addon)]
    times = [sum((rush.times for rush, _again in side), []) for side in (plain, addon)]
    p99 = percentile(times[1], 0.99)
    return [
        Row(
            f"Rush: {CLIENTS} clients confirm {count} orders of one product",
            *(f"{rate:.1f} orders/s" for rate in rates),
            f"{rates[1] / rates[0]:.1f} times the rate",
            f"at least {BAR_RATE}",
            rates[1] / rates[0] >= BAR_RATE,
        ),
        Row(
            "The same, seconds for an order: median, 99%",
            *(f"{median(t):.2f}, {percentile(t, 0.99):.2f} s" for t in times),
            "",
            f"99% under {BAR_P99} s",
            p99 < BAR_P99,
        ),
        report_reserved(*([rush for rush, _again in side] for side in (plain, addon))),
        Row(
            "The same, errors; requests retried by Odoo",
            *map("{}; {}".format, errors, again),
            "",
            "no error",
            not errors[1],
        ),
    ]


def report_reserved(plain, addon):
    rates = [median(rush.reserved_rate for rush in side) for side in (plain, addon)]
    return Row(
        "The same, until all of them are reserved",
        *(f"{rate:.1f} orders/s" for rate in rates),
        f"{rates[1] / rates[0]:.1f} times the rate",
    )


def report_last_units(count, plain, addon):
    is_notified = all(error.name.endswith(REFUSAL) for error in addon.errors)
    return Row(
        f"Rush of {count} orders for the last {LAST_UNITS} units",
        f"{plain.confirmed} confirmed",
        f"{addon.confirmed} confirmed",
        "others refused with reason"
        if is_notified
        else "others refused without reason",
        f"exactly {LAST_UNITS}",
        is_notified and addon.confirmed == LAST_UNITS,
    )
