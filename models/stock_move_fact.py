# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

from ..transaction import TransactionVar

# Whether the moved goods are a physical fact, which can only be booked.
BOOKING = TransactionVar(False)


class StockMove(models.Model):
    """Physical facts (sold, counted, produced) are booked, not refused."""

    _inherit = "stock.move"

    def _is_physical_fact(self):
        """Return whether these goods have already moved physically.

        The move cannot be refused: stock goes below zero if necessary, and the
        responsible is alerted. Extend it for goods reported as moved by others.
        """
        return BOOKING.get(self.env.cr)

    @api.model
    def _booking_facts(self, is_fact=True):
        """Treat moves within as physical facts.

        Moves nested within a fact are facts as well.
        """
        return BOOKING.setting(self.env.cr, BOOKING.get(self.env.cr) or is_fact)
