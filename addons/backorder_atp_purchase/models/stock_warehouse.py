# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.exceptions import UserError


class StockWarehouse(models.Model):
    _inherit = "stock.warehouse"

    def _get_emergency_rule(self):
        """Return the buy rule of this warehouse, also if it is archived.

        :raise UserError: when the warehouse has none
        """
        self.ensure_one()
        warehouse = self.sudo().with_context(active_test=False)
        rule = warehouse.buy_pull_id or self.env["stock.rule"].sudo().search(
            [("action", "=", "buy"), ("warehouse_id", "=", self.id)], limit=1
        )
        if not rule.picking_type_id:
            raise UserError(
                self.env._(
                    "%s has no buy rule. Enable Buy to Resupply on the warehouse.",
                    self.sudo().name,
                )
            )
        return rule
