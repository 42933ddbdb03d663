# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError


class BackorderAlternatives(models.TransientModel):
    """Alternatives for lines that are short or late."""

    _name = "backorder.alternatives"
    _inherit = "backorder.wizard.mixin"
    _description = "Alternatives"

    order_id = fields.Many2one("sale.order", required=True, readonly=True)
    short_line_ids = fields.Many2many("sale.order.line", readonly=True)
    rule = fields.Selection(related="order_id.company_id.promise_alternative_rule")
    price_rule = fields.Selection(
        [
            ("new", "Price of the substitute"),
            ("keep", "Price of the original line"),
        ],
        "Substitute Price",
        default="new",
        required=True,
    )
    line_ids = fields.One2many(
        "backorder.alternatives.line", "alternatives_id", "Alternatives"
    )
    has_substitutes = fields.Boolean(compute="_compute_has_substitutes")

    @api.depends("line_ids.kind")
    def _compute_has_substitutes(self):
        for wizard in self:
            wizard.has_substitutes = "substitute" in wizard.line_ids.mapped("kind")

    @api.model
    def _open(self, order, lines):
        """Show the alternatives of those lines of ``order`` that are short or late.

        :raise AccessError: for users who may not change the order and are not
            operators
        :raise UserError: when nothing is short or late
        """
        order.ensure_one()
        self._check_reader(order)
        short = lines.sudo()._filter_in_need()
        if not short:
            raise UserError(
                self.env._(
                    "Nothing on %s is short or late. No alternatives are needed.",
                    order.name,
                )
            )
        wizard = self.sudo().create(self._prepare_wizard(short))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Alternatives"),
            "res_model": self._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def _check_reader(self, order):
        if not order.has_access("write"):
            self.env["backorder.supply"]._check_operator()
        order.check_access("read")

    def _prepare_wizard(self, short):
        order = short.order_id
        found = self.env["promise.alternative"]._get_alternatives(short)
        rows = [row for line in short for row in found[line]]
        if short == order.order_line._filter_in_need():  # not for a single line
            rows = found.get(order, []) + rows
        lines = self.env["backorder.alternatives.line"]
        best = {id(found[record][0]) for record in found}
        return {
            "order_id": order.id,
            "short_line_ids": [fields.Command.set(short.ids)],
            "line_ids": [
                fields.Command.create(
                    {**lines._prepare_line(row), "is_best": id(row) in best}
                )
                for row in rows
            ],
        }

    def _get_next_action(self, chosen):
        """Show the lines that are still to choose for, or go back to the order.

        :param chosen: the line for which a choice was made; empty for all lines
        """
        left = (self.sudo().short_line_ids.exists() - chosen)._filter_in_need()
        if chosen and left:
            return self._open(left.order_id.sudo(False), left.sudo(False))
        return {"type": "ir.actions.client", "tag": "soft_reload"}
