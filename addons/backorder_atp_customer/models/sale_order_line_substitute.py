# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class SaleOrderLine(models.Model):
    """Substitutes in customer messages."""

    _inherit = "sale.order.line"

    def _get_offered_substitutes(self):
        """Return the names of substitutes for the whole backordered quantity.

        :return: as shown to customers, in order of preference; empty if the company
            offers no substitutes in its messages
        """
        self.ensure_one()
        if not self.backorder_product_qty or self._get_substitution_obstacle():
            return []
        if not self.company_id.sudo().customer_message_substitutes:
            return []
        substitutes = self.product_id.with_context(
            display_default_code=False
        )._get_available_substitutes(self.warehouse_id or self.order_id.warehouse_id)
        return [
            substitute.display_name
            for substitute, quantity in substitutes
            if self._is_replaced_by(substitute, quantity)
        ]
