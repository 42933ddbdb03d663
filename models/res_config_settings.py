# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    promise_phase = fields.Selection(related="company_id.promise_phase", readonly=False)
    shortage_policy = fields.Selection(
        related="company_id.shortage_policy", readonly=False
    )
    over_delivery_tolerance = fields.Float(
        related="company_id.over_delivery_tolerance", readonly=False
    )
    promise_request_times = fields.Integer(
        related="company_id.promise_request_times", readonly=False
    )
    allow_backorder = fields.Boolean(
        related="company_id.allow_backorder", readonly=False
    )
    promise_vendor_stock = fields.Boolean(
        related="company_id.promise_vendor_stock", readonly=False
    )
    backorder_retry_batch = fields.Integer(
        related="company_id.backorder_retry_batch", readonly=False
    )
    backorder_self_approval = fields.Boolean(
        related="company_id.backorder_self_approval", readonly=False
    )
    backorder_retry_minutes = fields.Integer(
        related="company_id.backorder_retry_minutes", readonly=False
    )
    backorder_responsible_id = fields.Many2one(
        related="company_id.backorder_responsible_id", readonly=False
    )
    # features that are not installed automatically
    module_backorder_atp_audit = fields.Boolean("Audit")
    module_sale_customer_inventory = fields.Boolean("Customer Inventory")
    module_backorder_atp_credit = fields.Boolean("Credit Limits")
    module_backorder_atp_job = fields.Boolean("Background Jobs")
    module_backorder_atp_promise_date = fields.Boolean("Promised Dates")
    module_backorder_atp_sourcing = fields.Boolean("Other Warehouses and Substitutes")
    module_backorder_atp_purchase = fields.Boolean("Emergency Purchases")
    module_backorder_atp_reservation = fields.Boolean("Soft Reservations")
    module_backorder_atp_customer = fields.Boolean("Customer Messages and Portal")
    module_backorder_atp_alert = fields.Boolean("Backorder Alerts")
    module_backorder_atp_report = fields.Boolean("Backorder Reports")
    module_backorder_atp_run = fields.Boolean("Backorder Runs")
