# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class PurchaseOrderLine(models.Model):
    _inherit = "purchase.order.line"

    def _get_emergency_action(self):
        """Show the purchases of these lines, or their names to users without access."""
        if not self.env["purchase.order"]._can_open():
            return self._get_emergency_notification()
        orders = self.order_id
        action = self.env["ir.actions.actions"]._for_xml_id("purchase.purchase_rfq")
        action["context"] = {}
        if len(orders) == 1:
            return {
                **action,
                "res_id": orders.id,
                "views": [(False, "form")],
                "view_mode": "form",
            }
        return {**action, "domain": [("id", "in", orders.ids)]}

    def _get_emergency_notification(self):
        names = ", ".join(self.sudo().order_id.mapped("name"))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "title": self.env._("Emergency purchase"),
                "message": self.env._("Created. Ask a buyer to confirm %s.", names),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _get_missing_qty(self):
        """Return the quantity that is not received yet, in the product's unit."""
        self.ensure_one()
        received = self.product_uom_id._convert_quantity(
            self.qty_received, self.product_id.uom_id
        )
        missing = self.product_uom_qty - received
        return missing if self.product_id.uom_id.compare(missing, 0) > 0 else 0.0
