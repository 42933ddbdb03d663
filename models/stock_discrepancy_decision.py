# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from .stock_discrepancy import ACTIVITY, MANAGER_GROUP, OPEN_STATES, OPERATOR_GROUP


class StockDiscrepancy(models.Model):
    """Deciding on a discrepancy, with the reason in the log."""

    _inherit = "stock.discrepancy"

    def action_start_review(self):
        """Start the review.

        :raise AccessError: if the user is not an operator
        :raise UserError: when it is no longer new
        """
        if not self.env.user.has_group(OPERATOR_GROUP):
            raise AccessError(
                self.env._("Only warehouse operators can review discrepancies.")
            )
        self.check_access("write")
        if any(discrepancy.state != "new" for discrepancy in self):
            raise UserError(
                self.env._("The review has already started. Refresh the page.")
            )
        self.sudo().write({"state": "under_review"})

    def action_resolve(self, reason, post_correction=False):
        """Close with an explanation, and post the correction if requested.

        :param reason: reason for the log; required
        :param post_correction: whether the stock is corrected by the difference, as
            by an inventory count. Otherwise a pending count is dropped
        :raise AccessError: if the user is not an inventory manager
        :raise UserError: when it is closed, or there is nothing to post
        """
        self._check_decision(reason)
        with self._being_decided():
            if post_correction:
                self._post_correction()
            self._close("resolved", reason)

    def action_reject(self, reason):
        """Close because there is no such difference; a pending count is dropped.

        :param reason: reason for the log; required
        :raise AccessError: if the user is not an inventory manager
        :raise UserError: when it is closed already
        """
        self._check_decision(reason)
        with self._being_decided():
            self._close("rejected", reason)

    def action_close_agreed(self):
        """Close discrepancies whose quantities match again.

        :raise UserError: when the quantities do not match
        """
        differing = self.filtered(lambda discrepancy: not discrepancy.is_agreed)
        if differing:
            raise UserError(
                self.env._(
                    "The quantities of %s still differ. Resolve it with a reason.",
                    ", ".join(differing.mapped("name")),
                )
            )
        self.action_resolve(self.env._("Quantities match again"))

    def action_reopen(self, reason):
        """Reopen for another review.

        :param reason: reason for the log; required
        :raise AccessError: if the user is not an inventory manager
        :raise UserError: when it is open
        """
        self._check_manager(reason)
        if any(discrepancy.state in OPEN_STATES for discrepancy in self):
            raise UserError(
                self.env._("This discrepancy is already open. Refresh the page.")
            )
        self.sudo().write(
            {
                "state": "new",
                "is_agreed": False,
                "closed_by_id": False,
                "closed_date": False,
                "resolution_note": False,
            }
        )
        self._log("discrepancy:opened", reason)
        self._post_note(self.env._("Reopened: %s", reason))
        self._notify_owner()

    def _being_decided(self):
        return self.env["backorder.event"]._caused_by(
            f"discrepancy:{','.join(self[:5].mapped('name'))}"
        )

    def _check_manager(self, reason):
        if not self.env.user.has_group(MANAGER_GROUP):
            raise AccessError(
                self.env._("Only an inventory manager can decide on discrepancies.")
            )
        self.check_access("write")
        self.env["sale.order"]._check_reason(reason)

    def _check_decision(self, reason):
        self._check_manager(reason)
        self._check_open()

    def _close(self, state, reason):
        self.filtered("is_count_pending")._drop_count()
        self.sudo().write(
            {
                "state": state,
                "resolution_note": reason,
                "closed_by_id": self.env.uid,
                "closed_date": fields.Datetime.now(),
                "is_count_pending": False,
            }
        )
        self._log(f"discrepancy:{state}", reason)
        self._post_note(reason)
        self.sudo().activity_feedback([ACTIVITY], feedback=reason)

    def _post_note(self, body):
        for discrepancy in self.sudo():
            discrepancy.message_post(body=body)

    # ------------------------------------------------------------------
    # The log
    # ------------------------------------------------------------------

    def _log(self, event_type, reason=False):
        self.env["backorder.event"]._log_many(
            [discrepancy._prepare_event(event_type, reason) for discrepancy in self]
        )

    def _prepare_event(self, event_type, reason):
        return {
            "event_type": event_type,
            "product": self.product_id,
            "warehouse": self.warehouse_id.sudo(),
            "quantity": self.delta_qty,
            "reason": reason,
            "payload": {
                "discrepancyId": self.id,
                "discrepancy": self.name,
                "foundBy": self.origin_kind,
                "source": self.source,
                "expected": self.expected_qty,
                "counted": self.counted_qty,
                "delta": self.delta_qty,
                "percent": self.percent,
                "value": self.value,
                "severity": self.severity,
                "lockPolicy": self._get_lock_policy(),
            },
        }
