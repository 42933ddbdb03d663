# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class IncompleteReservation(Exception):
    """A transfer that ships everything together cannot be reserved whole."""


class StockPicking(models.Model):
    _inherit = "stock.picking"

    # Availability leaves out what is moved for an owner of consigned goods.
    _open_owner_idx = models.Index(
        "(id) WHERE owner_id IS NOT NULL AND state NOT IN ('done', 'cancel')"
    )

    def _action_done(self):
        """Name the transfer as the source of whatever its goods wake (C2)."""
        with self.env["backorder.event"]._caused_by(self.move_ids._get_done_source()):
            return super()._action_done()

    def _reserve_whole(self):
        """Reserve everything this transfer waits for, or nothing more than it has."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                self.move_ids.filtered(
                    lambda move: move.state in ("confirmed", "partially_available")
                )._action_assign()
                if any(
                    move.state not in ("assigned", "done", "cancel")
                    for move in self.move_ids
                ):
                    raise IncompleteReservation()
        except IncompleteReservation:
            return False
        return True
