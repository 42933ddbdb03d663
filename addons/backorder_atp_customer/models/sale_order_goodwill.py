# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.exceptions import AccessError, UserError

SALESMAN_GROUP = "sales_team.group_sale_salesman"


class SaleOrder(models.Model):
    """A goodwill discount on backordered items."""

    _inherit = "sale.order"

    def action_open_goodwill(self):
        """Open the wizard with the cost of a discount."""
        self._check_goodwill_rights()
        self._check_goodwill_state()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Goodwill Discount: %s", self.name),
            "res_model": "backorder.goodwill",
            "view_mode": "form",
            "target": "new",
            "context": {"default_order_id": self.id},
        }

    def action_apply_goodwill(self, percent, reason, again=False):
        """Grant a discount on backordered quantities, splitting lines if needed.

        It is added to existing discounts. Delivered, reserved and invoiced quantities
        keep their price.

        :param float percent: of the current price, above 0 and up to 100
        :param str reason: for the log; required
        :param bool again: also on lines that already have a goodwill discount
        :return: the lines with the discount
        :raise AccessError: for users who cannot change the prices of the order
        :raise UserError: when nothing is on backorder, or it is invoiced or already has
            its discount
        """
        self._check_goodwill_rights()
        self._check_reason(reason)
        self._check_goodwill_percent(percent)
        self._lock_orders()
        self._check_goodwill_state()
        shares = self.sudo()._get_goodwill_shares(again)
        with self.env["backorder.event"]._caused_by(f"goodwill:{self.env.user.login}"):
            before = self.amount_untaxed
            lines = self.sudo()._give_goodwill(shares, percent)
            self._notify_goodwill(lines, percent, reason, before - self.amount_untaxed)
        return lines.with_env(self.env)

    # ------------------------------------------------------------------
    # Checks
    # ------------------------------------------------------------------

    def _check_goodwill_rights(self):
        self._check_existence()
        self._check_one_order()
        if not self.env.user.has_group(SALESMAN_GROUP):
            raise AccessError(
                self.env._("Only salespeople can change the prices of an order.")
            )
        self.check_access("write")

    def _check_goodwill_percent(self, percent):
        if not 0 < percent <= 100:
            raise UserError(
                self.env._(
                    "A discount of %s%% cannot be granted. Enter a percentage above 0,"
                    " up to 100.",
                    percent,
                )
            )

    def _check_goodwill_state(self):
        if self.state != "sale" or not self.backordered_since:
            raise UserError(
                self.env._(
                    "%s has no backordered items, so no goodwill discount applies.",
                    self.name,
                )
            )
        if self.locked:
            raise UserError(
                self.env._("%s is locked. Unlock it to change its prices.", self.name)
            )

    # ------------------------------------------------------------------
    # Preview
    # ------------------------------------------------------------------

    def get_goodwill_preview(self, again=False):
        """Return the quantities that would get a goodwill discount.

        :param bool again: also lines that already have a goodwill discount
        :return: list of dicts with ``line_id``, the backordered ``quantity`` in the
            line's unit and its ``subtotal`` before taxes, in the order's currency
        :raise AccessError: for users who cannot change the prices of the order
        """
        if not self:
            return []
        self._check_goodwill_rights()
        return [
            {
                "line_id": share.line.id,
                "quantity": share.quantity,
                "subtotal": self.currency_id.round(
                    share.line.price_subtotal
                    * share.quantity
                    / share.line.product_uom_qty
                ),
            }
            for share in self.sudo()._filter_goodwill_shares(again)
        ]

    # ------------------------------------------------------------------
    # Granting
    # ------------------------------------------------------------------

    def _get_goodwill_shares(self, again=False):
        """Return the shares of the lines that would get a discount.

        :raise UserError: when there are none, or a part of them is invoiced
        """
        line = self._get_undivided_line()
        if line:
            raise UserError(
                self.env._(
                    "%s is on backorder, but already invoiced or part of a set."
                    " Grant the discount with a credit note.",
                    line.product_id.display_name,
                )
            )
        shares = self._filter_goodwill_shares(again)
        if not shares:
            raise UserError(
                self.env._(
                    "All backordered items of %s already have a goodwill discount or"
                    " are free of charge. Select the option to grant it again.",
                    self.name,
                )
            )
        return shares

    def _filter_goodwill_shares(self, again):
        return [
            share
            for share in self._get_split_plan(split_lines=True)
            if share.quantity
            and share.line.price_unit
            and (again or not share.line.goodwill_discount)
        ]

    def _give_goodwill(self, shares, percent):
        demand = self._get_planned_demand(shares)
        lines = self.order_line.browse()
        with self.env["promise.decision"]._moving(demand):
            for share in shares:
                lines |= share.line._divide_share(share)
        for line in lines:
            line._give_goodwill(percent)
        return lines

    def _notify_goodwill(self, lines, percent, reason, amount):
        """Record the discount in the log and in the chatter of the order."""
        self.env["backorder.event"]._log(
            "order:goodwill_discount",
            order=self,
            reason=reason,
            payload={
                "percent": percent,
                "amount": self.currency_id.round(amount),
                "currency": self.currency_id.name,
                "lines": [line._prepare_goodwill_payload() for line in lines],
            },
        )
        self.message_post(
            body=self.env._(
                "Goodwill discount of %(percent)s%% on backordered items: %(reason)s",
                percent=f"{percent:g}",
                reason=reason,
            )
        )

    # ------------------------------------------------------------------
    # Message to the customer
    # ------------------------------------------------------------------

    def _get_goodwill_percent(self):
        """Return the discount of all backordered items, or 0 if it differs."""
        self.ensure_one()
        given = set(
            self.order_line.filtered("backorder_qty").mapped("goodwill_discount")
        )
        return given.pop() if len(given) == 1 else 0.0
