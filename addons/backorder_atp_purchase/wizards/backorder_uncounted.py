# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import UserError


class BackorderUncounted(models.TransientModel):
    """A purchase that does not count, and the button that resolves it."""

    _inherit = "backorder.uncounted"

    kind = fields.Selection(
        selection_add=[
            ("request", "Not Ordered Yet"),
            ("late",),
            ("closed", "Cancelled"),
            ("received", "Already Received"),
        ],
        ondelete={"request": "cascade", "closed": "cascade", "received": "cascade"},
    )
    is_to_approve = fields.Boolean(readonly=True)

    def _can_open(self, model):
        is_closed = model._name == "purchase.order" and not model._can_open()
        return not is_closed and super()._can_open(model)

    def _prepare(self, row):
        record = row["record"]
        is_purchase = record._name == "purchase.order"
        return {
            **super()._prepare(row),
            "is_to_approve": is_purchase and record.state == "to approve",
        }

    def action_confirm(self):
        """Confirm the request for quotation, with the rights of the user."""
        self._get_record().button_confirm()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_approve(self):
        """Approve the purchase, with the rights of the user."""
        order = self._get_record()
        order.button_approve()
        if order.state != "purchase":
            raise UserError(
                self.env._("Only a purchase administrator can approve %s.", order.name)
            )
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_new_date(self):
        """Enter a new date of a late purchase."""
        keys = [(self.product_id.id, self.warehouse_id.id)]
        return self.env["backorder.expedite"]._open(keys)
