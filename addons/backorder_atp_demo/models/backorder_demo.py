# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The demo company: a wholesaler of bicycle parts and outdoor goods.

Its master data is XML. Its history is defined here, in tables, and created through
Odoo's own methods, by the users whose work it is, so that every quantity agrees.
"""

from datetime import timedelta
from functools import wraps

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Command

from .backorder_event import EVENT_DATE

MAIN, NORTH = "stock.warehouse0", "backorder_atp_demo.warehouse_north"
BULK = "backorder_atp_demo.location_bulk"
QUARANTINE = "backorder_atp_demo.location_quarantine"

# A customer's signature: one white pixel.
SIGNATURE = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAA"
    "SUVORK5CYII="
)

# What was shipped had been requested this many days after the order.
REQUESTED_DAYS = 3

# Counted when the addon was introduced: product, main warehouse, north depot.
COUNTS = [
    ("DT-CHN-11", 130, 40),
    ("DT-CAS-1142", 45, 12),
    ("DT-CRK-170", 14, 0),
    ("DT-DER-11", 6, 2),
    ("DT-BB-BSA", 60, 20),
    ("WH-TYR-28", 120, 60),
    ("WH-TYR-29", 16, 0),
    ("WH-TUB-28", 24, 0),
    ("WH-SET-29", 5, 3),
    ("WH-SPK-36", 90, 0),
    ("BR-DSC-160", 50, 20),
    ("BR-PAD-R", 80, 60),
    ("BR-HYD-2", 12, 4),
    ("BR-CAB-S", 80, 40),
    ("CP-SAD-L", 4, 0),
    ("CP-GRP-E", 100, 30),
    ("CP-BAR-74", 18, 6),
    ("CP-PED-F", 40, 15),
    ("EB-BAT-500", 3, 2),
    ("EB-MOT-85", 2, 1),
    ("LT-FRT-80", 25, 10),
    ("LT-REA-B", 70, 25),
    ("LT-DYN-3", 10, 0),
    ("BG-PAN-40", 15, 10),
    ("BG-FRM-4", 12, 0),
    ("BG-HBR-7", 20, 8),
    ("CM-TNT-2", 8, 5),
    ("CM-STV-G", 18, 6),
    ("CM-MAT-6", 30, 10),
    ("CM-BTL-75", 250, 100),
    ("WS-PMP-11", 20, 10),
    ("WS-MLT-18", 55, 0),
    ("WS-LUB-1", 140, 40),
]
# Counts in other locations: product, location, quantity.
PLACE_COUNTS = [
    ("CM-BTL-75", BULK, 300),
    ("WS-LUB-1", BULK, 96),
    ("BR-HYD-2", QUARANTINE, 6),
    ("LT-FRT-80", QUARANTINE, 3),
]
# Counted again after orders were promised: some dynamos are missing.
RECOUNTS = [("LT-DYN-3", 5)]

# Purchases received before the orders:
# vendor, warehouse, days since order and receipt, products, partial quantities received
RECEIVED = [
    ("vendor_tyres", MAIN, 48, 39, {"WH-TYR-28": 80, "WH-SPK-36": 60}, {}),
    ("vendor_drivetrain", MAIN, 45, 33, {"BR-DSC-160": 40, "BR-PAD-R": 70}, {}),
    (
        "vendor_drivetrain",
        MAIN,
        38,
        15,
        {"DT-CAS-1142": 20, "DT-BB-BSA": 30},
        {"DT-CAS-1142": 8},
    ),
    # received at the depot, but not yet put away
    ("vendor_workshop", NORTH, 9, 1, {"WS-MLT-18": 30, "WS-PMP-11": 10}, {}),
]
# A purchase received after the orders: the urgent order is served before an older one.
ARRIVED = [("vendor_ebike", MAIN, 30, 1, {"EB-BAT-500": 4}, {})]
# Incoming purchases: vendor, warehouse, days since order, expected in days
ON_THE_WAY = [
    ("vendor_ebike", MAIN, 34, -4, {"EB-MOT-85": 6}),
    ("vendor_tyres", MAIN, 7, 2, {"WH-TYR-29": 60, "WH-TUB-28": 60}),
    ("vendor_ebike", MAIN, 20, 6, {"EB-BAT-500": 12}),
    ("vendor_drivetrain", MAIN, 5, 9, {"DT-DER-11": 20, "DT-CRK-170": 15}),
    ("vendor_tyres", MAIN, 3, 14, {"CP-SAD-L": 10, "WH-SET-29": 8}),
    ("vendor_outdoor", NORTH, 6, 8, {"CM-TNT-2": 10, "BG-HBR-7": 20}),
]
# Requests for quotation: vendor, warehouse, sent or not, products
REQUESTED = [
    ("vendor_outdoor", MAIN, False, {"LT-DYN-3": 12, "CM-TNT-2": 12}),
    ("vendor_ebike", NORTH, True, {"EB-MOT-85": 4}),
]


def _order(days, customer, lines, *steps, **options):
    """Return one order: days since its creation, and the steps taken since.

    :param lines: ``{product: quantity}``; a pair ``(quantity, unit)`` for another unit
    :param steps: the names of the ``_step_...`` methods to call, in order
    """
    return {
        "days": days,
        "customer": customer,
        "lines": lines,
        "steps": steps,
        **options,
    }


ORDERS = [
    # Delivered.
    _order(
        38, "spoke", {"DT-CHN-11": 20, "DT-CAS-1142": 6}, "confirm", "deliver", took=2
    ),
    _order(36, "nordrad", {"WH-TYR-28": 40}, "confirm", "deliver", took=3),
    _order(
        35,
        "city",
        {"BR-DSC-160": 12, "BR-PAD-R": 30, "BR-CAB-S": 10},
        "confirm",
        "deliver",
        took=1,
    ),
    _order(
        31,
        "harbour",
        {"WS-LUB-1": 24, "WS-MLT-18": 6, "SV-WHL": 2},
        "confirm",
        "deliver",
        took=2,
    ),
    _order(28, "alpine", {"CM-TNT-2": 5, "CM-MAT-6": 6}, "confirm", "deliver", took=4),
    _order(25, "lake", {"EB-MOT-85": 2}, "confirm", "deliver", took=1),
    _order(
        24,
        "pedal",
        {"WH-TYR-28": (2, "uom.product_uom_dozen")},
        "confirm",
        "deliver",
        took=2,
    ),
    _order(
        23,
        "bikeworks",
        {"BR-PAD-R": 20, "DT-CHN-11": 8},
        "confirm",
        "deliver",
        warehouse=NORTH,
        took=3,
    ),
    _order(
        21,
        "summit",
        {"CM-STV-G": 6, "CM-BTL-75": 48},
        "confirm",
        "deliver",
        took=2,
        priority="high",
    ),
    _order(17, "velo", {"LT-REA-B": 15, "LT-FRT-80": 8}, "confirm", "deliver", took=1),
    _order(
        13, "lake", {"WH-SET-29": 3}, "confirm", "deliver", took=2, priority="urgent"
    ),
    # Delivered and partially returned, damaged: to quarantine.
    _order(
        19,
        "tour",
        {"BG-HBR-7": 6},
        "confirm",
        "deliver",
        "bring_back",
        took=2,
        back={"BG-HBR-7": 2},
    ),
    # Old backorders: the category allows backorders of e-bike systems.
    _order(
        33,
        "city",
        {"EB-BAT-500": 5, "DT-CHN-11": 4},
        "confirm",
        priority="high",
    ),
    _order(26, "nordrad", {"EB-BAT-500": 4}, "confirm", priority="urgent"),
    _order(20, "pedal", {"EB-MOT-85": 2, "EB-BAT-500": 1}, "confirm", policy="one"),
    _order(14, "montagne", {"EB-MOT-85": 2}, "confirm"),
    _order(9, "bikeworks", {"EB-BAT-500": 2}, "confirm", "hold", hold="Credit check"),
    _order(3, "summit", {"EB-BAT-500": 6}, "confirm", priority="low"),
    # Trail tyres: the main warehouse may promise beyond stock.
    _order(22, "alpine", {"WH-TYR-29": 24, "WH-SPK-36": 10}, "confirm"),
    _order(11, "velo", {"WH-TYR-29": 10}, "confirm", priority="high"),
    _order(
        5,
        "spoke",
        {"WH-TYR-29": 30, "WH-TYR-28": 10},
        "confirm",
        policy="one",
        priority="low",
    ),
    # Partially delivered, the rest is backordered.
    _order(
        18,
        "montagne",
        {"CP-SAD-L": 6},
        "confirm",
        "deliver_part",
        part={"CP-SAD-L": 4},
        took=3,
    ),
    _order(
        8,
        "nordrad",
        {"CP-SAD-L": 3},
        "confirm",
        "hold",
        hold="Customer on holiday, deliver afterwards",
        priority="low",
    ),
    _order(
        16,
        "tour",
        {"BG-PAN-40": 10, "BG-FRM-4": 6},
        "confirm",
        "deliver_part",
        part={"BG-FRM-4": 6},
        took=2,
    ),
    _order(
        10,
        "harbour",
        {"WS-PMP-11": 8, "BR-CAB-S": 20},
        "confirm",
        "deliver_part",
        part={"BR-CAB-S": 20},
        took=1,
        policy="one",
    ),
    # Promised, then counted with less stock than promised.
    _order(12, "city", {"LT-DYN-3": 8}, "confirm", "recount"),
    # Promised and allocated.
    _order(15, "bikeworks", {"DT-CRK-170": 10}, "confirm", ships_in=4),
    _order(10, "lake", {"DT-DER-11": 4}, "confirm"),
    _order(7, "pedal", {"CP-GRP-E": 24, "CP-BAR-74": 6}, "confirm"),
    _order(6, "alpine", {"CM-MAT-6": 8, "CM-STV-G": 4}, "confirm", policy="one"),
    _order(
        5,
        "spoke",
        {"WS-LUB-1": (3, "uom.product_uom_dozen"), "CM-BTL-75": 60},
        "confirm",
    ),
    _order(4, "tour", {"LT-FRT-80": 6, "LT-REA-B": 10}, "confirm", priority="high"),
    _order(2, "nordrad", {"BR-DSC-160": 16, "BR-PAD-R": 24}, "confirm"),
    _order(1, "montagne", {"CP-PED-F": 12}, "confirm", priority="urgent"),
    _order(1, "velo", {"BG-FRM-4": 4, "CM-BTL-75": 12}, "confirm"),
    # From the north depot.
    _order(6, "lake", {"WH-TYR-28": 20}, "confirm", warehouse=NORTH),
    _order(3, "summit", {"BG-HBR-7": 5}, "confirm", "pick", warehouse=NORTH),
    _order(
        1, "bikeworks", {"WS-MLT-18": 12, "DT-CHN-11": 6}, "confirm", warehouse=NORTH
    ),
    # Sold below zero on purpose.
    _order(
        4, "harbour", {"WH-TUB-28": 40}, "confirm", "deliver", took=1, priority="urgent"
    ),
    _order(1, "pedal", {"WH-TUB-28": (1, "uom.product_uom_dozen")}, "confirm"),
    # Beyond what can be promised, and approved.
    _order(
        6,
        "city",
        {"DT-DER-11": 8},
        "confirm",
        "approve",
        reason="Frame contract: the vendor has confirmed 20 for next week",
    ),
    _order(
        7,
        "velo",
        {"WH-SET-29": 4},
        "confirm",
        "approve",
        reason="Warranty replacement, takes precedence over other orders",
        priority="urgent",
    ),
    _order(
        5,
        "nordrad",
        {"BR-HYD-2": 14},
        "confirm",
        "approve",
        "hold",
        reason="The sets in quarantine are inspected this week",
        hold="Waiting for the inspection of the sets in quarantine",
    ),
    # Pending approval.
    _order(2, "alpine", {"DT-DER-11": 5, "DT-BB-BSA": 5}, "confirm", priority="high"),
    _order(1, "bikeworks", {"WH-SET-29": 2}, "confirm"),
    _order(2, "tour", {"DT-CRK-170": 6}, "confirm"),
    _order(0, "summit", {"EB-MOT-85": 2}, "confirm", warehouse=NORTH),
    # Signed by the customer: confirmed, but the delivery is withheld until approved.
    _order(3, "lake", {"CM-TNT-2": 6}, "sign", "confirm"),
    # Not approved: a quotation again.
    _order(
        4,
        "pedal",
        {"LT-DYN-3": 9},
        "confirm",
        "reject",
        reason="No dynamos until the count is clarified",
    ),
    # Unmatched items.
    _order(
        3,
        "harbour",
        {"DT-CHN-11": 5},
        "add_unmatched",
        "confirm",
        unmatched={"XG-1270 cassette": 2},
    ),
    _order(
        2,
        "montagne",
        {},
        "add_unmatched",
        "confirm",
        unmatched={"Sacoche avant, noire": 4, "REF 88-120 pompe": 1},
    ),
    # Cancelled: as a quotation, when confirmed, while pending approval.
    _order(27, "summit", {"CM-TNT-2": 2}, "cancel"),
    _order(11, "tour", {"BG-PAN-40": 4}, "confirm", "cancel"),
    _order(8, "spoke", {"CP-BAR-74": 20}, "confirm", "cancel"),
    # Quotations; the last ones exceed the stock.
    _order(6, "alpine", {"CM-MAT-6": 10, "CM-STV-G": 2}, "send"),
    _order(2, "nordrad", {"DT-CAS-1142": 10, "DT-CHN-11": 20}, "send"),
    _order(1, "lake", {"BR-DSC-160": 8}, "send", "reserve_stock"),
    _order(1, "velo", {"CP-GRP-E": 12, "CP-PED-F": 6}),
    _order(0, "city", {"LT-DYN-3": 4, "LT-REA-B": 4}),
    _order(0, "harbour", {"DT-DER-11": 3, "WS-LUB-1": 12}),
]


def all_or_nothing(build):
    """Continue without demo data if another addon refuses a step of ``build``.

    The savepoint also drops pending computations and writes, which would be flushed
    otherwise.
    """

    @wraps(build)
    def build_within_savepoint(self):
        with self.env.cr.savepoint():
            return build(self)

    return build_within_savepoint


class BackorderDemo(models.AbstractModel):
    """Creates the sales, purchases, counts and deliveries of the demo company."""

    _name = "backorder.demo"
    _description = "Backorder Demo Data"

    @api.model
    @api.private
    @all_or_nothing
    def build(self):
        """Create the history once; called when the demo data is loaded."""
        if not self.env.su:
            raise AccessError(self.env._("Demo data is loaded at installation only."))
        if self._get("demo_order_1"):
            return
        demo = self.with_context(mail_auto_subscribe_no_notify=True, tz="UTC")
        demo._build_counts()
        demo._build_received(RECEIVED)
        demo._build_orders()
        demo._build_customer_reservation()
        demo._build_received(ARRIVED)
        demo._build_on_the_way()
        demo._build_requested()
        demo._process_retries()
        demo._backdate_orders()
        demo.env["backorder.demo.discrepancy"]._build_discrepancies()
        demo._settle_reordering()

    def _settle_reordering(self):
        """Update the quantities to order before the first run of the scheduler.

        If a quantity differs from that of Odoo's demo data, the scheduler writes it in
        two concurrent transactions and fails.
        """
        rules = self.env["stock.warehouse.orderpoint"].search([])
        self.env.add_to_compute(rules._fields["qty_to_order_computed"], rules)

    # ------------------------------------------------------------------
    # Helpers
    # ------------------------------------------------------------------

    def _get(self, name):
        return self.env.ref(f"backorder_atp_demo.{name}", raise_if_not_found=False)

    def _get_product(self, code):
        return self._get(f"product_{code.lower().replace('-', '_')}")

    def _as(self, records, role):
        """Return ``records`` with the environment of that user."""
        return records.with_user(self._get(f"user_{role}"))

    def _ago(self, days, hours=0):
        """Return a time on the working day ``days`` ago, some hours after its start.

        Today returns the last hour, so that nothing is in the future; a negative
        number is a date in the future.
        """
        now = fields.Datetime.now().replace(microsecond=0)
        if not days:
            return now - timedelta(minutes=max(0, 50 - 10 * hours))
        return now.replace(hour=14, minute=15) - timedelta(days=days, hours=-hours)

    # ------------------------------------------------------------------
    # Counts
    # ------------------------------------------------------------------

    def _build_counts(self):
        main, north = self.env.ref(MAIN), self.env.ref(NORTH)
        for code, in_main, in_north in COUNTS:
            self._count(code, main.lot_stock_id, in_main)
            self._count(code, north.lot_stock_id, in_north)
        for code, place, quantity in PLACE_COUNTS:
            self._count(code, self.env.ref(place), quantity)
        self._apply_counts()

    def _count(self, code, location, quantity):
        """Enter the counted quantities; skip those that were and are zero."""
        quants = self._as(self.env["stock.quant"], "manager").with_context(
            inventory_mode=True
        )
        product = self._get_product(code)
        if quantity or quants._gather(product, location, strict=True):
            quants.create(
                {
                    "product_id": product.id,
                    "location_id": location.id,
                    "inventory_quantity": quantity,
                }
            )

    def _apply_counts(self):
        products = self.env["product.product"].union(
            *(self._get_product(code) for code, *_rest in COUNTS)
        )
        quants = self._as(self.env["stock.quant"], "manager").search(
            [("product_id", "in", products.ids), ("inventory_quantity_set", "=", True)]
        )
        quants.action_apply_inventory()

    # ------------------------------------------------------------------
    # Purchases
    # ------------------------------------------------------------------

    def _build_received(self, rows):
        for vendor, warehouse, ordered, received, products, part in rows:
            purchase = self._buy(vendor, warehouse, ordered, -received, products)
            self._confirm_purchase(purchase, ordered)
            receipt = self._as(purchase.picking_ids, "operator")
            for move in receipt.move_ids:
                if move.product_id.default_code in part:
                    move.quantity = part[move.product_id.default_code]
            self._validate(receipt, received)

    def _build_on_the_way(self):
        for vendor, warehouse, ordered, expected, products in ON_THE_WAY:
            purchase = self._buy(vendor, warehouse, ordered, expected, products)
            self._confirm_purchase(purchase, ordered)

    def _build_requested(self):
        for vendor, warehouse, is_sent, products in REQUESTED:
            purchase = self._buy(vendor, warehouse, 1, 20, products)
            if is_sent:
                purchase.print_quotation()

    def _buy(self, vendor, warehouse, ordered, expected, products):
        """Create the request for quotation, expected in a number of days."""
        return self.env["purchase.order"].create(
            {
                "partner_id": self._get(vendor).id,
                "user_id": self.env.ref("base.user_admin").id,
                "picking_type_id": self.env.ref(warehouse).in_type_id.id,
                "date_order": self._ago(ordered),
                "order_line": [
                    Command.create(
                        {
                            "product_id": self._get_product(code).id,
                            "product_qty": quantity,
                            "date_planned": self._ago(-expected, 2),
                        }
                    )
                    for code, quantity in products.items()
                ],
            }
        )

    def _confirm_purchase(self, purchase, ordered):
        purchase.button_confirm()
        purchase.date_approve = self._ago(ordered, 1)

    # ------------------------------------------------------------------
    # Orders
    # ------------------------------------------------------------------

    def _build_orders(self):
        """Create the orders in chronological order."""
        for number, row in enumerate(sorted(ORDERS, key=lambda row: -row["days"]), 1):
            order = self._create_order(number, row)
            with EVENT_DATE.setting(self.env.cr, self._ago(row["days"], 1)):
                for step in row["steps"]:
                    getattr(self, f"_step_{step}")(order, row)
                self.env.cr.flush()
            self._date_order(order, row)

    def _create_order(self, number, row):
        warehouse = row.get("warehouse", MAIN)
        is_main = warehouse == MAIN
        seller = self._get("user_sales") if is_main else self.env.ref("base.user_admin")
        team = "team_shops" if is_main else "team_north"
        orders = self.env["sale.order"].with_user(seller)
        reference = f"{row['customer'][:3].upper()}-{4000 + number}"
        ships_in = row.get("ships_in")
        order = orders.create(
            {
                "partner_id": self._get(f"customer_{row['customer']}").id,
                "client_order_ref": reference,
                "team_id": self._get(team).id,
                "warehouse_id": self.env.ref(warehouse).id,
                "picking_policy": row.get("policy", "direct"),
                "commitment_date": self._ago(-ships_in) if ships_in else False,
                "order_line": [
                    Command.create(self._prepare_line(code, quantity))
                    for code, quantity in row["lines"].items()
                ],
            }
        )
        # salespersons may not set the priority
        order.sudo().backorder_priority = row.get("priority", "medium")
        self._date_order(order, row)
        self.env["ir.model.data"]._update_xmlids(
            [
                {
                    "xml_id": f"backorder_atp_demo.demo_order_{number}",
                    "record": order.sudo(),
                    "noupdate": True,
                }
            ]
        )
        return order

    def _prepare_line(self, code, quantity):
        values = {"product_id": self._get_product(code).id}
        if isinstance(quantity, tuple):
            quantity, unit = quantity
            values["product_uom_id"] = self.env.ref(unit).id
        return {**values, "product_uom_qty": quantity}

    def _date_order(self, order, row):
        """Set the dates of the order; the queue depends on its creation date."""
        order = order.sudo()
        order.date_order = self._ago(row["days"])
        order.flush_recordset()
        self.env.cr.execute(
            "UPDATE sale_order SET create_date = %s WHERE id = %s",
            [self._ago(row["days"]), order.id],
        )
        order.invalidate_recordset(["create_date"])

    def _step_send(self, order, row):
        order.action_quotation_sent()

    def _step_confirm(self, order, row):
        order.action_confirm()

    def _step_sign(self, order, row):
        order.sudo().write(
            {
                "signature": SIGNATURE,
                "signed_by": order.partner_id.name,
                "signed_on": self._ago(row["days"], 1),
            }
        )

    def _step_cancel(self, order, row):
        order.action_cancel()

    def _step_hold(self, order, row):
        self._as(order, "operator").action_hold(row["hold"])

    def _step_reserve_stock(self, order, row):
        """Reserve the products of the quotation, longer than a visit to the demo."""
        self.env["stock.soft.reservation"].with_user(order.env.user).create(
            [
                {
                    **self._prepare_soft_reservation(product, quantity),
                    "warehouse_id": warehouse.id,
                    "order_id": order.id,
                }
                for (
                    product,
                    warehouse,
                ), quantity in order._get_stock_to_reserve().items()
            ]
        )

    def _prepare_soft_reservation(self, product, quantity):
        return {
            "product_id": product.id,
            "quantity": quantity,
            "expiry_date": fields.Datetime.now() + timedelta(days=6),
        }

    def _build_customer_reservation(self):
        """Reserve stock for a customer who will order by telephone."""
        self._as(self.env["stock.soft.reservation"], "sales").create(
            {
                **self._prepare_soft_reservation(self._get_product("LT-REA-B"), 12),
                "warehouse_id": self.env.ref(MAIN).id,
                "partner_id": self._get("customer_velo").id,
                "origin": "Phone call",
            }
        )

    def _step_approve(self, order, row):
        self._as(order.sudo().override_ids, "manager").action_approve(row["reason"])

    def _step_reject(self, order, row):
        self._as(order.sudo().override_ids, "manager").action_reject(row["reason"])

    def _step_add_unmatched(self, order, row):
        self._as(self.env["backorder.unmatched.line"], "sales").create(
            [
                {"order_id": order.id, "reference": reference, "quantity": quantity}
                for reference, quantity in row["unmatched"].items()
            ]
        )

    # ------------------------------------------------------------------
    # Deliveries
    # ------------------------------------------------------------------

    def _step_deliver(self, order, row):
        """Ship all ordered quantities, also beyond stock."""
        for picking in self._get_open_pickings(order):
            for move in picking.move_ids:
                move.quantity = move.product_uom_qty
            self._validate(picking, row["days"] - row["took"])
        if self._get_open_pickings(order):
            self._step_deliver(order, row)

    def _step_pick(self, order, row):
        """Complete the pick only."""
        self._validate(self._get_open_pickings(order), row["days"] - 1)

    def _step_deliver_part(self, order, row):
        picking = self._get_open_pickings(order)
        for move in picking.move_ids:
            if move.product_id.default_code in row["part"]:
                move.quantity = row["part"][move.product_id.default_code]
                move.picked = True
        self._validate(picking, row["days"] - row["took"])

    def _step_bring_back(self, order, row):
        """Return goods to quarantine."""
        delivery = self._as(order.picking_ids, "operator")
        wizard = (
            self.env["stock.return.picking"]
            .with_user(delivery.env.user)
            .create({"picking_id": delivery.id})
        )
        for line in wizard.product_return_moves:
            line.quantity = row["back"].get(line.product_id.default_code, 0)
        action = wizard.action_create_returns()
        picking = delivery.browse(action["res_id"])
        place = self.env.ref(QUARANTINE)
        picking.location_dest_id = place
        picking.move_ids.location_dest_id = place
        for move in picking.move_ids:
            move.quantity = move.product_uom_qty
        self._validate(picking, row["days"] - row["took"] - 3)

    def _step_recount(self, order, row):
        for code, quantity in RECOUNTS:
            self._count(code, self.env.ref(MAIN).lot_stock_id, quantity)
        self._apply_counts()

    def _get_open_pickings(self, order):
        pickings = self._as(order.sudo().picking_ids, "operator")
        return pickings.filtered(
            lambda picking: picking.state not in ("done", "cancel")
        )

    def _validate(self, picking, days):
        """Validate the transfer, with a backorder for the rest."""
        picking.with_context(skip_backorder=True, skip_sms=True).button_validate()
        picking.sudo().date_done = self._ago(days, 3)

    # ------------------------------------------------------------------
    # Final steps
    # ------------------------------------------------------------------

    def _process_retries(self):
        """Process the retry queue like the scheduled action, without committing."""
        self.env.cr.flush()
        retries = self.env["backorder.retry"]
        while batch := retries._take_next():
            batch._process_batch()
            self.env.cr.flush()

    def _backdate_orders(self):
        """Set the dates of backorders, holds and decisions in the past."""
        rows = sorted(ORDERS, key=lambda row: -row["days"])
        for number, row in enumerate(rows, 1):
            order = self._get(f"demo_order_{number}")
            since = self._ago(row["days"], 1)
            if order.backordered_since:
                self._backdate_since(order, since)
            if order.hold_since:
                order.hold_since = self._ago(max(0, row["days"] - 1), 4)
            for request in order.override_ids:
                request.request_date = since
                if request.decision_date:
                    request.decision_date = self._ago(row["days"], 4)
            if "deliver" in row["steps"]:
                order.commitment_date = self._ago(row["days"] - REQUESTED_DAYS)

    def _backdate_since(self, order, since):
        order.flush_recordset()
        self.env.cr.execute(
            "UPDATE sale_order SET backordered_since = %s WHERE id = %s",
            [since, order.id],
        )
        order.invalidate_recordset(["backordered_since"])
