# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError


class BackorderSubstitution(models.TransientModel):
    """Substitutes for a line that is short."""

    _name = "backorder.substitution"
    _inherit = "backorder.wizard.mixin"
    _description = "Substitution"

    sale_line_id = fields.Many2one("sale.order.line", required=True, readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    quantity = fields.Float("Quantity to Replace", digits="Product Unit", required=True)
    product_uom_id = fields.Many2one("uom.uom", "Unit", readonly=True)
    price_rule = fields.Selection(
        [
            ("new", "Price of the substitute"),
            ("keep", "Price of the original line"),
        ],
        "Price",
        default="new",
        required=True,
    )
    line_ids = fields.One2many(
        "backorder.substitution.line", "substitution_id", "Substitutes"
    )

    @api.model
    def _open(self, line):
        """Open the substitutes of ``line``.

        :raise AccessError: for users who may not change the order and are not
            operators
        :raise UserError: when the line cannot be replaced, or has no substitute
        """
        line.ensure_one()
        line._check_substitutor()
        substitution = self.sudo().create(self._prepare_substitution(line.sudo()))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Substitutes"),
            "res_model": self._name,
            "res_id": substitution.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def _prepare_substitution(self, line):
        product = line.product_id
        notes = dict(self.env["product.substitute"].sudo()._get_substitutes(product))
        if not notes:
            raise UserError(
                self.env._(
                    "%s has no substitutes. Add them on the Sales tab of the product.",
                    product.display_name,
                )
            )
        quantity = self._get_missing_qty(line)
        stock = product._get_available_substitutes(line.warehouse_id, line.order_id)
        return {
            "sale_line_id": line.id,
            "product_id": product.id,
            "product_uom_id": line.product_uom_id.id,
            "quantity": quantity,
            "line_ids": [
                fields.Command.create(
                    self._prepare_line(
                        line, substitute, available, quantity, notes[substitute]
                    )
                )
                for substitute, available in stock
            ],
        }

    def _get_missing_qty(self, line):
        """Return the missing quantity of the line, in its unit."""
        if line.backorder_qty:
            return line.backorder_qty
        return max(0.0, line.product_uom_qty - line.promise_available_qty)

    def _prepare_line(self, line, substitute, available, quantity, note):
        price, discount = line._get_substitute_price(substitute, quantity)
        return {
            "substitute_id": substitute.id,
            "available_qty": min(available, 1e9),
            "is_unlimited": not substitute.is_storable,
            "new_price": price * (1 - discount / 100),
            "kept_price": line.price_unit * (1 - line.discount / 100),
            "currency_id": line.currency_id.id,
            "note": note,
        }
