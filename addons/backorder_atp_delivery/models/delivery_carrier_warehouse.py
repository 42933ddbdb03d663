# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class DeliveryCarrierWarehouse(models.Model):
    """The warehouse of a delivery method, one for each company."""

    _name = "delivery.carrier.warehouse"
    _description = "Warehouse of a Delivery Method"
    _order = "carrier_id, company_id, id"
    _rec_name = "warehouse_id"
    _check_company_auto = True

    carrier_id = fields.Many2one(
        "delivery.carrier",
        "Delivery Method",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="warehouse_id.company_id", store=True, precompute=True, index=True
    )

    _carrier_company_unique = models.Constraint(
        "UNIQUE (carrier_id, company_id)",
        "A delivery method can have only one warehouse per company. Change the existing"
        " line instead.",
    )
