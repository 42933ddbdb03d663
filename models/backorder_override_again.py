# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

_logger = logging.getLogger(__name__)


class BackorderOverride(models.Model):
    """Requests that nobody has to decide on any more: the stock has come."""

    _inherit = "backorder.override"

    @api.model
    def _get_pending_keys(self, products=None, warehouses=None):
        """Return the ``(product_id, warehouse_id)`` that open requests ask for."""
        domain = Domain("override_id.state", "=", "pending")
        domain &= Domain("warehouse_id", "!=", False)
        if products is not None:
            domain &= Domain("product_id", "in", products.ids)
        if warehouses is not None:
            domain &= Domain("warehouse_id", "in", warehouses.ids)
        lines = self.env["backorder.override.line"].sudo().search(domain)
        return {(line.product_id.id, line.warehouse_id.id) for line in lines}

    @api.model
    def _look_again(self, product, warehouse):
        """Let go on what asks for ``product`` and is not short of anything now."""
        lines = self.env["backorder.override.line"].search(
            [
                ("product_id", "=", product.id),
                ("warehouse_id", "=", warehouse.id),
                ("override_id.state", "=", "pending"),
            ]
        )
        for request in lines.override_id.sorted("id"):
            request._settle_alone()

    def _settle_alone(self):
        """Go on with one request; what cannot go on waits for a decision as before."""
        try:
            with self.env.cr.savepoint():
                return self._settle_if_needless()
        except UserError as error:
            _logger.info("%s still has to be decided: %s", self.order_id.name, error)
            return False

    def _settle_if_needless(self):
        """Go on without a decision where all is there now.

        :return: whether it was
        """
        self.ensure_one()
        request = self.sudo()
        if request.state != "pending" or request._find_obstacles():
            return False
        reason = self.env._("Everything requested is available now.")
        order, lines = request.order_id, request.line_ids
        request._withdraw(reason=reason)
        if request.kind == "increase":
            for line in lines.filtered("sale_line_id"):
                line.sale_line_id.product_uom_qty = line.new_qty
        elif order.state == "sale":
            request._release_delivery()
        else:
            order.action_confirm()
        request._notify_needless(reason)
        return True

    def _find_obstacles(self):
        """Return what still has to be decided on: shortages, or a changed line."""
        if self.kind == "increase":
            changed = self.line_ids.filtered(lambda line: line._has_changed())
            return changed or self._find_increase_shortages()
        demand = self.order_id.order_line._get_promise_demand()
        validator = self.env["promise.decision"]
        return validator._find_obstacles(demand, self.order_id)

    def _find_increase_shortages(self):
        """Return of what this asks for what is not there; it commits it itself."""
        short = self.line_ids.filtered(lambda line: line._is_still_short())
        return short or self._get_open_discrepancies()

    def _get_needless_action(self):
        return self.order_id._get_notification(
            self.env._("Approval is no longer needed"),
            self.env._(
                "%s: everything requested is available now.", self.order_id.name
            ),
        )

    def _notify_needless(self, reason):
        for request in self:
            request.order_id.message_post(
                body=self.env._("Stock approval is no longer needed: %s", reason),
                partner_ids=request._get_interested_partners().ids,
                subtype_xmlid="mail.mt_note",
            )
