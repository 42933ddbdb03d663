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
# What somebody has to say, as no stock moves: the step, and the states before it.
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

    The state of the transfer says whether it is open, done or cancelled, and
    returns say whether it came back. What happens outside the warehouse is told
    by the actions below, step by step.
    """

    _inherit = "stock.picking"

    promised_date = fields.Date(
        "Promised For",
        compute="_compute_promised_date",
        help="The day for which the customer was promised all of this.",
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
        "Why It Failed",
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
        """Whether this brings goods to a customer."""
        return self.location_dest_id.usage == "customer"

    def _is_returned(self):
        """Whether everything that was shipped has come back."""
        shipped = self.move_ids.filtered(lambda move: move.state == "done")
        return bool(shipped) and all(
            move.product_uom.compare(move._get_returned_qty(), move.quantity) >= 0
            for move in shipped
        )

    # ------------------------------------------------------------------
    # Steps
    # ------------------------------------------------------------------

    def action_start_fulfilment(self):
        """Begin to pick and pack what is reserved.

        :raise AccessError: for whoever is neither operator nor warehouse user
        :raise UserError: naming each delivery that is not ready or has been started
        """
        return self._take_step("in_progress")

    def action_complete_fulfilment(self):
        """Validate deliveries that were started.

        :return: what Odoo asks on validation, if it asks anything
        :raise AccessError: for whoever is neither operator nor warehouse user
        :raise UserError: naming each delivery that is not in progress
        """
        self._check_may_track()
        self._refuse_unless(
            lambda picking: picking.fulfilment_state == "in_progress",
            self.env._("Only what is in progress can be completed: start it first."),
        )
        return self.button_validate()

    def action_ship(self, tracking_ref=None):
        """Hand completed deliveries to the carrier.

        :param tracking_ref: the carrier's number, kept on the delivery
        :raise AccessError: for whoever is neither operator nor warehouse user
        :raise UserError: naming each delivery that is not ready to ship
        """
        values = {"carrier_tracking_ref": tracking_ref} if tracking_ref else {}
        return self._take_step("shipped", values)

    def action_set_in_transit(self):
        """Note that the carrier is on the way, also for another attempt.

        :raise AccessError: for whoever is neither operator nor warehouse user
        :raise UserError: naming each delivery that was not shipped
        """
        return self._take_step("in_transit", {"delivery_failure_reason": False})

    def action_deliver(self):
        """Note that the customer has the goods.

        :raise AccessError: for whoever is neither operator nor warehouse user
        :raise UserError: naming each delivery that was not shipped
        """
        return self._take_step("delivered")

    def action_fail_delivery(self, reason):
        """Note that the carrier could not deliver.

        :param reason: why; required
        :raise AccessError: for whoever is neither operator nor warehouse user
        :raise UserError: naming each delivery that was not shipped
        """
        self.env["sale.order"]._check_reason(reason)
        return self._take_step("failed", {"delivery_failure_reason": reason}, reason)

    def action_open_fail_delivery(self):
        """Ask why, then note that the delivery failed."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Delivery Failed: %s", ", ".join(self.mapped("name"))),
            "res_model": "stock.delivery.failure",
            "view_mode": "form",
            "target": "new",
            "context": {"default_picking_ids": self.ids},
        }

    def _take_step(self, step, values=None, reason=False):
        """Let every one of these take ``step``, or none."""
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
    # Who may, and when
    # ------------------------------------------------------------------

    def _check_may_track(self):
        if not (self.env.su or any(map(self.env.user.has_group, ROLES))):
            names = [self.env.ref(role).sudo().full_name for role in ROLES]
            raise AccessError(
                self.env._(
                    "Shipments are followed by %s. Ask an administrator for that role.",
                    self.env._(" or ").join(names),
                )
            )
        self.check_access("read")
        if not self:
            raise UserError(self.env._("Choose a delivery first."))

    def _lock_shipments(self):
        """Let no second step happen at the same time; whoever waits is run again."""
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
        """Whether ``step`` may follow; only what is reserved can be started."""
        self.ensure_one()
        if step == "in_progress" and self.state != "assigned":
            return False
        return self.fulfilment_state in STEPS[step]

    def _get_step_hint(self, step):
        """Return which deliveries may take ``step``, and what to do first."""
        return {
            "in_progress": self.env._(
                "Only a delivery that is ready and not started can be started:"
                " allocate its stock first."
            ),
            "shipped": self.env._(
                "Only what is ready to ship can be shipped: validate it first."
            ),
            "in_transit": self.env._(
                "Only what was shipped, or could not be delivered, is in transit."
            ),
            "delivered": self.env._(
                "Only what was shipped can be delivered. After a failure, set it in"
                " transit again."
            ),
            "failed": self.env._("Only what was shipped can fail to be delivered."),
        }[step]

    def _refuse_unless(self, is_legal, hint):
        """Raise one message that names each of these and its state, with ``hint``."""
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
    # What the transfer knows
    # ------------------------------------------------------------------

    def _action_done(self):
        """Complete what is shipped, and follow what came back."""
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
        """Count what is validated without having been started as started now.

        Done afterwards: other addons let nobody write on a transfer that is open and
        under review.
        """
        self.write({"fulfilment_start_date": fields.Datetime.now()})
        self._log_fulfilment("in_progress")

    # ------------------------------------------------------------------
    # Telling
    # ------------------------------------------------------------------

    def _log_fulfilment(self, state, reason=False):
        """Tell the log and the chatter of the orders that these are ``state``."""
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
                picking.sale_id.message_post(body=picking._get_order_note(reason))

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
        """Return how far this shipment is, for other programs.

        :return: dict with ``deliveryId``, ``delivery``, ``status``, ``carrier``,
            ``trackingNumber``, ``trackingUrl``, ``orderId``, ``orderNumber``,
            ``estimatedDelivery`` (the promised day), ``startedOn``, ``shippedOn``,
            ``deliveredOn``, ``failureReason`` and ``lastUpdated``; days and times (UTC)
            as text, ``False`` for what there is not
        :raise AccessError: for whoever may not read the delivery
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

    def _get_order_note(self, reason):
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
    # What is left for later
    # ------------------------------------------------------------------

    @api.depends("move_ids.sale_line_id.promised_date")
    def _compute_promised_date(self):
        for picking in self:
            dates = picking.sudo().move_ids.sale_line_id.mapped("promised_date")
            picking.promised_date = max(filter(None, dates), default=False)

    def _keep_terms_of(self, picking):
        """Ship these with the carrier and the urgency of ``picking``."""
        for new in self.filtered(lambda new: new.state not in ("done", "cancel")):
            if picking.carrier_id and new.picking_type_id == picking.picking_type_id:
                new.carrier_id = picking.carrier_id
            if (picking.priority or "0") > (new.priority or "0"):
                new.priority = picking.priority
