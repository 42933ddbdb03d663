# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import UserError

from .sale_order import BACKORDERED_STATES


class SaleOrder(models.Model):
    """Putting orders on hold, and releasing them."""

    _inherit = "sale.order"

    def action_open_hold(self):
        return self.env["backorder.reason"]._open_operation(
            "hold", self, order_ids=self.ids
        )

    def action_open_release(self):
        return self.env["backorder.reason"]._open_operation(
            "release", self, order_ids=self.ids
        )

    def action_hold(self, reason):
        """Put these orders on hold: retries skip them.

        :param reason: reason for the log; required
        :raise UserError: when an order is not backordered or is on hold already
        """
        self._check_operator()
        self._check_reason(reason)
        unfit = self.filtered(
            lambda order: order.backorder_state not in BACKORDERED_STATES
        )
        if unfit:
            raise UserError(
                self.env._(
                    "Only backordered orders can be put on hold. Leave out: %s.",
                    ", ".join(unfit.mapped("name")),
                )
            )
        with self.env["backorder.event"]._caused_by(f"hold:{self.env.user.login}"):
            self.sudo().write(
                {
                    "hold_since": fields.Datetime.now(),
                    "hold_reason": reason,
                    "hold_kind": "hand",
                }
            )
            self._log_decision("order:on_hold", reason, {"holdKind": "hand"})

    def action_release_hold(self, reason):
        """Release these orders and retry them at once.

        :param reason: reason for the log; required
        """
        self._check_operator()
        self._check_reason(reason)
        unfit = self.filtered(lambda order: not order.hold_since)
        if unfit:
            raise UserError(
                self.env._(
                    "Not on hold: %s. Leave out these orders.",
                    ", ".join(unfit.mapped("name")),
                )
            )
        with self.env["backorder.event"]._caused_by(
            f"hold-released:{self.env.user.login}"
        ):
            self.sudo().write(self._prepare_release())
            self._log_decision("order:hold_released", reason)

    def _prepare_release(self):
        return {"hold_since": False, "hold_reason": False, "hold_kind": False}

    def _log_decision(self, event_type, reason, payload=None):
        self.env["backorder.event"]._log_many(
            [
                {
                    "event_type": event_type,
                    "order": order,
                    "reason": reason,
                    "payload": payload or {},
                }
                for order in self
            ]
        )

    def _hold_for_unmatched_items(self):
        """Set why the order is on hold, or clear it once all items are matched."""
        for order in self.sudo().filtered(lambda order: not order.hold_since):
            items = order._get_unmatched_items()
            order.hold_reason = order._get_unmatched_reason(items) if items else False

    def _get_unmatched_reason(self, items):
        return self.env._("Unmatched items: %s", ", ".join(items.mapped("reference")))
