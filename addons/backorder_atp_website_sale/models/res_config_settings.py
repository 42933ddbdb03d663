# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    promise_cart_reservation_minutes = fields.Integer(
        related="website_id.promise_cart_reservation_minutes", readonly=False
    )
    promise_payment_reservation_minutes = fields.Integer(
        related="website_id.promise_payment_reservation_minutes", readonly=False
    )
    promise_visitor_reservation_percent = fields.Integer(
        related="website_id.promise_visitor_reservation_percent", readonly=False
    )
    website_promise_show_dates = fields.Boolean(
        related="website_id.promise_show_dates",
        readonly=False,
    )
