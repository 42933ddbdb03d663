# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class SaleOrder(models.Model):
    """Orders with exceptions: the rules come before the stock."""

    _inherit = "sale.order"

    # ------------------------------------------------------------------
    # Confirming
    # ------------------------------------------------------------------

    def _is_stopped_before_promise(self):
        """Whether a rule fails: the exceptions are shown, nothing is promised."""
        return bool(self.detect_exceptions()) or super()._is_stopped_before_promise()

    def _check_confirmation(self):
        """Check the rules before the stock where the state is written directly, too.

        :raise ValidationError: with the names of the rules that fail
        """
        if not self._is_being_confirmed():
            self._check_exception()
        return super()._check_confirmation()

    def _get_promise_message(self, status, is_only_unplaced=False):
        if status == "error" and self._has_exceptions():
            return self._get_exception_message()
        return super()._get_promise_message(status, is_only_unplaced)

    def _has_exceptions(self):
        """Whether rules failed when they were last checked and are not ignored."""
        return bool(self.exception_ids) and not self.ignore_exception

    def _get_exception_message(self):
        """Return which rules keep this order from being confirmed, in a sentence."""
        return self.env._(
            "%(order)s cannot be confirmed because of an exception: %(rules)s.",
            order=self.name,
            rules=", ".join(self.exception_ids.mapped("name")),
        )

    # ------------------------------------------------------------------
    # Splitting
    # ------------------------------------------------------------------

    def _prepare_backorder_order(self):
        values = super()._prepare_backorder_order()
        return {**values, "ignore_exception": self.ignore_exception}

    def _check_exception(self):
        """What is split off was checked with its original; it has no lines yet."""
        return self._is_being_split_off() or super()._check_exception()
