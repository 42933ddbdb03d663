# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class SaleOrder(models.Model):
    """Update alerts when an order goes on backorder."""

    _inherit = "sale.order"

    def _log_transitions(self, before):
        """Trigger the update of alerts when an order goes on backorder."""
        result = super()._log_transitions(before)
        backordered = self.filtered(
            lambda order: (
                order.backordered_since
                and not (before.get(order.id) or ("none", False))[1]
            )
        )
        if any(company._is_alerting() for company in backordered.company_id.sudo()):
            self.env["backorder.alert"]._trigger()
        return result

    def _filter_customer_not_notified(self):
        """Return the orders on backorder whose customer was not notified yet."""
        backordered = self.filtered("backordered_since")
        notified = backordered._get_last_notified_dates()
        return backordered.filtered(lambda order: order not in notified)
