# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class DeliveryCarrier(models.Model):
    _inherit = "delivery.carrier"

    warehouse_mapping_ids = fields.One2many(
        "delivery.carrier.warehouse",
        "carrier_id",
        "Warehouses",
        copy=True,
        help="The warehouse that orders with this delivery method are promised from,"
        " for each company.",
    )

    def _get_promise_warehouse(self, company):
        """Return the warehouse that ships with this method in ``company``, if any."""
        mappings = self.sudo().warehouse_mapping_ids
        return (
            mappings.filtered(lambda mapping: mapping.company_id == company)
            .warehouse_id.filtered("active")
            .with_env(self.env)
        )
