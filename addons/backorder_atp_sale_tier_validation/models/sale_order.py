# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

from odoo.addons.backorder_atp.transaction import TransactionVar

# Ids of the orders that are being confirmed, once they are validated.
WRITTEN = TransactionVar(frozenset())


class SaleOrder(models.Model):
    """Orders that need a tier validation: it comes before the stock.

    An order is validated first, and its stock is checked when it is confirmed. What
    changes the validation withdraws a pending stock approval, so that none is decided
    for an order that is still under validation.
    """

    _inherit = "sale.order"

    # ------------------------------------------------------------------
    # Confirming
    # ------------------------------------------------------------------

    def _is_stopped_before_promise(self):
        """Refuse orders whose tier validation is missing or open."""
        self._filter_to_check()._check_tier_validation()
        return super()._is_stopped_before_promise()

    @api.private
    def _confirm_promised(self, confirm):
        with self._being_written():
            return super()._confirm_promised(confirm)

    def _write_confirmed(self, vals):
        with self._being_written():
            return super()._write_confirmed(vals)

    def _being_written(self):
        """Let a confirmation write these orders, e.g. their warehouse.

        Until its state changes, an order under validation can be written by nobody.
        """
        cr = self.env.cr
        return WRITTEN.setting(cr, WRITTEN.get(cr).union(self.ids))

    def _check_confirmation(self):
        """Check the validation first where the state is written directly, too."""
        self._check_tier_validation()
        return super()._check_confirmation()

    def _check_tier_validation(self):
        """Request the validation of the user's own tiers, as at a confirmation.

        :raise ValidationError: unless these orders are validated or need no validation
        """
        self._tier_validation_check_state_on_write({"state": "sale"})

    def _tier_validation_check_state_on_write(self, vals):
        if vals.get("state") in self._state_to:
            self._refresh_need_of_validation()
        return super()._tier_validation_check_state_on_write(vals)

    def _refresh_need_of_validation(self):
        """The field depends on nothing: its value may be from before the reviews."""
        self.invalidate_recordset(["need_validation"], flush=False)

    # ------------------------------------------------------------------
    # Validation
    # ------------------------------------------------------------------

    def _check_allow_write_under_validation(self, vals):
        if self.id in WRITTEN.get(self.env.cr):
            return True
        vals = self._leave_out_server_fields(vals)
        return super()._check_allow_write_under_validation(vals)

    def _check_allow_write_after_validation(self, vals):
        vals = self._leave_out_server_fields(vals)
        return super()._check_allow_write_after_validation(vals)

    def _leave_out_server_fields(self, vals):
        """Return ``vals`` without what only the server writes, e.g. a hold."""
        return {
            name: value
            for name, value in vals.items()
            if not self._is_server_only(self._fields.get(name))
        }

    def restart_validation(self):
        """Withdraw the stock approval of orders that may now change."""
        result = super().restart_validation()
        self._withdraw_unvalidated()
        return result

    def _rejected_tier(self, tiers=False):
        result = super()._rejected_tier(tiers)
        self._withdraw_unvalidated()
        return result

    def _withdraw_unvalidated(self):
        """Withdraw the pending requests of orders that are not validated any more."""
        self.filtered(
            lambda order: (
                order.requires_inventory_override
                and order.state in ("draft", "sent")
                and order.validation_status != "validated"
            )
        )._withdraw_overrides()

    def _check_state_conditions(self, vals):
        """What is split off was validated with its original."""
        return not self._is_being_split_off() and super()._check_state_conditions(vals)

    # ------------------------------------------------------------------
    # Texts
    # ------------------------------------------------------------------

    @api.depends("review_ids.status")
    def _compute_promise_outlook(self):
        return super()._compute_promise_outlook()

    def _describe_outlook(self, obstacles, case):
        """Say first that the order must be validated."""
        kind, message = super()._describe_outlook(obstacles, case)
        if not self._is_validation_missing():
            return kind, message
        first = self.env._("This order must be validated before it can be confirmed.")
        return kind, f"{first} {message}"

    def _is_validation_missing(self):
        order = self._origin
        order._refresh_need_of_validation()
        return order.need_validation or (
            order.review_ids and order.validation_status != "validated"
        )
