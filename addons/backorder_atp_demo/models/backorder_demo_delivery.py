# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, models

from .backorder_demo import all_or_nothing

# Shipments of the demo company, from the latest: steps, tracking number, failure
# reason.
SHIPMENTS = [
    ([], False, False),
    (["ship"], "RF-2210457", False),
    (["ship", "set_in_transit"], "RF-2210431", False),
    (["ship", "set_in_transit", "fail_delivery"], "RF-2210398", "The shop was closed"),
]
DELIVERED = ["ship", "set_in_transit", "deliver"]


class BackorderDemoDelivery(models.AbstractModel):
    """Creates the shipments of the demo company."""

    _name = "backorder.demo.delivery"
    _inherit = "backorder.demo"
    _description = "Backorder Demo Shipments"

    @api.model
    @api.private
    @all_or_nothing
    def build_shipments(self):
        """Set the carrier and the status of every delivery, once."""
        shipments = self.env["stock.picking"].search(
            [
                ("location_dest_id.usage", "=", "customer"),
                ("sale_id", "!=", False),
                ("company_id", "=", self.env.ref("base.main_company").id),
                ("carrier_id", "=", False),
                ("state", "!=", "cancel"),
            ],
            order="date_done desc, id desc",
        )
        for mapping in self.env["delivery.carrier.warehouse"].search([]):
            own = shipments.filtered(
                lambda picking, own=mapping.warehouse_id: (
                    picking.picking_type_id.warehouse_id == own
                )
            )
            own.carrier_id = own.sale_id.carrier_id = mapping.carrier_id
        done = shipments.filtered(lambda picking: picking.state == "done")
        done._compute_fulfilment_state()
        for number, shipment in enumerate(done):
            self._build_shipment(number, self._as(shipment, "operator"))
        self._as(shipments - done, "operator").filtered(
            lambda picking: picking.state == "assigned"
        )[:2].action_start_fulfilment()

    def _build_shipment(self, number, shipment):
        steps, tracking_ref, reason = (
            SHIPMENTS[number]
            if number < len(SHIPMENTS)
            else (DELIVERED, f"RF-{2210300 - 7 * number}", False)
        )
        for step in steps:
            if step == "ship":
                shipment.action_ship(tracking_ref)
            elif step == "fail_delivery":
                shipment.action_fail_delivery(reason)
            else:
                getattr(shipment, f"action_{step}")()
        self._date_shipment(shipment.sudo())

    def _date_shipment(self, shipment):
        """Set the dates: shipped an hour after packing, delivered two days later."""
        if shipment.shipped_date:
            shipment.shipped_date = shipment.date_done + timedelta(hours=1)
        if shipment.delivered_date:
            shipment.delivered_date = shipment.date_done + timedelta(days=2)
