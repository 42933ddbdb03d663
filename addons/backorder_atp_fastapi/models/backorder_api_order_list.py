# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.fields import Domain


class BackorderApiOrder(models.AbstractModel):
    """The list of orders."""

    _inherit = "backorder.api.order"

    def _list_orders(self, filters, limit, cursor=None):
        """Return the body of ``GET /orders``: what the caller may read.

        :param filters: values of the query: ``status`` (a list), ``customer_id``,
            ``customer_reference``, ``changed_since``; None does not filter
        :raise ApiProblem: if the cursor is invalid
        """
        orders, page = self._search_by_id(
            self.env["sale.order"], self._get_list_domain(**filters), limit, cursor
        )
        return {"orders": [self._prepare_order_head(order) for order in orders], **page}

    def _get_list_domain(self, status, customer_id, customer_reference, changed_since):
        domain = Domain("company_id", "=", self.env.company.id)
        if status:
            domain &= Domain.OR(self._get_status_domain(one) for one in status)
        if customer_id:
            domain &= Domain("partner_id", "child_of", customer_id)
        if customer_reference:
            domain &= Domain("client_order_ref", "=", customer_reference)
        if changed_since:
            changed = Domain("write_date", ">=", changed_since)
            domain &= changed | Domain("order_line", "any", changed)
        return domain

    def _get_status_domain(self, status):
        """Return the orders of which ``_get_status`` returns ``status``."""
        state = Domain("state", "=", "sale")
        pending = Domain("requires_inventory_override", "=", True)
        cancelled = Domain("state", "=", "cancel")
        if status == "CANCELLED":
            return cancelled
        if status == "PENDING_APPROVAL":
            return ~cancelled & pending
        if status == "DRAFT":
            return ~cancelled & ~state & ~pending
        if status == "CONFIRMED":
            return state & ~pending & Domain("backorder_state", "in", ("none", False))
        return state & ~pending & Domain("backorder_state", "=", status.lower())
