# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError


class BackorderUncounted(models.TransientModel):
    """Supply that does not count, and the button that resolves it."""

    _name = "backorder.uncounted"
    _inherit = "backorder.wizard.mixin"
    _description = "Supply Not Counted"

    transfer_id = fields.Many2one(
        "backorder.transfer", required=True, ondelete="cascade", index=True
    )
    kind = fields.Selection(
        [
            ("late", "Late"),
            ("misplaced", "Misplaced"),
            ("consigned", "Consigned"),
            ("quarantine", "In Quarantine"),
            ("company", "Another Company"),
        ],
        "Type",
        readonly=True,
    )
    product_id = fields.Many2one("product.product", readonly=True)
    product_uom_id = fields.Many2one(related="product_id.uom_id")
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True)
    quantity = fields.Float(digits="Product Unit", readonly=True)
    date = fields.Date(readonly=True)
    reason = fields.Char(readonly=True)
    document = fields.Char(readonly=True)
    res_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(model_field="res_model", readonly=True)
    can_open = fields.Boolean(compute="_compute_can_open")

    @api.depends("res_model")
    @api.depends_context("uid")
    def _compute_can_open(self):
        for row in self:
            model = self.env[row.res_model]
            row.can_open = model.has_access("read") and row._can_open(model)

    def _can_open(self, model):
        """Whether the user can open the form of ``model``; extend it."""
        return True

    def _prepare(self, row):
        """Return the values of a row of ``product._get_uncounted_supply``."""
        record = row["record"]
        return {
            "kind": row["kind"],
            "product_id": row["product"].id,
            "warehouse_id": row["warehouse"].id,
            "quantity": row["quantity"],
            "date": row["date"],
            "reason": row["reason"],
            "document": self._get_document(record),
            "res_model": record._name,
            "res_id": record.id,
        }

    def _get_document(self, record):
        if record._name == "stock.quant":
            return record.location_id.display_name
        return record.display_name

    def _get_record(self):
        """Return the document.

        :raise UserError: when it does not exist any more
        :raise AccessError: when the user may not read it
        """
        self.ensure_one()
        record = self.env[self.res_model].browse(self.res_id).exists()
        if not record:
            raise UserError(
                self.env._("%s no longer exists. Open the list again.", self.document)
            )
        record.check_access("read")
        return record

    def action_open_document(self):
        """Open the document, or the stock of the location."""
        record = self._get_record()
        if record._name == "stock.quant":
            return self._get_quants_action(record)
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "views": [(False, "form")],
        }

    def _get_quants_action(self, quant):
        return {
            "type": "ir.actions.act_window",
            "name": quant.location_id.display_name,
            "res_model": "stock.quant",
            "views": [(False, "list")],
            "domain": [
                ("product_id", "=", quant.product_id.id),
                ("location_id", "=", quant.location_id.id),
            ],
        }

    def action_bring_back(self):
        """Create the transfer that returns misplaced goods to stock.

        :raise AccessError: for users who are not operators
        :raise UserError: when the goods are no longer there
        """
        return self.env["backorder.supply"]._bring_back(
            self._get_record(), self.quantity
        )
