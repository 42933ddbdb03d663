# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class SaleOrderLine(models.Model):
    """For which day a short line of a quotation can be promised."""

    _inherit = "sale.order.line"

    def _prepare_outlook_line(self, obstacles):
        """Add the day, whether it is later than wanted, and whether it is agreed on."""
        day = self.expected_promise_date
        agreed = self._to_near_day(self.order_id.commitment_date)
        return {
            **super()._prepare_outlook_line(obstacles),
            "date": fields.Date.to_string(day) or False,
            "is_covered": self.is_expected_promise_covered,
            "is_late": bool(day) and day > self._get_wanted_day(),
            "is_agreed": bool(day) and day == agreed,
        }

    def action_accept_promise_date(self, date):
        """Make the day of this line of a quotation the delivery date of its order.

        :param str date: the day that was shown, as in ``_prepare_outlook_line``
        :return: the action that the client shows next
        :raise AccessError: for users who may not change the order
        :raise UserError: if the order is no quotation any more, or the line can be
            promised for another day now
        """
        self.ensure_one()
        order = self.order_id
        order.check_access("write")
        self._check_accepted_day(date)
        day = self.expected_promise_date
        order.commitment_date = self.env["stock.availability"]._get_noon(
            day, self._get_own_company()
        )
        return order._get_notification(
            self.env._("%s is updated", order.name),
            self.env._("The delivery date is %s.", format_date(self.env, day)),
            kind="success",
        )

    def _check_accepted_day(self, date):
        if self.state not in ("draft", "sent"):
            raise UserError(
                self.env._(
                    "%s is confirmed. Change the delivery date on the order.",
                    self.order_id.name,
                )
            )
        if not date or fields.Date.to_string(self.expected_promise_date) != date:
            raise UserError(
                self.env._(
                    "The date for %s has changed. Refresh the page.",
                    self.product_id.display_name,
                )
            )
