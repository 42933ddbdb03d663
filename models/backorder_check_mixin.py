# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class BackorderCheckMixin(models.AbstractModel):
    """A note that something changed for a product in a warehouse.

    Written in the transaction of the change, worked off by a scheduled action.
    """

    _name = "backorder.check.mixin"
    _description = "Note of a Change"
    _order = "id"
    # The scheduled action that works the notes off.
    _cron_xmlid = ""

    product_id = fields.Many2one(
        "product.product", required=True, ondelete="cascade", index=True
    )
    warehouse_id = fields.Many2one("stock.warehouse", required=True, ondelete="cascade")
    company_id = fields.Many2one(
        related="warehouse_id.company_id", store=True, index=True
    )
    trigger_source = fields.Char("Caused By")

    @api.model
    def _trigger(self):
        self.env.ref(self._cron_xmlid).sudo()._trigger()

    def _get_sources(self):
        """Return what caused these notes, each cause once."""
        return ", ".join(dict.fromkeys(filter(None, self.mapped("trigger_source"))))
