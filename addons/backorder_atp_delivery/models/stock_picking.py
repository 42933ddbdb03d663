# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

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
EVENTS = {
    "in_progress": "fulfilment:started",
    "completed": "fulfilment:completed",
    "shipped": "fulfilment:shipped",
    "in_transit": "fulfilment:in_transit",
    "delivered": "fulfilment:delivered",
    "failed": "fulfilment:failed",
    "returned": "fulfilment:returned",
}


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
