# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

FULFILMENT_STATES = [
    ("pending", "Not Started"),
    ("in_progress", "In Progress"),
    ("completed", "Ready to Ship"),
    ("shipped", "Shipped"),
    ("in_transit", "In Transit"),
    ("delivered", "Delivered"),
    ("failed", "Delivery Failed"),
    ("returned", "Returned"),
    ("cancel", "Cancelled"),
]
# Steps that users record, as they move no stock, with the states they may follow.
STEPS = {
    "in_progress": ("pending",),
    "shipped": ("completed",),
    "in_transit": ("shipped", "failed"),
    "delivered": ("shipped", "in_transit"),
    "failed": ("shipped", "in_transit"),
}
STEP_DATES = {
    "in_progress": "fulfilment_start_date",
    "shipped": "shipped_date",
    "delivered": "delivered_date",
}
EVENTS = {
    "in_progress": "fulfilment:started",
    "completed": "fulfilment:completed",
    "shipped": "fulfilment:shipped",
    "in_transit": "fulfilment:in_transit",
    "delivered": "fulfilment:delivered",
    "failed": "fulfilment:failed",
    "returned": "fulfilment:returned",
}
ROLES = ("backorder_atp.group_backorder_operator", "stock.group_stock_user")


class StockPicking(models.Model):
    """A shipment to a customer, from its start until it is delivered.

    The state of the transfer and its returns determine whether it is open, done,
    cancelled or returned. Steps outside the warehouse are recorded by the actions
    below.
    """

    _inherit = "stock.picking"

    promised_date = fields.Date(
        compute="_compute_promised_date",
        help="The date for which the whole delivery is promised.",
    )
    fulfilment_step = fields.Selection(
        [(name, label) for name, label in FULFILMENT_STATES if name in STEPS],
        "Last Step",
        readonly=True,
        copy=False,
        server_only=True,
    )
    fulfilment_state = fields.Selection(
        FULFILMENT_STATES,
        "Shipment",
        compute="_compute_fulfilment_state",
        store=True,
        copy=False,
        tracking=True,
        server_only=True,
    )
    fulfilment_start_date = fields.Datetime(
        "Started On", readonly=True, copy=False, server_only=True
    )
    shipped_date = fields.Datetime(
        "Shipped On", readonly=True, copy=False, server_only=True
    )
    delivered_date = fields.Datetime(
        "Delivered On", readonly=True, copy=False, server_only=True
    )
    delivery_failure_reason = fields.Char(
        "Failure Reason",
        readonly=True,
        copy=False,
        tracking=True,
        server_only=True,
    )

    _fulfilment_state_idx = models.Index(
        "(fulfilment_state)"
        " WHERE fulfilment_state IN ('in_progress', 'shipped', 'in_transit', 'failed')"
    )

    @api.depends(
        "state",
        "fulfilment_step",
        "location_dest_id",
        "move_ids.returned_move_ids.state",
    )
    def _compute_fulfilment_state(self):
        for picking in self:
            picking.fulfilment_state = picking._get_fulfilment_state()

    def _get_fulfilment_state(self):
        self.ensure_one()
        if not self._is_shipment():
            return False
        if self.state == "cancel":
            return "cancel"
        step = self.fulfilment_step
        if self.state != "done":
            return "in_progress" if step == "in_progress" else "pending"
        if self._is_returned():
            return "returned"
        return step if step and step != "in_progress" else "completed"

    def _is_shipment(self):
        """Whether this is a delivery to a customer."""
        return self.location_dest_id.usage == "customer"

    def _is_returned(self):
        """Whether all shipped quantities have been returned."""
        shipped = self.move_ids.filtered(lambda move: move.state == "done")
        return bool(shipped) and all(
            move.product_uom.compare(move._get_returned_qty(), move.quantity) >= 0
            for move in shipped
        )

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
                "Only shipped deliveries can be delivered. After a failure, set them in"
                " transit again."
            ),
            "failed": self.env._("Only shipped deliveries can fail. Ship them first."),
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

    # ------------------------------------------------------------------
    # Validation
    # ------------------------------------------------------------------

    def _action_done(self):
        """Update the shipments that are validated or returned."""
        shipments = self.filtered(lambda picking: picking._is_shipment())
        returned = self.move_ids.origin_returned_move_id.picking_id.filtered(
            lambda picking: picking._is_shipment()
        )
        before = {picking: picking.fulfilment_state for picking in shipments | returned}
        result = super()._action_done()
        shipments.filtered(lambda picking: before[picking] == "pending").sudo()._begin()
        for picking, state in before.items():
            if picking.fulfilment_state != state:
                picking.sudo()._log_fulfilment(picking.fulfilment_state)
        return result

    def _begin(self):
        """Record shipments that are validated without being started as started now.

        This is done after validation, as other addons block writing on open transfers
        under review.
        """
        self.write({"fulfilment_start_date": fields.Datetime.now()})
        self._log_fulfilment("in_progress")

    # ------------------------------------------------------------------
    # Log
    # ------------------------------------------------------------------

    def _log_fulfilment(self, state, reason=False):
        """Record ``state`` in the log and in the chatter of the orders."""
        if state not in EVENTS:
            return
        self.env["backorder.event"]._log_many(
            [
                {
                    "event_type": EVENTS[state],
                    "order": picking.sale_id,
                    "warehouse": picking.picking_type_id.warehouse_id,
                    "company": picking.company_id,
                    "reason": reason,
                    "payload": picking._prepare_fulfilment_payload(),
                }
                for picking in self
            ]
        )
        if state in ("shipped", "delivered", "failed", "returned"):
            for picking in self.filtered("sale_id"):
                picking.sale_id.message_post(body=picking._get_order_message(reason))

    def _prepare_fulfilment_payload(self):
        return {
            "deliveryId": self.id,
            "delivery": self.name,
            "status": self.fulfilment_state,
            "carrier": self.carrier_id.name or False,
            "trackingNumber": self.carrier_tracking_ref or False,
            "trackingUrl": self.carrier_tracking_url or False,
        }

    @api.readonly
    def get_fulfilment_tracking(self):
        """Return the status of this shipment, for other programs.

        :return: dict with ``deliveryId``, ``delivery``, ``status``, ``carrier``,
            ``trackingNumber``, ``trackingUrl``, ``orderId``, ``orderNumber``,
            ``estimatedDelivery`` (the promised date), ``startedOn``, ``shippedOn``,
            ``deliveredOn``, ``failureReason`` and ``lastUpdated``; dates and times
            (UTC) as text, ``False`` if empty
        :raise AccessError: if the user may not read the delivery
        """
        self.ensure_one()
        self.check_access("read")
        shipment = self.sudo()
        text = fields.Datetime.to_string
        return {
            **shipment._prepare_fulfilment_payload(),
            "orderId": shipment.sale_id.id,
            "orderNumber": shipment.sale_id.name,
            "estimatedDelivery": fields.Date.to_string(shipment.promised_date),
            "startedOn": text(shipment.fulfilment_start_date),
            "shippedOn": text(shipment.shipped_date),
            "deliveredOn": text(shipment.delivered_date),
            "failureReason": shipment.delivery_failure_reason,
            "lastUpdated": text(shipment.write_date),
        }

    def _get_order_message(self, reason):
        labels = dict(self._fields["fulfilment_state"]._description_selection(self.env))
        details = [
            self.carrier_id.name,
            self.carrier_tracking_ref,
            reason,
        ]
        return self.env._(
            "%(delivery)s: %(status)s%(details)s",
            delivery=self._get_html_link(),
            status=labels[self.fulfilment_state],
            details="".join(f" · {detail}" for detail in details if detail),
        )

    # ------------------------------------------------------------------
    # Backorders
    # ------------------------------------------------------------------

    @api.depends("move_ids.sale_line_id.promised_date")
    def _compute_promised_date(self):
        for picking in self:
            dates = picking.sudo().move_ids.sale_line_id.mapped("promised_date")
            picking.promised_date = max(filter(None, dates), default=False)

    def _keep_terms_of(self, picking):
        """Copy the carrier and the urgency of ``picking``."""
        for new in self.filtered(lambda new: new.state not in ("done", "cancel")):
            if picking.carrier_id and new.picking_type_id == picking.picking_type_id:
                new.carrier_id = picking.carrier_id
            if (picking.priority or "0") > (new.priority or "0"):
                new.priority = picking.priority
