# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class BackorderOverview(models.AbstractModel):
    """Scanning on the overview and on the board."""

    _inherit = "backorder.overview"

    @api.model
    def open_scanned(self, barcode):
        """Return the action that opens what was scanned, under the user's rights.

        The name of an order opens it, with *Fulfil*; that of a receipt or another
        transfer opens it, with the orders that it serves, or these alone for users who
        may not open it; a product opens the orders that are on backorder for it, or how
        its available quantity is calculated.

        :param str barcode: as scanned; GS1 barcodes are understood
        :return: an action, or a notification that nothing was found
        :raise AccessError: for users who are not viewers of backorders
        """
        self._check_viewer()
        return self._get_scanned_action(
            barcode
        ) or self._get_unknown_barcode_notification(barcode)

    def _get_scanned_action(self, barcode):
        """Return the action that opens what was scanned, or None."""
        order = self.env["sale.order"].search([("name", "=", barcode)], limit=1)
        if order:
            return self._get_scanned_order_action(order)
        transfer = self.env["stock.picking"].search([("name", "=", barcode)], limit=1)
        if transfer:
            return self._get_scanned_transfer_action(transfer)
        product = self.env["product.product"].search(
            ["|", ("barcode", "=", barcode), ("default_code", "=", barcode)], limit=1
        )
        return self._get_scanned_product_action(product) if product else None

    def _get_scanned_transfer_action(self, transfer):
        if transfer._is_form_open():
            return self._get_scanned_form_action(transfer)
        if transfer.sale_id:
            return self._get_scanned_order_action(transfer.sale_id)
        return transfer.action_view_backordered_orders()

    def _get_scanned_order_action(self, order):
        view = self.env.ref("backorder_atp.sale_order_view_form_backorder")
        return self._get_scanned_form_action(order, view.id)

    def _get_scanned_form_action(self, record, view_id=False):
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "views": [(view_id, "form")],
        }

    def _get_scanned_product_action(self, product):
        lines = self.env["sale.order.line"].search(
            [("product_id", "=", product.id), ("backorder_product_qty", ">", 0)]
        )
        if not lines:
            return self.env["stock.availability"]._get_explanation_action(product)
        action = self.env["ir.actions.actions"]._for_xml_id(
            "backorder_atp.sale_order_action_backorder"
        )
        title = self.env._("Backorders: %s", product.display_name)
        return {
            **action,
            "name": title,
            "display_name": title,
            "domain": [("id", "in", lines.order_id.ids)],
            "context": {"create": False},
        }

    def _get_unknown_barcode_notification(self, barcode):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "title": self.env._("Nothing found"),
                "message": self.env._(
                    "No document or product has the number %s.", barcode
                ),
            },
        }
