# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

SUPPLY_KINDS = ("pickable", "inbound")


class StockMove(models.Model):
    """Demand is reserved only from stock that may be promised."""

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
        if need > 0:
            need = self._get_reservable(location_id, need)
            if self.product_id.uom_id.compare(need, 0) <= 0:
                return [], 0
        return super(StockMove, move)._update_reserved_quantity_vals(
            need, location_id, lot_id, package_id, owner_id, strict
        )

    def _get_reservable(self, location, need):
        """Return how much of ``need`` may be reserved without an approval.

        Extend it for demand that was never checked.
        """
        if self._spares_safety_stock(location):
            return min(need, self._get_free_of_safety_stock(location))
        return need

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
        """Return this move, limited to promisable stock if it serves a demand."""
        if not self._takes_promisable_stock(location):
            return self
        moment = max(self.date, fields.Datetime.now())
        return self.with_context(promisable_on=fields.Datetime.to_string(moment))

    def _takes_promisable_stock(self, location):
        """Whether this move may take only promisable stock.

        Returns to vendors are not promised, nor are transfers for the owner of
        consigned goods. In the monitor phase Odoo's behaviour is unchanged.
        """
        return bool(
            self._takes_supply(location)
            and location._get_promise_company().promise_phase != "dark"
            and self.location_dest_id.usage != "supplier"
            and not self._is_for_owner()
        )

    def _is_for_owner(self):
        """Whether the goods are moved for the owner of consigned stock."""
        owner = self.picking_id.owner_id
        return bool(owner) and owner != self.company_id.sudo().partner_id

    def _takes_supply(self, location):
        """Whether goods taken from ``location`` cannot be promised afterwards.

        Adjustments, scrap and quarantine are facts, not demand.
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

    # ------------------------------------------------------------------
    # From stock, else by procurement
    # ------------------------------------------------------------------

    def _prepare_procurement_qty(self):
        """Take only promisable stock, and procure the rest."""
        quantities = super()._prepare_procurement_qty()
        stock = self._get_promisable_stock()
        return [
            move._get_qty_to_order(stock) if move in stock["moves"] else quantity
            for move, quantity in zip(self, quantities, strict=True)
        ]

    def _get_promisable_stock(self):
        """Return the moves that take from stock first, and the available stock.

        :return: ``{"moves": moves, (product_id, warehouse_id): quantity}``
        """
        moves = self.filtered(
            lambda move: (
                move.product_id.uom_id.compare(move.product_qty, 0) > 0
                and move._spares_safety_stock(move.location_id)
            )
        )
        return {"moves": moves, **moves._get_displayed()}

    def _get_displayed(self):
        """Return ``{(product_id, warehouse_id): promisable quantity}`` for these
        moves."""
        availability = (
            self.env["stock.availability"]
            .sudo()
            .get_availability(
                self.product_id,
                self.location_id.warehouse_id,
                components=["displayed"],
            )
        )
        return {key: row["displayed"] for key, row in availability.items()}

    def _get_qty_to_order(self, stock):
        """Return the quantity not covered by stock, in the move's unit."""
        key = self.product_id.id, self.location_id.warehouse_id.id
        covered = min(self.product_qty, stock[key])
        stock[key] -= covered
        return self.product_id.uom_id._convert_quantity(
            self.product_qty - covered, self.product_uom, rounding_method="HALF-UP"
        )

    def _spares_safety_stock(self, location):
        """Whether the quantity beyond stock is procured for this move."""
        return self.rule_id.procure_method == "mts_else_mto" and (
            self._takes_promisable_stock(location)
        )

    def _get_free_of_safety_stock(self, location):
        """Return the quantity reservable without using the safety stock."""
        warehouse = location.warehouse_id
        key = self.product_id.id, warehouse.id
        availability = (
            self.env["stock.availability"]
            .sudo()
            .get_availability(self.product_id, warehouse, components=["safety_stock"])
        )
        free = self.env["backorder.retry"]._get_free_quantity(
            self.product_id, warehouse
        )
        return free - availability[key]["safety_stock"]
