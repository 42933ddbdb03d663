# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).


from odoo import api, models

from ..transaction import TransactionVar

# Whether what is moved has happened already, and can only be booked.
BOOKING = TransactionVar(False)


class StockMove(models.Model):
    """Physical facts: what has been sold, counted or made is booked, not refused."""

    _inherit = "stock.move"

    def _is_physical_fact(self):
        """Return whether these goods have moved already, whatever the books say.

        Nobody can choose any more: stock goes below zero if it must, and whoever is
        responsible is alerted. Extend it for goods that others report to have moved.
        """
        return BOOKING.get(self.env.cr)

    @api.model
    def _booking_facts(self, is_fact=True):
        """Take what is moved within for something that has happened already.

        What lies within a fact is one as well.
        """
        return BOOKING.setting(self.env.cr, BOOKING.get(self.env.cr) or is_fact)
