# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


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

    def _prepare_promise(self):
        """Choose the warehouse of a validated order, too: nobody else writes it."""
        return super(SaleOrder, self._with_tiers_passed())._prepare_promise()

    def _check_confirmation(self):
        """As confirming, also where the state is written directly."""
        self._check_tier_validation()
        pending = super(SaleOrder, self._with_tiers_passed())._check_confirmation()
        return pending.with_env(self.env)

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

    def _with_tiers_passed(self):
        """Return these validated orders, to be written by the confirmation itself.

        Until its state changes, an order under validation can be written by nobody.
        """
        return self.with_context(skip_validation_check=True)

    # ------------------------------------------------------------------
    # Validation
    # ------------------------------------------------------------------

    def _get_under_validation_exceptions(self):
        return [*super()._get_under_validation_exceptions(), *self._get_server_fields()]

    def _get_after_validation_exceptions(self):
        return [*super()._get_after_validation_exceptions(), *self._get_server_fields()]

    def _get_server_fields(self):
        """Return the names of the fields that only the server writes, e.g. a hold."""
        return [
            name for name, field in self._fields.items() if self._is_server_only(field)
        ]

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
