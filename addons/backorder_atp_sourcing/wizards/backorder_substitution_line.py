# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class BackorderSubstitutionLine(models.TransientModel):
    _name = "backorder.substitution.line"
    _inherit = "backorder.wizard.mixin"
    _description = "Possible Substitute"

    substitution_id = fields.Many2one(
        "backorder.substitution", required=True, ondelete="cascade", index=True
    )
    substitute_id = fields.Many2one("product.product", required=True, readonly=True)
    product_uom_id = fields.Many2one(related="substitute_id.uom_id")
    available_qty = fields.Float("Available", digits="Product Unit", readonly=True)
    is_unlimited = fields.Boolean(readonly=True)
    is_enough = fields.Boolean(compute="_compute_is_enough")
    new_price = fields.Monetary("Own Price", readonly=True)
    kept_price = fields.Monetary("Original Price", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    note = fields.Char(readonly=True)

    @api.depends("available_qty", "substitution_id.quantity")
    def _compute_is_enough(self):
        for line in self:
            substitution = line.substitution_id
            wanted = substitution.product_uom_id._convert_quantity(
                substitution.quantity, line.product_uom_id, raise_if_failure=False
            )
            line.is_enough = line.is_unlimited or line.available_qty >= wanted

    def action_substitute(self):
        """Replace the line by this substitute; see ``sale.order.line``."""
        self.ensure_one()
        substitution = self.substitution_id
        substitution.sale_line_id.action_substitute(
            self.substitute_id.id, substitution.quantity, substitution.price_rule
        )
        return {"type": "ir.actions.act_window_close"}
