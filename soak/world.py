"""The company of the soak: run by "odoo shell" once, in the template database.

Two warehouses, one of which picks before it ships, a sister company, a few products
that everybody wants and many that hardly anybody does, kits, parts, dozens.
"""

# pylint: disable=undefined-variable
from odoo.fields import Command

HOT, COLD, LATER = 3, 24, 2
HOT_STOCK, COLD_STOCK, PART_STOCK = 6, 60, 80
SALES, CLERKS = 4, 3
GROUPS = {
    "sales": [
        "sales_team.group_sale_salesman_all_leads",
        "backorder_atp.group_backorder_operator",
    ],
    "clerk": [
        "stock.group_stock_user",
        "stock.group_stock_manager",
        "backorder_atp.group_backorder_operator",
        "mrp.group_mrp_user",
        "point_of_sale.group_pos_user",
    ],
    "boss": [
        "stock.group_stock_manager",
        "sales_team.group_sale_manager",
        "backorder_atp.group_inventory_manager",
    ],
}


class World:
    """Everything that is made, in the order in which it is needed."""

    def __init__(self, env):
        self.env = env
        self.installed = set(
            env["ir.module.module"].search([("state", "=", "installed")]).mapped("name")
        )

    def build(self):
        self.build_companies()
        self.build_users()
        self.build_products()
        self.build_stock()
        self.build_customers()
        self.build_keys()
        self.build_endpoint()
        self.env.cr.commit()

    def build_companies(self):
        self.main = self.env.company
        self.sister = self.env["res.company"].create({"name": "Sister"})
        self.env.user.company_ids |= self.sister
        self.main.write({"promise_phase": "hard", "shortage_policy": "block"})
        self.sister.write({"promise_phase": "hard", "shortage_policy": "pending"})
        warehouses = self.env["stock.warehouse"]
        self.near = warehouses.search([("company_id", "=", self.main.id)], limit=1)
        self.far = warehouses.create(
            {"name": "Far", "code": "FAR", "delivery_steps": "pick_ship"}
        )
        self.own = warehouses.search([("company_id", "=", self.sister.id)], limit=1)
        self.own = self.own or warehouses.create(
            {"name": "Own", "code": "OWN", "company_id": self.sister.id}
        )

    def build_users(self):
        for number in range(SALES):
            self.create_user(f"sales{number}", "sales", self.main)
        for number in range(CLERKS):
            self.create_user(f"clerk{number}", "clerk", self.main)
        self.create_user("sister0", "sales", self.sister)
        self.create_user("clerk9", "clerk", self.sister)
        self.create_user("boss", "boss", self.main | self.sister)

    def create_user(self, login, role, companies):
        groups = [self.env.ref(name, False) for name in GROUPS[role]]
        self.env["res.users"].create(
            {
                "name": login,
                "login": login,
                "password": login,
                "company_id": companies[0].id,
                "company_ids": [Command.set(companies.ids)],
                "group_ids": [Command.link(group.id) for group in groups if group],
            }
        )

    def build_products(self):
        self.hot = [self.create_product(f"HOT-{n}") for n in range(HOT)]
        self.cold = [self.create_product(f"COLD-{n}") for n in range(COLD)]
        self.later = [
            self.create_product(f"LATER-{n}", allow_backorder="yes")
            for n in range(LATER)
        ]
        self.dozen = self.create_product("DOZEN-0")
        self.parts = [self.create_product(f"PART-{n}") for n in range(2)]
        if "mrp" in self.installed:
            self.made = self.create_product("MADE-0")
            self.create_bom(self.made, "normal", self.parts)
        if "sale_mrp" in self.installed:
            self.kit = self.create_product("KIT-0", is_storable=False)
            self.create_bom(self.kit, "phantom", [self.hot[0], self.cold[0]])

    def create_product(self, code, **values):
        known = self.env["product.product"]._fields
        shop = {"is_published": True, "available_in_pos": True}
        return self.env["product.product"].create(
            {
                "name": code,
                "default_code": code,
                "is_storable": True,
                "list_price": 10,
                "standard_price": 5,
                **{name: value for name, value in shop.items() if name in known},
                **values,
            }
        )

    def create_bom(self, product, kind, parts):
        lines = [
            Command.create({"product_id": part.id, "product_qty": count})
            for count, part in enumerate(parts, 1)
        ]
        self.env["mrp.bom"].create(
            {
                "product_tmpl_id": product.product_tmpl_id.id,
                "company_id": False,  # else the other company sells an empty kit
                "type": kind,
                "bom_line_ids": lines,
            }
        )

    def build_stock(self):
        for warehouse in (self.near, self.far, self.own):
            for product in (*self.hot, *self.later):
                self.put(product, warehouse, HOT_STOCK)
            for product in (*self.cold, self.dozen):
                self.put(product, warehouse, COLD_STOCK)
            for product in self.parts:
                self.put(product, warehouse, PART_STOCK)

    def put(self, product, warehouse, quantity):
        quants = self.env["stock.quant"].with_company(warehouse.company_id)
        quants.with_context(inventory_mode=True).create(
            {
                "product_id": product.id,
                "location_id": warehouse.lot_stock_id.id,
                "inventory_quantity": quantity,
            }
        ).action_apply_inventory()

    def build_customers(self):
        self.env["res.partner"].create(
            [{"name": f"Customer {n}", "ref": f"SOAK-{n}"} for n in range(12)]
        )

    def build_keys(self):
        """An API key of each salesperson, in a parameter, to be read by SQL."""
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("backorder_atp_fastapi.requests_per_minute", 100_000)
        for user in self.env["res.users"].search([("login", "like", "sales%")]):
            keys = self.env["res.users.apikeys"].with_user(user).sudo()
            scope = "backorder_atp" if self.has("backorder_atp_fastapi") else "rpc"
            key = keys._generate(scope, "Soak", False)
            parameters.set_param(f"soak.key.{user.login}", key)

    def has(self, module):
        return module in self.installed

    def build_endpoint(self):
        if self.has("backorder_atp_fastapi"):
            self.env["fastapi.endpoint"].search([])._handle_registry_sync()


World(env).build()  # noqa: F821
