# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from .stock_picking import STEPS

STEP_DATES = {
    "in_progress": "fulfilment_start_date",
    "shipped": "shipped_date",
    "delivered": "delivered_date",
}
ROLES = ("backorder_atp.group_backorder_operator", "stock.group_stock_user")


class StockPicking(models.Model):
    """The steps of a shipment, and who may take them."""

    _inherit = "stock.picking"

    # ------------------------------------------------------------------
    # Steps
    # ------------------------------------------------------------------

    def action_start_fulfilment(self):
        """Start to pick and pack reserved deliveries.

        :raise AccessError: if the user is neither operator nor inventory user
        :raise UserError: listing each delivery that is not ready or has been started
        """
        return self._take_step("in_progress")

    def action_complete_fulfilment(self):
        """Validate deliveries that are in progress.

        :return: the action of Odoo's validation, if any
        :raise AccessError: if the user is neither operator nor inventory user
        :raise UserError: listing each delivery that is not in progress
        """
        self._check_may_track()
        self._refuse_unless(
            lambda picking: picking.fulfilment_state == "in_progress",
            self.env._(
                "Only deliveries in progress can be completed. Start them first."
            ),
        )
        return self.button_validate()

    def action_ship(self, tracking_ref=None):
        """Record that completed deliveries were handed to the carrier.

        :param tracking_ref: the tracking number, stored on the delivery
        :raise AccessError: if the user is neither operator nor inventory user
        :raise UserError: listing each delivery that is not ready to ship
        """
        values = {"carrier_tracking_ref": tracking_ref} if tracking_ref else {}
        return self._take_step("shipped", values)

    def action_set_in_transit(self):
        """Record that the shipment is in transit, also for another attempt.

        :raise AccessError: if the user is neither operator nor inventory user
        :raise UserError: listing each delivery that was not shipped
        """
        return self._take_step("in_transit", {"delivery_failure_reason": False})

    def action_deliver(self):
        """Record that the customer has received the goods.

        :raise AccessError: if the user is neither operator nor inventory user
        :raise UserError: listing each delivery that was not shipped
        """
        return self._take_step("delivered")

    def action_fail_delivery(self, reason):
        """Record that the carrier could not deliver.

        :param reason: the reason; required
        :raise AccessError: if the user is neither operator nor inventory user
        :raise UserError: listing each delivery that was not shipped
        """
        self.env["sale.order"]._check_reason(reason)
        return self._take_step("failed", {"delivery_failure_reason": reason}, reason)

    def action_open_fail_delivery(self):
        """Open a dialog for the reason of a failed delivery."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Delivery Failed: %s", ", ".join(self.mapped("name"))),
            "res_model": "stock.delivery.failure",
            "view_mode": "form",
            "target": "new",
            "context": {"default_picking_ids": self.ids},
        }

    def _take_step(self, step, values=None, reason=False):
        """Record ``step`` for all of these, or for none."""
        self._check_may_track()
        self._lock_shipments()
        self._check_step(step)
        vals = {"fulfilment_step": step, **(values or {})}
        if step in STEP_DATES:
            vals[STEP_DATES[step]] = fields.Datetime.now()
        shipments = self.sudo()
        shipments.write(vals)
        shipments._log_fulfilment(step, reason)
        return True

    # ------------------------------------------------------------------
    # Checks
    # ------------------------------------------------------------------

    def _check_may_track(self):
        if not (self.env.su or any(map(self.env.user.has_group, ROLES))):
            names = [self.env.ref(role).sudo().full_name for role in ROLES]
            raise AccessError(
                self.env._(
                    "Only %s can update shipments. Ask an administrator for access.",
                    self.env._(" or ").join(names),
                )
            )
        self.check_access("read")
        if not self:
            raise UserError(self.env._("Select a delivery first."))

    def _lock_shipments(self):
        """Serialize concurrent steps; Odoo retries the later transaction."""
        self.env.cr.execute(
            SQL(
                "SELECT id FROM stock_picking WHERE id = ANY(%s)"
                " ORDER BY id FOR NO KEY UPDATE",
                self.ids,
            )
        )

    def _check_step(self, step):
        self._refuse_unless(
            lambda picking: picking._is_step_legal(step), self._get_step_hint(step)
        )

    def _is_step_legal(self, step):
        """Whether ``step`` is allowed; only reserved deliveries can be started."""
        self.ensure_one()
        if step == "in_progress" and self.state != "assigned":
            return False
        return self.fulfilment_state in STEPS[step]

    def _get_step_hint(self, step):
        """Return which deliveries allow ``step``, and what to do first."""
        return {
            "in_progress": self.env._(
                "Only ready deliveries that are not in progress can be started."
                " Allocate their stock first."
            ),
            "shipped": self.env._(
                "Only validated deliveries can be shipped. Validate them first."
            ),
            "in_transit": self.env._(
                "Only deliveries that were shipped, or that failed, can be set in"
                " transit. Ship them first."
            ),
            "delivered": self.env._(
                "Only shipped deliveries can be marked as delivered. After a failure,"
                " set them in transit again."
            ),
            "failed": self.env._(
                "Only shipped deliveries can be reported as failed. Ship them first."
            ),
        }[step]

    def _refuse_unless(self, is_legal, hint):
        """Raise one message that lists each refused delivery, with ``hint``."""
        refused = self.filtered(lambda picking: not is_legal(picking))
        if refused:
            names = [picking._get_fulfilment_label() for picking in refused]
            raise UserError("\n".join([hint, *names]))

    def _get_fulfilment_label(self):
        labels = dict(self._fields["fulfilment_state"]._description_selection(self.env))
        states = dict(self._fields["state"]._description_selection(self.env))
        return self.env._(
            "• %(delivery)s: %(shipment)s (transfer: %(state)s)",
            delivery=self.name,
            shipment=labels.get(self.fulfilment_state, self.env._("not tracked")),
            state=states.get(self.state),
        )
