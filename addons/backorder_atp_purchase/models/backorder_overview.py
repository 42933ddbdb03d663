# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class BackorderOverview(models.AbstractModel):
    """Scanning the number of a purchase."""

    _inherit = "backorder.overview"

    def _get_scanned_action(self, barcode):
        """Open the purchase, or for users of the warehouse its receipt."""
        action = super()._get_scanned_action(barcode)
        if action:
            return action
        if self.env.user.has_group("purchase.group_purchase_user"):
            return self._get_scanned_purchase_action(barcode)
        return self._get_scanned_receipt_action(barcode)

    def _get_scanned_purchase_action(self, barcode):
        purchase = self.env["purchase.order"].search([("name", "=", barcode)], limit=1)
        return self._get_scanned_form_action(purchase) if purchase else None

    def _get_scanned_receipt_action(self, barcode):
        """Return the action that opens the first open receipt, or else the last one."""
        receipts = self.env["stock.picking"].search(
            [("origin", "=", barcode), ("picking_type_code", "=", "incoming")],
            order="id",
        )
        open_receipts = receipts.filtered(
            lambda receipt: receipt.state not in ("done", "cancel")
        )
        receipt = open_receipts[:1] or receipts[-1:]
        return self._get_scanned_transfer_action(receipt) if receipt else None
