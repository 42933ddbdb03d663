"""What all actors have in common: a way in, a memory, and a draw of their own."""

import random
import threading
import time

from client import Client
from history import FAIL, OK, UNKNOWN

RETRY_SECONDS = 0.5
# How often a program repeats a request whose answer was lost.
MAX_ATTEMPTS = 120
WARM_UP_CALLS = 3


class Place:
    """What the actors know of the company: ids by reference, read once by SQL."""

    def __init__(self, cluster, database):
        self._query = lambda sql: cluster.query(database, sql)
        self.products = dict(
            self._query(
                "SELECT default_code, id FROM product_product"
                " WHERE default_code ~ '^[A-Z]+-[0-9]+$'"
            )
        )
        self.customers = [
            id_
            for (id_,) in self._query(
                "SELECT id FROM res_partner WHERE ref LIKE 'SOAK-%' ORDER BY id"
            )
        ]
        self.warehouses = {
            code: {
                "id": id_,
                "stock": stock,
                "in": in_,
                "int": int_,
                "company": company,
            }
            for code, id_, stock, in_, int_, company in self._query(
                "SELECT code, id, lot_stock_id, in_type_id, int_type_id, company_id"
                " FROM stock_warehouse ORDER BY id"
            )
        }
        self.codes = list(self.warehouses)
        self.suppliers = self._query(
            "SELECT id FROM stock_location WHERE usage = 'supplier' ORDER BY id LIMIT 1"
        )[0][0]
        self.keys = dict(
            self._query(
                "SELECT replace(key, 'soak.key.', ''), value FROM ir_config_parameter"
                " WHERE key LIKE 'soak.key.%'"
            )
        )

    def get_products(self, kind):
        """Return the ids of the products of a kind, ``HOT`` for HOT-0, HOT-1 ..."""
        return [id_ for code, id_ in self.products.items() if code.startswith(kind)]


class Actor(threading.Thread):
    """One person or program, who does one thing after the other until told to stop.

    :param role: a row of the mix: its login, its steps with their weights
    """

    def __init__(self, role, number, stage):
        super().__init__(name=f"{role.name}{number}", daemon=True)
        self.role = role
        self.number = number
        self.stage = stage
        self.place = stage.place
        self.history = stage.history
        self.random = random.Random(f"{stage.seed}/{self.name}")
        self.login = role.logins[number % len(role.logins)]
        key = stage.place.keys.get(self.login)
        self.client = Client(stage.url, stage.database, self.login, key)
        self.memory = []
        self._count = 0

    def warm_up(self):
        """Log in, and let the server read what it keeps in memory."""
        for _ in range(WARM_UP_CALLS):
            self.client.read("res.users", [], ["name"], limit=1)

    def run(self):
        names, weights = zip(*self.role.steps.items(), strict=True)
        while not self.stage.is_over.is_set():
            name = self.random.choices(names, weights)[0]
            if name in self.stage.left_out:
                continue
            try:
                getattr(self, name)()
            except Exception as error:  # noqa: BLE001  # a fault of the soak itself
                self.history.note(
                    "stumbled", actor=self.name, step=name, error=repr(error)
                )
            self.stage.is_over.wait(self.random.uniform(0, self.role.pause))

    def make_token(self):
        """Return a text by which a new record is found again."""
        self._count += 1
        return f"{self.name}-{self._count}"

    def make(self, name, effects, send, repeat=False, **values):
        """Send one call and note it with its answer, which is returned.

        :param repeat: whether it may be sent again until its answer is known
        """
        number = self.history.begin(self.name, name, effects, **values)
        answer = send()
        for _ in range(MAX_ATTEMPTS if repeat else 0):
            if answer.outcome != UNKNOWN and answer.status not in (409, 429, 503):
                break
            time.sleep(RETRY_SECONDS)
            answer = send()
        self.history.end(
            number, answer.outcome, error=answer.error[:300], status=answer.status
        )
        if answer:
            self.stage.progress.release()
        elif answer.outcome == UNKNOWN:
            time.sleep(RETRY_SECONDS)
        return answer

    def call(self, name, effects, model, method, *args, **kwargs):
        return self.make(
            name, effects, lambda: self.client.call(model, method, *args, **kwargs)
        )

    def choose(self, *kinds):
        """Return one of the products of these kinds."""
        products = [id_ for kind in kinds for id_ in self.place.get_products(kind)]
        return self.random.choice(products)

    def get_warehouse(self):
        """Return the warehouse of this actor's company; mostly the first one."""
        if self.login in ("sister0", "clerk9"):
            return self.place.warehouses["OWN"]
        near = self.place.warehouses[self.place.codes[0]]
        return near if self.random.random() < 0.7 else self.place.warehouses["FAR"]


def new(table, field, value):
    """A row that is made with this value."""
    return {"table": table, "field": field, "value": value}


def becomes(table, id_, field, value):
    """A row that gets this value."""
    return {"table": table, "id": id_, "field": field, "value": value}


__all__ = ["Actor", "Place", "becomes", "new", "FAIL", "OK", "UNKNOWN"]
