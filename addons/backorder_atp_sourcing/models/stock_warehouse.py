# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class StockWarehouse(models.Model):
    _inherit = "stock.warehouse"

    def _get_resupply_route(self, source):
        """Return the route that resupplies this warehouse from ``source``, if any."""
        self.ensure_one()
        return self.sudo().resupply_route_ids.filtered(
            lambda route: route.active and route.supplier_wh_id == source
        )[:1]
