# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

# How many soft reservations expire in one transaction.
BATCH = 100


class StockSoftReservation(models.Model):
    """Releasing, extending and expiring."""

    _inherit = "stock.soft.reservation"

    # ------------------------------------------------------------------
    # Ending
    # ------------------------------------------------------------------

    def action_release(self, reason):
        """Release these soft reservations immediately.

        :param reason: for the log; required
        :raise AccessError: when the user neither made the soft reservation nor is an
            operator
        :raise UserError: when one of them has ended already
        """
        self.env["sale.order"]._check_reason(reason)
        self._check_may_change()
        self.sudo()._settle("released", reason)

    def action_extend(self, expiry_date):
        """Reserve until ``expiry_date``, within the limit of the company.

        The limit counts from the creation, for operators from now.

        :param expiry_date: datetime in UTC, or its string
        :raise AccessError: when the user neither made the soft reservation nor is an
            operator
        :raise UserError: when one of them has ended or expired already
        """
        self._check_may_change()
        late = self.filtered("is_expired")
        if late:
            raise UserError(
                self.env._(
                    "%s has expired: other orders may have taken the stock. Make a new"
                    " soft reservation.",
                    ", ".join(late.mapped("name")),
                )
            )
        # decisions that count on the expiry concern the same stock
        self._claim()
        before = {reservation: reservation.expiry_date for reservation in self}
        self.sudo().expiry_date = fields.Datetime.to_datetime(expiry_date)
        self._check_expiry()
        self._log("reservation:extended", before)

    def action_open_release(self):
        """Ask for the reason, then release."""
        return self.env["stock.soft.reservation.decision"]._open_operation(
            "release", self, reservation_ids=self.ids
        )

    def action_open_extend(self):
        """Ask for the new expiry, then extend."""
        latest = max(self.mapped("expiry_date"), default=False)
        return self.env["stock.soft.reservation.decision"]._open_operation(
            "extend", self, reservation_ids=self.ids, expiry_date=latest
        )

    def _check_may_change(self):
        self.check_access("read")
        foreign = self.filtered(
            lambda reservation: not reservation._is_changed_by_user()
        )
        if foreign:
            raise AccessError(
                self.env._(
                    "%s can only be changed by the user who made it, the salesperson of"
                    " its quotation or a backorder operator.",
                    ", ".join(foreign.mapped("name")),
                )
            )
        ended = self.filtered(lambda reservation: reservation.state != "active")
        if ended:
            raise UserError(
                self.env._(
                    "%s has ended already. Refresh the page.",
                    ", ".join(ended.mapped("name")),
                )
            )

    def _is_changed_by_operator(self):
        """Whether the user may change any soft reservation."""
        return self.env.su or self.env.user.has_group(
            "backorder_atp.group_backorder_operator"
        )

    def _is_changed_by_user(self):
        """Whether the user may release or extend this soft reservation."""
        user = self.env.user
        if self._is_changed_by_operator():
            return True
        return user.has_group("sales_team.group_sale_salesman") and user in (
            self.user_id | self.sudo().order_id.user_id
        )

    def _settle(self, state, reason=False):
        """End these soft reservations; their stock is free for backordered orders."""
        active = self.filtered(lambda reservation: reservation.state == "active")
        if not active:
            return
        quantities = {
            reservation: reservation.remaining_quantity for reservation in active
        }
        active.write(
            {
                "state": state,
                "release_date": fields.Datetime.now(),
                "release_reason": reason,
            }
        )
        source = f"reservation-{state}:{', '.join(active[:5].mapped('name'))}"
        with self.env["backorder.event"]._caused_by(source):
            active._log(f"reservation:{state}", quantities=quantities, reason=reason)
            self.env["backorder.retry"]._enqueue_backordered(
                active.product_id, active.warehouse_id, source
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_active(self):
        if any(reservation.state == "active" for reservation in self):
            raise UserError(
                self.env._("Release the soft reservation before deleting it.")
            )

    def _claim(self):
        """Let decisions about the same stock at the same time count these."""
        claimed = defaultdict(float)
        for reservation in self:
            key = reservation.product_id.id, reservation.warehouse_id.id
            claimed[key] += reservation.quantity
        self.env["stock.promise.guard"]._claim(claimed)

    # ------------------------------------------------------------------
    # Expiring
    # ------------------------------------------------------------------

    @api.model
    def _cron_expire(self):
        """Mark expired soft reservations and allocate their stock to backorders.

        They have not counted since the minute of their expiry; this records it and
        enqueues a retry. Records locked by another process are skipped; changes made
        at the same time are seen by the next run.
        """
        failed = set()
        self.env["ir.cron"]._work_off(
            lambda: self._take_due(failed),
            lambda reservations: reservations._expire(failed),
            self.search_count(self._get_due()),
            again=lambda reservations: None,
        )

    def _expire(self, failed):
        """Expire these soft reservations; add to ``failed`` those that cannot be."""
        failed |= set(
            self.env["backorder.failure"]._work_on_each(
                "reservation", self, lambda batch: batch._settle("expired")
            )
        )
        return len(self)

    @api.model
    def _get_due(self):
        return [("state", "=", "active"), ("expiry_date", "<=", fields.Datetime.now())]

    @api.model
    def _take_due(self, failed=()):
        """Lock the next expired soft reservations that no other process has locked."""
        domain = [
            *self._get_due(),
            ("id", "not in", [reservation.id for reservation in failed]),
        ]
        return self.search(domain, limit=BATCH).try_lock_for_update()
