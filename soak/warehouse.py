"""Receivers, pickers, counters, returns, transfers, productions."""

from actors import Actor, becomes, new

SPREAD = 10
# The products whose stock is counted: what a count loses may be promised already.
COUNTED = ("COLD-20", "COLD-21", "COLD-22", "COLD-23")


class Clerk(Actor):
    """Works on the transfers whose number is its own: nobody else touches those."""

    def pick(self):
        """Validate a transfer that has its goods."""
        states = [("state", "=", "assigned")]
        code = self.random.choice(["outgoing", "outgoing", "internal"])
        picking = self.find_picking([*states, ("picking_type_code", "=", code)])
        if picking:
            self.validate(picking, "pick")

    def find_picking(self, domain):
        rows = self.client.read("stock.picking", domain, ["name"], limit=60, order="id")
        own = [row["id"] for row in rows if row["id"] % self.role.count == self.number]
        return self.random.choice(own[:SPREAD]) if own else None

    def validate(self, picking, name):
        effect = becomes("stock_picking", picking, "state", "done")
        return self.call(
            name,
            [effect],
            "stock.picking",
            "button_validate",
            [picking],
            context={"skip_backorder": True},
        )

    def receive(self):
        """Take in goods that nobody announced."""
        warehouse = self.get_warehouse()
        product = self.choose("HOT", "HOT", "HOT", "COLD", "LATER", "DOZEN", "PART")
        quantity = self.random.randint(1, 12)
        self.move(
            "receipt",
            warehouse["in"],
            self.place.suppliers,
            warehouse["stock"],
            product,
            quantity,
        )

    def transfer(self):
        """Bring goods from one shelf of the near warehouse to the far one."""
        near = self.place.warehouses[self.place.codes[0]]
        far = self.place.warehouses["FAR"]
        product = self.random.choice([self.place.products[code] for code in COUNTED])
        self.move("transfer", near["int"], near["stock"], far["stock"], product, 1)

    def move(self, name, type_id, source, target, product, quantity):
        token = self.make_token()
        values = {
            "picking_type_id": type_id,
            "location_id": source,
            "location_dest_id": target,
            "origin": token,
            "move_ids": [
                (
                    0,
                    0,
                    {
                        "product_id": product,
                        "product_uom_qty": quantity,
                        "location_id": source,
                        "location_dest_id": target,
                    },
                )
            ],
        }
        effect = new("stock_picking", "origin", token)
        answer = self.call(
            f"create {name}", [effect], "stock.picking", "create", [values]
        )
        if not answer:
            return
        [picking] = answer.value
        if self.call(
            f"confirm {name}", [], "stock.picking", "action_confirm", [picking]
        ):
            self.validate(picking, name)

    def count(self):
        """Count a product; sometimes a piece is missing, sometimes one is found."""
        warehouse = self.get_warehouse()
        product = self.place.products[self.random.choice(COUNTED)]
        domain = [
            ("product_id", "=", product),
            ("location_id", "=", warehouse["stock"]),
        ]
        rows = self.client.read("stock.quant", domain, ["quantity"])
        if not rows:
            return
        quantity = max(0, rows[0]["quantity"] + self.random.choice([-2, -1, 1, 2]))
        values = {"inventory_quantity": quantity}
        mode = {"context": {"inventory_mode": True}}
        quant = [rows[0]["id"]]
        if self.call("count", [], "stock.quant", "write", quant, values, **mode):
            self.call(
                "apply", [], "stock.quant", "action_apply_inventory", quant, **mode
            )

    def bring_back(self):
        """Return what a customer sends back."""
        domain = [("state", "=", "done"), ("picking_type_code", "=", "outgoing")]
        picking = self.find_picking(domain)
        if not picking:
            return
        context = {"active_id": picking, "active_model": "stock.picking"}
        values = [{"picking_id": picking}]
        wizard = self.call(
            "begin return",
            [],
            "stock.return.picking",
            "create",
            values,
            context=context,
        )
        if not wizard:
            return
        lines = self.client.read(
            "stock.return.picking.line",
            [("wizard_id", "in", wizard.value)],
            ["quantity"],
        )
        for line in lines[:1]:
            quantity = {"quantity": 1}
            self.client.call(
                "stock.return.picking.line", "write", [line["id"]], quantity
            )
        answer = self.call(
            "create return",
            [],
            "stock.return.picking",
            "action_create_returns",
            wizard.value,
            context=context,
        )
        if answer and answer.value.get("res_id"):
            self.validate(answer.value["res_id"], "return")

    def produce(self):
        """Make one piece of what is made of parts."""
        token = self.make_token()
        values = {
            "product_id": self.place.products["MADE-0"],
            "product_qty": 1,
            "origin": token,
        }
        effect = new("mrp_production", "origin", token)
        answer = self.call("plan", [effect], "mrp.production", "create", [values])
        if not answer:
            return
        production = answer.value
        if self.call("start", [], "mrp.production", "action_confirm", production):
            effect = becomes("mrp_production", production[0], "state", "done")
            self.call(
                "make", [effect], "mrp.production", "button_mark_done", production
            )
