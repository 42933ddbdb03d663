"""A crowd that wants the last units of one product, all at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

from actors import Actor, becomes, new
from client import Client

PEOPLE = 4


class Crowd(Actor):
    """Makes a product, a few pieces of it, and more orders than there are pieces.

    In its warehouse stock is reserved by hand. Elsewhere two orders that reserve the
    last piece meet at its row by chance; here only the promise keeps them apart.
    """

    def __init__(self, *args):
        super().__init__(*args)
        self.people = [
            Client(self.stage.url, self.stage.database, login, None)
            for login in ("sales0", "sales1", "sales2", "sales3")
        ]

    def warm_up(self):
        super().warm_up()
        values = {"name": "Crowd", "code": "CROWD"}
        made = self.client.call("stock.warehouse", "create", [values])
        [self.warehouse] = self.client.read(
            "stock.warehouse",
            [("id", "in", made.value)],
            ["lot_stock_id", "out_type_id"],
        )
        type_id, by_hand = self.warehouse["out_type_id"][0], "manual"
        values = {"reservation_method": by_hand}
        self.client.call("stock.picking.type", "write", [type_id], values)
        with ThreadPoolExecutor(PEOPLE) as threads:
            list(
                threads.map(
                    lambda person: person.read("res.users", [], []), self.people
                )
            )

    def rush(self):
        """All confirm at once; there is enough for half of them."""
        orders = self.make_orders(self.make_product(PEOPLE // 2))
        self.do_at_once(
            [
                partial(self.confirm, *pair)
                for pair in zip(self.people, orders, strict=False)
            ]
        )

    def grow(self):
        """All order one more at once; there is one left."""
        orders = self.make_orders(self.make_product(PEOPLE + 1))
        if not orders:
            return
        effects = [becomes("sale_order", order, "state", "sale") for order in orders]
        confirmed = self.call(
            "confirm many", effects, "sale.order", "action_confirm", orders
        )
        domain = [("order_id", "in", orders)]
        lines = confirmed and self.client.read("sale.order.line", domain, ["id"])
        self.do_at_once(
            [
                partial(self.order_more, person, line["id"])
                for person, line in zip(self.people, lines or [], strict=False)
            ]
        )

    def confirm(self, person, order):
        effects = [becomes("sale_order", order, "state", "sale")]
        self.make(
            "rush",
            effects,
            lambda: person.call("sale.order", "action_confirm", [order]),
        )

    def order_more(self, person, line):
        effects = [becomes("sale_order_line", line, "product_uom_qty", 2)]
        values = {"product_uom_qty": 2}
        self.make(
            "grow",
            effects,
            lambda: person.call("sale.order.line", "write", [line], values),
        )

    def do_at_once(self, calls):
        with ThreadPoolExecutor(PEOPLE) as threads:
            list(threads.map(lambda call: call(), calls))

    def make_product(self, quantity):
        """Return a new product of which there are so many pieces, or None."""
        token = self.make_token()
        values = {"name": token, "default_code": f"RUSH-{token}", "is_storable": True}
        product = self.call("make product", [], "product.product", "create", [values])
        if not product:
            return None
        values = {
            "product_id": product.value[0],
            "location_id": self.warehouse["lot_stock_id"][0],
            "inventory_quantity": quantity,
        }
        mode = {"context": {"inventory_mode": True}}
        quant = self.call("make stock", [], "stock.quant", "create", [values], **mode)
        if not quant:
            return None
        self.call("apply", [], "stock.quant", "action_apply_inventory", quant.value)
        return product.value[0]

    def make_orders(self, product):
        """Return quotations of one piece each."""
        if not product:
            return []
        tokens = [self.make_token() for _ in self.people]
        line = {"product_id": product, "product_uom_qty": 1}
        values = [
            {
                "partner_id": self.random.choice(self.place.customers),
                "client_order_ref": token,
                "warehouse_id": self.warehouse["id"],
                "order_line": [(0, 0, line)],
            }
            for token in tokens
        ]
        effects = [new("sale_order", "client_order_ref", token) for token in tokens]
        answer = self.call("create orders", effects, "sale.order", "create", values)
        return answer.value if answer else []
