# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

# The stock location inherits the kind of its parents, which are pickable.
AVAILABILITY_KINDS = {
    "wh_input_stock_loc_id": "inbound",
    "wh_qc_stock_loc_id": "quarantine",
    "wh_output_stock_loc_id": "outbound",
    "wh_pack_stock_loc_id": "outbound",
}


class StockWarehouse(models.Model):
    _inherit = "stock.warehouse"

    def _get_locations_values(self, vals, code=False):
        values = super()._get_locations_values(vals, code=code)
        for field, kind in self._get_availability_kinds().items():
            if field in values:
                values[field]["own_availability_kind"] = kind
        return values

    def _has_inbound_places(self):
        """Whether this warehouse has locations for goods not put away yet."""
        self.ensure_one()
        locations = self.env["stock.location"].sudo()
        return bool(
            locations.search_count(
                [
                    ("warehouse_id", "=", self.id),
                    ("availability_kind", "=", "inbound"),
                    ("usage", "!=", "view"),
                ],
                limit=1,
            )
        )

    def _get_availability_kinds(self):
        """Return ``{field: kind}`` of the standard locations of a warehouse."""
        return AVAILABILITY_KINDS

    def _set_availability_kinds(self):
        """Set the kind of the locations of existing warehouses, at installation."""
        for field, kind in self._get_availability_kinds().items():
            locations = self.with_context(active_test=False)[field]
            locations.filtered(
                lambda location: not location.own_availability_kind
            ).write({"own_availability_kind": kind})
