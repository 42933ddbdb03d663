# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.exceptions import AccessError

from ..transaction import without_defaults

OPERATOR = "backorder_atp.group_backorder_operator"


class SaleOrder(models.Model):
    """Only operators and managers may set the priority of an order to urgent."""

    _inherit = "sale.order"

    @api.model_create_multi
    def create(self, vals_list):
        self._check_priority(*vals_list)
        orders = without_defaults(self, {"backorder_priority"})
        return super(SaleOrder, orders).create(vals_list).with_env(self.env)

    def write(self, vals):
        if any(order.backorder_priority != "urgent" for order in self):
            self._check_priority(vals)
        return super().write(vals)

    def _check_priority(self, *vals_list):
        is_urgent = any(
            vals.get("backorder_priority") == "urgent" for vals in vals_list
        )
        if is_urgent and not (self.env.su or self.env.user.has_group(OPERATOR)):
            raise AccessError(
                self.env._(
                    "Only operators and inventory managers can make an order urgent."
                    " Set its priority to High, or ask one of them."
                )
            )
