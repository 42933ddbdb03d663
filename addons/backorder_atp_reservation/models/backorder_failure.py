# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class BackorderFailure(models.Model):
    """Failures to end soft reservations."""

    _inherit = "backorder.failure"

    task = fields.Selection(
        selection_add=[("reservation", "Expire soft reservations")],
        ondelete={"reservation": "cascade"},
    )
