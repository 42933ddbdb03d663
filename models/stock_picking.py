# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from contextlib import contextmanager

from odoo import models
from odoo.exceptions import UserError

from ..transaction import TransactionVar

# Whether a transfer that ships complete is being reserved.
RESERVING_WHOLE = TransactionVar(False)


class IncompleteReservation(Exception):
    """A transfer that ships complete cannot be reserved as a whole."""


class StockPicking(models.Model):
    _inherit = "stock.picking"

    # Availability excludes transfers for an owner of consigned goods.
    _open_owner_idx = models.Index(
        "(id) WHERE owner_id IS NOT NULL AND state NOT IN ('done', 'cancel')"
    )

    def write(self, vals):
        """Check moves when the destination or partner of their transfer changes."""
        places = {
            name: vals[name]
            for name in ("location_id", "location_dest_id")
            if vals.get(name)
        }
        if places:
            self.move_ids._filter_open()._check_raised_demand(places)
        if vals.get("sale_id"):
            self.move_ids._check_given_to_order(vals["sale_id"])
        return super().write(vals)

    def button_validate(self):
        """Check what is taken when all transfers and what follows are done."""
        with self._being_done():
            return super().button_validate()

    def _action_done(self):
        with self._being_done():
            return super()._action_done()

    @contextmanager
    def _being_done(self):
        """Set the transfer as the source of the retries it triggers.

        What it takes is checked when all of it is done.
        """
        with (
            self.env["backorder.event"]._caused_by(self.move_ids._get_done_source()),
            self.env["stock.quant"]._checking_decrements(),
        ):
            yield

    def action_assign(self):
        """Check availability, except of orders on hold.

        :raise UserError: if all these transfers belong to orders on hold
        """
        held = self.filtered(lambda picking: picking._is_on_hold())
        if held and held == self:
            raise UserError(held._get_hold_message())
        if held:
            self.env["backorder.event"]._warn_user(held._get_hold_message())
        result = super(StockPicking, self - held).action_assign()
        (self - held)._warn_of_incomplete()
        return result

    def _warn_of_incomplete(self):
        """Notify if nothing is reserved because not everything is available."""
        incomplete = self.filtered(
            lambda picking: any(
                move.state in ("confirmed", "partially_available")
                for move in picking.move_ids._filter_shipped_together()
            )
        )
        if incomplete:
            self.env["backorder.event"]._warn_user(
                self.env._(
                    "%s ships all its products together, and some are not available."
                    " To ship a part of them, split the order.",
                    ", ".join(incomplete.mapped("name")),
                ),
                title=self.env._("Not Reserved Yet"),
            )

    def _is_on_hold(self):
        return self.sale_id.sudo().backorder_state == "on_hold"

    def _get_hold_message(self):
        return "\n".join(
            self.env._(
                "%(order)s is on hold: %(reason)s. Release the hold to reserve stock"
                " for it.",
                order=order.name,
                reason=order.hold_reason or self.env._("no reason given"),
            )
            for order in self.sale_id.sudo()
        )

    def _reserve_whole(self):
        """Reserve the whole demand of this transfer, or nothing more."""
        self.ensure_one()
        unreserved = self.move_ids.filtered(
            lambda move: move.state in ("confirmed", "partially_available")
        )
        if any(move.state in ("draft", "waiting") for move in self.move_ids):
            return False  # a procurement of its own is still open
        if not unreserved:
            return True
        try:
            with RESERVING_WHOLE.setting(self.env.cr, True), self.env.cr.savepoint():
                unreserved._action_assign()
                if any(move.state != "assigned" for move in unreserved):
                    raise IncompleteReservation()
        except IncompleteReservation:
            return False
        return True
