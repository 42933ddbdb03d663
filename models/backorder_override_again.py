# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

_logger = logging.getLogger(__name__)


class BackorderOverride(models.Model):
    """Requests that need no decision any more because the stock has arrived."""

    _inherit = "backorder.override"

    @api.model
    def _get_pending_keys(self, products=None, warehouses=None):
        """Return each ``(product_id, warehouse_id)`` of pending requests."""
        domain = Domain("override_id.state", "=", "pending")
        domain &= Domain("warehouse_id", "!=", False)
        if products is not None:
            domain &= Domain("product_id", "in", products.ids)
        if warehouses is not None:
            domain &= Domain("warehouse_id", "in", warehouses.ids)
        lines = self.env["backorder.override.line"].sudo().search(domain)
        return {(line.product_id.id, line.warehouse_id.id) for line in lines}

    @api.model
    def _settle_pending(self, product, warehouse):
        """Settle the pending requests for ``product`` that are no longer short."""
        lines = self.env["backorder.override.line"].search(
            [
                ("product_id", "=", product.id),
                ("warehouse_id", "=", warehouse.id),
                ("override_id.state", "=", "pending"),
            ]
        )
        for request in lines.override_id.sorted("id"):
            request._try_settle()

    def _try_settle(self):
        """Settle the request if nothing is short. On an error it stays pending."""
        try:
            with self.env.cr.savepoint():
                return self._settle_if_not_needed()
        except UserError as error:
            _logger.info("%s still has to be decided: %s", self.order_id.name, error)
            return False

    def _settle_if_not_needed(self):
        """Confirm the order or increase without a decision if all is available now.

        :return: whether the request was settled
        """
        self.ensure_one()
        request = self.sudo()
        if request.state != "pending" or request._find_obstacles():
            return False
        reason = self.env._("Everything requested is available now.")
        request._withdraw(reason=reason)
        if request.kind == "increase":
            for line in request.line_ids.filtered("sale_line_id"):
                line.sale_line_id.product_uom_qty = line.new_qty
        else:
            request._release_order()
        request._notify_not_needed(reason)
        return True

    def _find_obstacles(self):
        """Return the reasons for a decision: shortages or changed lines."""
        if self.kind == "increase":
            changed = self.line_ids.filtered(lambda line: line._has_changed())
            return changed or self._find_increase_shortages()
        demand = self.order_id.order_line._get_promise_demand()
        decisions = self.env["promise.decision"]
        return decisions._find_obstacles(demand, self.order_id)

    def _find_increase_shortages(self):
        """Return the items that are still short or locked.

        The request itself has already committed their quantity.
        """
        short = self.line_ids.filtered(lambda line: line._is_still_short())
        return short or self._get_open_discrepancies()

    def _get_not_needed_action(self):
        return self.order_id._get_notification(
            self.env._("Approval is no longer needed"),
            self.env._(
                "%s: everything requested is available now.", self.order_id.name
            ),
        )

    def _notify_not_needed(self, reason):
        for request in self:
            request.order_id.message_post(
                body=self.env._("Stock approval is no longer needed: %s", reason),
                partner_ids=request._get_interested_partners().ids,
                subtype_xmlid="mail.mt_note",
            )
