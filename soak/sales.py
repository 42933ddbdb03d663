"""Salespeople: they confirm, change, cancel, split, and look."""

from actors import Actor, becomes, new

# How many are made in one call: what is tried here is to confirm them.
QUOTATIONS = 5


class Sales(Actor):
    """Keeps the orders it confirmed in its memory: nobody else changes those."""

    def __init__(self, *args):
        super().__init__(*args)
        self.quotations = []

    def order(self):
        """Confirm a quotation, of which there is always one at hand."""
        if not self.quotations:
            self.quotations = self.create_quotations()
        if self.quotations:
            order = self.quotations.pop()
            if self.confirm(order):
                self.memory.append(order)

    def create_quotations(self):
        tokens = [self.make_token() for _ in range(QUOTATIONS)]
        values = [self.prepare_order(token) for token in tokens]
        effects = [new("sale_order", "client_order_ref", token) for token in tokens]
        answer = self.call("create orders", effects, "sale.order", "create", values)
        return answer.value if answer else []

    def prepare_order(self, token):
        return {
            "partner_id": self.random.choice(self.place.customers),
            "client_order_ref": token,
            "warehouse_id": self.get_warehouse()["id"],
            "picking_policy": self.random.choice(["direct", "direct", "one"]),
            "order_line": [
                (0, 0, self.prepare_line()) for _ in range(self.draw_lines())
            ],
        }

    def draw_lines(self):
        return self.random.choice([1, 1, 1, 2])

    def prepare_line(self):
        kinds = self.random.choice(
            [["HOT"], ["HOT"], ["HOT"], ["COLD"], ["COLD"], ["LATER"], ["KIT", "DOZEN"]]
        )
        quantity = self.random.choice([1, 1, 1, 2, 3])
        return {"product_id": self.choose(*kinds), "product_uom_qty": quantity}

    def confirm(self, order):
        effects = [becomes("sale_order", order, "state", "sale")]
        if self.login == "sister0":  # there an order beyond stock needs approval
            effects = []
        return self.call("confirm", effects, "sale.order", "action_confirm", [order])

    def change(self):
        """Order more or less of the first line of an order."""
        order = self.recall()
        lines = order and self.client.read(
            "sale.order.line", [("order_id", "=", order)], ["product_uom_qty"]
        )
        if not lines:
            return
        line, before = lines[0]["id"], lines[0]["product_uom_qty"]
        quantity = max(1, before + self.random.choice([-2, -1, 1, 2, 5]))
        if quantity == before:
            return
        effect = becomes("sale_order_line", line, "product_uom_qty", quantity)
        effects = [effect] if self.login != "sister0" else []
        values = {"product_uom_qty": quantity}
        self.call("change line", effects, "sale.order.line", "write", [line], values)

    def cancel(self):
        order = self.recall(forget=True)
        if order:
            effects = [becomes("sale_order", order, "state", "cancel")]
            self.call("cancel", effects, "sale.order", "action_cancel", [order])

    def split(self):
        order = self.recall()
        if order:
            self.call("split", [], "sale.order", "split_backorder", [order], True)

    def look(self):
        """Read what the screens read."""
        self.client.read("sale.order", [], ["name", "backorder_state"], limit=40)

    def recall(self, forget=False):
        if not self.memory:
            return None
        order = self.random.choice(self.memory)
        if forget:
            self.memory.remove(order)
        return order
