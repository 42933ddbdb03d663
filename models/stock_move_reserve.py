# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

SUPPLY_KINDS = ("pickable", "inbound")


class StockMove(models.Model):
    """A demand is reserved from the stock that may be promised, and no other."""

    _inherit = "stock.move"

    def _update_reserved_quantity_vals(
        self,
        need,
        location_id,
        lot_id=None,
        package_id=None,
        owner_id=None,
        strict=True,
    ):
        move = self._promising(location_id)
        return super(StockMove, move)._update_reserved_quantity_vals(
            need, location_id, lot_id, package_id, owner_id, strict
        )

    def _get_available_quantity(
        self,
        location_id,
        lot_id=None,
        package_id=None,
        owner_id=None,
        strict=False,
        allow_negative=False,
    ):
        move = self._promising(location_id)
        return super(StockMove, move)._get_available_quantity(
            location_id, lot_id, package_id, owner_id, strict, allow_negative
        )

    def _promising(self, location):
        """Return this move, bound to what may be promised where it serves a demand."""
        if not self._takes_promisable_stock(location):
            return self
        moment = max(self.date, fields.Datetime.now())
        return self.with_context(promisable_on=fields.Datetime.to_string(moment))

    def _takes_promisable_stock(self, location):
        """Whether this move may take only what may be promised.

        What goes back to a vendor is not promised, nor are transfers for the owner
        of consigned goods. In the dark phase Odoo's own way stays.
        """
        return bool(
            self._takes_supply(location)
            and location._get_promise_company().promise_phase != "dark"
            and self.location_dest_id.usage != "supplier"
            and not self.picking_id.owner_id
        )

    def _takes_supply(self, location):
        """Whether goods taken from ``location`` cannot be promised afterwards.

        What is counted down, scrapped or set apart is a fact, and no demand.
        """
        self.ensure_one()
        final = self.location_final_id or self.location_dest_id
        return bool(
            location.warehouse_id
            and location.availability_kind in SUPPLY_KINDS
            and self.location_dest_id.usage != "inventory"
            and (
                final.warehouse_id != location.warehouse_id
                or final.availability_kind == "outbound"
            )
        )
