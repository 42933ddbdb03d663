# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

from .backorder_event_log import SOURCE


class SaleOrder(models.Model):
    """What the log records at the beginning and the end of an episode."""

    _inherit = "sale.order"

    def _prepare_episode_payload(self, event_type, previous_state, previous_since):
        """Add the figures of the reports to the payload of the log entry.

        ``backorderedSince`` is when the shortage began, which for the child of a split
        is earlier than its own first entry; ``lines`` is what was short at the
        beginning, in the products' units.
        """
        self.ensure_one()
        payload = self._prepare_backorder_payload(previous_state)
        since = self.backordered_since or previous_since
        payload["backorderedSince"] = fields.Datetime.to_string(since)
        if event_type == "order:backordered":
            short = self.order_line.filtered("backorder_product_qty")
            payload["lines"] = [line._prepare_shortage_payload() for line in short]
        elif self._is_given_up():
            payload["cancelled"] = True
        return payload

    def _is_given_up(self):
        """Whether the episode ends because the order is cancelled or is being
        cancelled: its deliveries are cancelled first."""
        operation, _colon, names = (SOURCE.get(self.env.cr) or "").partition(":")
        is_cancelling = operation == "cancel" and self.name in names.split(",")
        return self.state != "sale" or is_cancelling
