# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models


class BackorderOverview(models.AbstractModel):
    """Soft reservations that are about to expire."""

    _inherit = "backorder.overview"

    @api.model
    def _get_sections(self):
        return [*super()._get_sections(), self._get_reservation_section()]

    def _get_reservation_section(self):
        soon = fields.Datetime.now() + timedelta(days=1)
        return self._prepare_section(
            "reservations",
            40,
            self.env._("Soft Reservations Expiring Today"),
            "fa-bookmark-o",
            self.env["stock.soft.reservation"],
            [("state", "=", "active"), ("expiry_date", "<=", soon)],
            "expiry_date, id",
            "backorder_atp_reservation.stock_soft_reservation_action",
        )
