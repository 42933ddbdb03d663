# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.fields import Domain


class BackorderApiEvent(models.AbstractModel):
    """The log as a feed."""

    _name = "backorder.api.event"
    _description = "Backorder HTTP API: Events"
    _inherit = "backorder.api"

    def _list_events(self, after, limit, types=(), order_id=None):
        """Return the body of ``GET /events``.

        :raise AccessError: if the caller is not a viewer of backorders
        """
        events = self.env["backorder.event"]
        events.check_access("read")
        end = events._get_feed_end()
        self.env.cr.rollback()  # so that the next query sees all committed entries
        domain = Domain("id", ">", after) & Domain("id", "<=", end)
        domain &= Domain("company_id", "in", self.env.companies.ids)
        if types:
            domain &= Domain("event_type", "in", types)
        if order_id:
            domain &= Domain("order_id", "=", order_id)
        found = events.search(domain, order="id", limit=limit + 1)
        has_more = len(found) > limit
        found = found[:limit]
        return {
            "events": [self._prepare_event(event) for event in found],
            "next_cursor": found[-1].id if has_more else max(after, end),
            "has_more": has_more,
        }

    def _prepare_event(self, event):
        """Return one entry of the log as JSON, the same for feed and webhooks."""
        event = event.sudo()
        return {
            "id": event.id,
            "type": event.event_type,
            "date": self._to_moment(event.date),
            "company_id": event.company_id.id or None,
            "user_id": event.user_id.id or None,
            "user": event.user_name or None,
            "order_id": event.order_id.id or None,
            "order_number": event.order_name or None,
            "product_id": event.product_id.id or None,
            "product": event.product_name or None,
            "warehouse_id": event.warehouse_id.id or None,
            "warehouse": event.warehouse_name or None,
            "quantity": event.quantity,
            "value": event.value,
            "reason": event.reason or None,
            "trigger_source": event.trigger_source or None,
            "payload": event.payload or None,
        }
