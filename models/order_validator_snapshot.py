# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class OrderValidator(models.AbstractModel):
    """What the log keeps of a short line, for people and for programs (B6, E5)."""

    _inherit = "order.validator"

    def _prepare_snapshot(self, shortage):
        currency = shortage.order.company_id.sudo().currency_id
        return {
            **super()._prepare_snapshot(shortage),
            "sku": shortage.product.default_code or False,
            "warehouse": shortage.warehouse.sudo().name or False,
            "value": currency.round(shortage.shortfall * shortage.get_unit_value()),
        }
