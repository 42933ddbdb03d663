# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.fields import Domain

from .sale_order import BACKORDERED_STATES


class SaleOrder(models.Model):
    """Which orders count as backordered in lists and figures.

    An order is backordered when it still lacks something to deliver. Orders on hold
    are counted separately.
    """

    _inherit = "sale.order"

    @api.model
    def _get_backordered_domain(self):
        """Return the domain of backordered orders, without those on hold."""
        return Domain("backorder_state", "in", BACKORDERED_STATES)

    @api.model
    def _get_held_domain(self):
        """Return the domain of the orders on hold."""
        return Domain("backorder_state", "=", "on_hold")

    @api.model
    def _get_counted_domain(self):
        """Return the domain of both, for lists that show them together."""
        return Domain.OR([self._get_backordered_domain(), self._get_held_domain()])

    @api.model
    def _get_counted_query(self):
        """Return both, as far as the user may read them, in the user's companies."""
        own = Domain("company_id", "in", self.env.companies.ids)
        return self._search(self._get_counted_domain() & own)

    @api.model
    def _get_board_action(self, domain):
        """Return the action that lists backordered orders, narrowed down by filters."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "backorder_atp.sale_order_action_backorder"
        )
        return {**action, "domain": list(self._get_counted_domain() & domain)}

    def _get_list_action(self, name):
        """Return the action that lists these orders for any user who may read them."""
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": self._name,
            "view_mode": "list,form",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", self.ids)],
            "context": {"create": False},
        }

    def _prepare_reference(self, readable):
        """Return how a list refers to this order: by name if the user may read it.

        :param readable: the orders that the user may read
        :return: dict of ``order_id``, ``name`` and ``partner``
        """
        if self.id in readable._ids:
            partner = self.partner_id.display_name
            return {"order_id": self.id, "name": self.name, "partner": partner or ""}
        return {"order_id": False, "name": self.env._("Another order"), "partner": ""}
