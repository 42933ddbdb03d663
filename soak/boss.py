"""Managers: they approve, hold and release, and run the backorder run."""

from actors import Actor


class Boss(Actor):
    def approve(self):
        pending = [("state", "=", "pending")]
        rows = self.client.read("backorder.override", pending, ["state"], limit=5)
        if rows:
            request = [self.random.choice(rows)["id"]]
            method = self.random.choice(
                ["action_approve", "action_approve", "action_reject"]
            )
            self.call("decide", [], "backorder.override", method, request, "soak")

    def hold(self):
        order = self.find_order([("backorder_state", "in", ["backordered"])])
        if order:
            self.call("hold", [], "sale.order", "action_hold", [order], "soak")

    def release(self):
        order = self.find_order([("backorder_state", "=", "on_hold")])
        if order:
            self.call(
                "release", [], "sale.order", "action_release_hold", [order], "soak"
            )

    def fulfil(self):
        order = self.find_order([("backorder_state", "in", ["backordered"])])
        if order:
            self.call("fulfil", [], "sale.order", "action_fulfil", [order])

    def run_backorders(self):
        """Plan who gets the stock, and carry the plan out."""
        values = {
            "product_ids": self.place.get_products("LATER"),
            "segment_ids": [
                (0, 0, {"name": "All", "domain": "[]", "strategy": "redistribute"})
            ],
        }
        answer = self.call("plan run", [], "backorder.run", "create", [values])
        if answer and self.call(
            "simulate run", [], "backorder.run", "action_simulate", answer.value
        ):
            self.call("commit run", [], "backorder.run", "action_commit", answer.value)

    def find_order(self, domain):
        rows = self.client.read("sale.order", domain, ["name"], limit=10)
        return self.random.choice(rows)["id"] if rows else None
