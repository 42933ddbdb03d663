# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import SQL

from ..transaction import TransactionVar
from .stock_move_fact import BOOKING

# The key of a quant.
KEY_FIELDS = ("product_id", "location_id", "lot_id", "package_id", "owner_id")

# Quantity taken per quant key while goods are moved.
DECREMENTS = TransactionVar()
# The part of it that is a physical fact.
BOOKED = TransactionVar()


class StockQuant(models.Model):
    _inherit = "stock.quant"

    is_backorder_allowed = fields.Boolean(
        "Backorders Allowed", compute="_compute_backorder_policy"
    )
    backorder_policy_source = fields.Char(
        "Backorder Policy Set By", compute="_compute_backorder_policy"
    )
    availability_kind = fields.Selection(related="location_id.availability_kind")

    # Availability reads by product, in the locations of a warehouse.
    _product_location_idx = models.Index("(product_id, location_id)")
    # Shortages are computed from the stock below zero.
    _negative_idx = models.Index("(product_id, location_id) WHERE quantity < 0")

    @api.depends("product_id", "location_id")
    def _compute_backorder_policy(self):
        for location, quants in self.grouped("location_id").items():
            policies = self.env["stock.policy"]._get_policies(
                quants.product_id, location
            )
            for quant in quants:
                key = (quant.product_id.id, location.id)
                allowed, source = policies.get(key, (False, False))
                quant.is_backorder_allowed = allowed
                quant.backorder_policy_source = source

    def action_open_stock_policy(self):
        """Open the stock policies of this product in this warehouse."""
        self.ensure_one()
        warehouse = self.location_id.warehouse_id
        action = self.env["ir.actions.actions"]._for_xml_id(
            "backorder_atp.stock_policy_action"
        )
        return {
            **action,
            "domain": [
                ("product_id", "=", self.product_id.id),
                ("warehouse_id", "=", warehouse.id),
            ],
            "context": {
                "default_product_id": self.product_id.id,
                "default_warehouse_id": warehouse.id,
            },
        }

    def _apply_inventory(self, date=None):
        """Apply the count and record it as the source of what follows."""
        source = f"cycle-count:{self[:1].location_id.display_name}"
        with (
            self.env["backorder.event"]._caused_by(source),
            self.env["stock.move"]._booking_facts(),
        ):
            return super()._apply_inventory(date=date)

    # ------------------------------------------------------------------
    # Every change of stock
    # ------------------------------------------------------------------

    @api.model
    def _update_available_quantity(
        self,
        product_id,
        location_id,
        quantity=False,
        reserved_quantity=False,
        lot_id=None,
        package_id=None,
        owner_id=None,
        in_date=None,
    ):
        """Record what is taken and what becomes free, and wait for a locked row."""
        holds_stock = location_id.usage in ("internal", "transit")
        key = self._get_change_key(
            product_id, location_id, lot_id, package_id, owner_id
        )
        if holds_stock and quantity < 0:
            self._wait_for_decrement(product_id, location_id, key, quantity)
        elif holds_stock and reserved_quantity < 0:
            parts = {"lot_id": lot_id, "package_id": package_id, "owner_id": owner_id}
            self._wait_for_release(
                product_id, location_id, key, parts, reserved_quantity
            )
        result = super()._update_available_quantity(
            product_id,
            location_id,
            quantity,
            reserved_quantity,
            lot_id=lot_id,
            package_id=package_id,
            owner_id=owner_id,
            in_date=in_date,
        )
        if holds_stock:
            self._record_change(key, quantity or 0.0, reserved_quantity or 0.0)
        return result

    def _get_change_key(self, *parts):
        return tuple(part.id if part else False for part in parts)

    def _record_change(self, key, quantity, reserved_quantity):
        cr = self.env.cr
        decrements = DECREMENTS.get(cr)
        if quantity and decrements is not None:
            decrements[key] += quantity
            if BOOKING.get(cr):
                BOOKED.get(cr)[key] += quantity
        if quantity != reserved_quantity:
            self._record_rise(key[:2], quantity - reserved_quantity, quantity)

    # ------------------------------------------------------------------
    # Waiting for the row
    # ------------------------------------------------------------------

    def _wait_for_decrement(self, product, location, key, quantity):
        """Wait for a row that another delivery writes, instead of creating another.

        Odoo skips a locked row and creates a duplicate. If the balance may go
        negative there must be one row; if not, the duplicate would hide what the
        other delivery takes. In the monitor phase Odoo's behaviour is unchanged.
        """
        if not self._is_decrement_guarded(product, location):
            return
        balance = sum(self._lock_quantities(key))
        if product.uom_id.compare(balance + quantity, 0) < 0:
            # the row may not exist yet
            self.env["stock.promise.guard"]._touch(
                [(product.id, location.warehouse_id.id or 0)]
            )

    def _wait_for_release(self, product, location, key, parts, released):
        """Wait for the rows of a reservation that ends, and let one row have it.

        Odoo skips a locked row and takes the reservation off a duplicate, which has
        less: the rest would stay reserved for nobody until the nightly scheduler.
        """
        if not self._is_decrement_guarded(product, location):
            return
        self._lock_quantities(key)
        quants = self.sudo()._gather(product, location, **parts, strict=True)
        others = quants[1:].filtered("reserved_quantity")
        if others and quants[0].reserved_quantity + released < 0:
            quants[0].reserved_quantity += sum(others.mapped("reserved_quantity"))
            others.reserved_quantity = 0

    def _lock_quantities(self, key):
        """Wait for the rows of ``key``; return what each has."""
        self.flush_model([*KEY_FIELDS, "quantity", "reserved_quantity"])
        self.env.cr.execute(
            SQL(
                "SELECT quantity FROM stock_quant WHERE %s FOR NO KEY UPDATE",
                self._get_key_condition(key),
            )
        )
        return [quantity or 0.0 for (quantity,) in self.env.cr.fetchall()]

    def _is_decrement_guarded(self, product, location):
        company = location._get_owning_company()
        if not company:
            return False
        if company.promise_phase == "hard":
            return True
        policies = self.env["stock.policy"]._get_policies(product, location)
        return policies[product.id, location.id][0]

    def _get_key_condition(self, key):
        return SQL(" AND ").join(
            SQL("%s IS NOT DISTINCT FROM %s", SQL.identifier(name), value or None)
            for name, value in zip(KEY_FIELDS, key, strict=True)
        )
