# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.tools import format_date


class SaleOrder(models.Model):
    """Emergency purchases and expediting from the order."""

    _inherit = "sale.order"

    def action_open_purchase(self):
        """Propose an emergency purchase for these orders."""
        return self.env["backorder.purchase"]._open(self._get_short_keys())

    def action_open_expedite(self):
        """Show the purchases these orders depend on, and their dates."""
        return self.env["backorder.expedite"]._open(self._get_short_keys())

    def _record_supply_date(self, line, old, new):
        """Log the new expected date of supply in the chatter of each order.

        :param line: the ``purchase.order.line``
        :param old: the previous expected day, or False
        :param new: the new expected day, or False
        """
        for order in self.sudo():
            order._message_log(
                body=self.env._(
                    "%(product)s is expected on %(new)s instead of %(old)s"
                    " (%(purchase)s).",
                    product=line.product_id.display_name,
                    new=format_date(self.env, new),
                    old=format_date(self.env, old),
                    purchase=line.order_id.name,
                )
            )
