# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

AVAILABILITY_KINDS = {"pbm_loc_id": "outbound", "sam_loc_id": "inbound"}


class StockWarehouse(models.Model):
    """Components picked for production are outbound; finished products are inbound
    until they are put away."""

    _inherit = "stock.warehouse"

    def _get_availability_kinds(self):
        return {**super()._get_availability_kinds(), **AVAILABILITY_KINDS}

    def _get_locations_values(self, vals, code=False):
        values = super()._get_locations_values(vals, code=code)
        for field, kind in AVAILABILITY_KINDS.items():
            values[field]["own_availability_kind"] = kind
        return values
