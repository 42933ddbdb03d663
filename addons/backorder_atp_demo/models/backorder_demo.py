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

from ..orders import BULK, MAIN, NORTH, QUARANTINE

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
        demo.env["backorder.snapshot"]._take(demo.env.company)

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
    # Final steps
    # ------------------------------------------------------------------

    def _process_retries(self):
        """Process the retry queue like the scheduled action, without committing."""
        self.env.cr.flush()
        retries = self.env["backorder.retry"]
        while batch := retries._take_next():
            batch._process_batch()
            self.env.cr.flush()
