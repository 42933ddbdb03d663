# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class SaleOrder(models.Model):
    """Alerts follow soon when an order falls short."""

    _inherit = "sale.order"

    def _log_transitions(self, before):
        """Let alerts follow soon when an order falls short."""
        result = super()._log_transitions(before)
        fallen = self.filtered(
            lambda order: (
                order.backordered_since
                and not (before.get(order.id) or ("none", False))[1]
            )
        )
        if any(company._is_alerting() for company in fallen.company_id.sudo()):
            self.env["backorder.alert"]._trigger()
        return result

    def _filter_customer_not_notified(self):
        """Return the orders that wait and whose customer was told nothing yet."""
        waiting = self.filtered("backordered_since")
        told = waiting._get_last_notified_dates()
        return waiting.filtered(lambda order: order not in told)
