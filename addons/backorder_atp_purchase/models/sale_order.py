# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.tools import format_date


class SaleOrder(models.Model):
    """Buying what an order waits for, and expediting what was bought."""

    _inherit = "sale.order"

    def action_open_purchase(self):
        """Propose what to buy of what these orders wait for."""
        return self.env["backorder.purchase"]._open(self._get_short_keys())

    def action_open_expedite(self):
        """Show the purchases these orders wait for, and their dates."""
        return self.env["backorder.expedite"]._open(self._get_short_keys())

    def _record_supply_date(self, line, old, new):
        """Leave a note on each order: what it waits for comes another day.

        :param line: the ``purchase.order.line``
        :param old: the day it was expected, or False
        :param new: the day it is expected now, or False
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
