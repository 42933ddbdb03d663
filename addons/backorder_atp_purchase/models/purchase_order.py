# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import format_date

from odoo.addons.backorder_atp.dates import get_near_day

from .purchase_order_line_expedite import EXPEDITE_ACTIVITY


class PurchaseOrder(models.Model):
    _inherit = "purchase.order"

    is_emergency = fields.Boolean(
        "Emergency Purchase",
        readonly=True,
        copy=False,
        help="Created to cover a shortage.",
        server_only=True,
    )

    def _get_buyer(self):
        """Return the user responsible for this purchase."""
        self.ensure_one()
        return self.user_id or self.company_id._get_backorder_buyer() or self.env.user

    def _request_to_expedite(self, lines, note):
        """Create or update the activity that asks the buyer to expedite ``lines``."""
        self.ensure_one()
        values = {
            "note": self.env["ir.qweb"]._render(
                "backorder_atp_purchase.expedite_note",
                {"lines": lines, "note": note, "format_date": self._format_day},
            ),
        }
        activity = self.activity_search(
            [EXPEDITE_ACTIVITY], user_id=self._get_buyer().id
        )
        if activity:
            activity[0].write(values)
        else:
            self.activity_schedule(
                EXPEDITE_ACTIVITY,
                user_id=self._get_buyer().id,
                summary=self.env._("Expedite: backordered orders depend on it"),
                **values,
            )

    def _end_expediting(self):
        """Remove the activities of purchases that have nothing left to expedite."""
        finished = self.sudo().filtered(
            lambda order: not order.order_line._filter_expected()
        )
        finished.activity_unlink([EXPEDITE_ACTIVITY])

    def button_cancel(self):
        result = super().button_cancel()
        self._end_expediting()
        return result

    def _format_day(self, moment):
        """Return the day in the user's format; empty for an implausible date."""
        day = get_near_day(moment, fields.Datetime.now())
        return format_date(self.env, day) if day else ""

    @api.model
    def _can_open(self):
        """Whether the user can open purchases; their form also shows bills."""
        return self.env.user.has_group("purchase.group_purchase_user")
