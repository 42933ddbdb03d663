# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.fields import Domain

from .sale_order import WAITING_STATES


class SaleOrder(models.Model):
    """Which orders count as backordered, wherever they are listed or counted.

    Backordered is what is to be delivered and misses something. What is on hold is
    counted beside it: never with it, and never left out.
    """

    _inherit = "sale.order"

    @api.model
    def _get_backordered_domain(self):
        """Return which orders wait for something; none that is on hold."""
        return Domain("backorder_state", "in", WAITING_STATES)

    @api.model
    def _get_held_domain(self):
        """Return which orders would wait, but are on hold."""
        return Domain("backorder_state", "=", "on_hold")

    @api.model
    def _get_counted_domain(self):
        """Return both, for lists that show them beside each other."""
        return Domain.OR([self._get_backordered_domain(), self._get_held_domain()])

    @api.model
    def _get_counted_query(self):
        """Return both, as far as the user may read them, in his companies."""
        own = Domain("company_id", "in", self.env.companies.ids)
        return self._search(self._get_counted_domain() & own)

    @api.model
    def _get_board_action(self, domain):
        """Return the list of what waits, narrowed down; on hold is a filter away."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "backorder_atp.sale_order_action_backorder"
        )
        return {**action, "domain": list(self._get_counted_domain() & domain)}
