# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError


class BackorderExpedite(models.TransientModel):
    """Expedite purchases for backordered orders, or enter new dates."""

    _name = "backorder.expedite"
    _inherit = "backorder.wizard.mixin"
    _description = "Expedite"

    line_ids = fields.One2many("backorder.expedite.line", "expedite_id", "Purchases")
    note = fields.Char("Note to the Buyers")
    can_redate = fields.Boolean(compute="_compute_can_redate")

    @api.depends_context("uid")
    def _compute_can_redate(self):
        self.can_redate = self.env["backorder.supply"]._can_buy()

    @api.model
    def _open(self, keys):
        """Show the purchases of each ``(product_id, warehouse_id)``.

        :raise AccessError: for users who are not operators
        :raise UserError: when there is no incoming purchase
        """
        supply = self.env["backorder.supply"]
        supply._check_operator()
        lines = self._get_purchase_lines(keys)
        if not lines:
            raise UserError(
                self.env._(
                    "There is no incoming purchase. Buy the product, find it in"
                    " another warehouse, or confirm the requests for quotation."
                )
            )
        expedite = self.create(
            {
                "line_ids": [
                    fields.Command.create(self._prepare_line(line)) for line in lines
                ]
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Expedite"),
            "res_model": self._name,
            "res_id": expedite.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def _get_purchase_lines(self, keys):
        """Return the confirmed purchase lines of ``keys``, soonest first."""
        keys = set(keys)
        products = self.env["product.product"].browse({key[0] for key in keys})
        warehouses = self.env["stock.warehouse"].browse({key[1] for key in keys})
        supply = self.env["backorder.supply"]
        supply._check_warehouses(warehouses)
        return (
            self.env["purchase.order.line"]
            .sudo()
            .browse(
                dict.fromkeys(
                    row["line_id"]
                    for row in supply._get_open_supply(products, warehouses)
                    if row["kind"] == "purchase"
                    and (row["product_id"], row["warehouse_id"]) in keys
                )
            )
        )

    def _prepare_line(self, line):
        date = line._get_expected_date()
        return {
            "purchase_line_id": line.id,
            "product_id": line.product_id.id,
            "document": line.order_id.name,
            "vendor": line.partner_id.display_name,
            "buyer_id": line.order_id._get_buyer().id,
            "quantity": line._get_missing_qty(),
            "date": date,
            "order_count": len(line._get_expecting_orders()),
        }

    def action_expedite(self):
        """Ask the buyer of each chosen purchase; see ``purchase.order.line``."""
        self.ensure_one()
        lines = self.line_ids.filtered("is_selected")
        if not lines:
            raise UserError(self.env._("Select at least one purchase."))
        lines._get_purchases().action_expedite(self.note or "")
        return self._get_notification(
            self.env._(
                "Expediting requested: %s.",
                ", ".join(lines.buyer_id.mapped("name")),
            )
        )

    def action_set_dates(self):
        """Enter the new dates; see ``purchase.order.line``."""
        self.ensure_one()
        lines = self.line_ids.filtered("new_date")
        if not lines:
            raise UserError(self.env._("Enter a new date first."))
        for line in lines:
            line._get_purchases().action_set_new_date(line.new_date)
        return self._get_notification(
            self.env._("The new dates are set, and the backordered orders are updated.")
        )

    def _get_notification(self, message):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
