# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.backorder_atp_fastapi.problems import not_found

MOMENTS = ("startedOn", "shippedOn", "deliveredOn", "lastUpdated")
TEXTS = (
    "carrier",
    "trackingNumber",
    "trackingUrl",
    "orderId",
    "orderNumber",
    "estimatedDelivery",
    "failureReason",
)


class BackorderApiShipment(models.AbstractModel):
    """Shipments to customers, step by step."""

    _name = "backorder.api.shipment"
    _description = "Backorder HTTP API: Shipments"
    _inherit = "backorder.api"

    def _find_shipment(self, shipment_id):
        domain = self._get_shipment_domain() & Domain("id", "=", shipment_id)
        shipment = self.env["stock.picking"].search(domain)
        if not shipment:
            raise not_found(self.env._("Shipment not found: %s", shipment_id))
        return shipment

    def _get_shipment_domain(self):
        """Return the domain of deliveries whose steps are known.

        Those done before the installation have no fulfilment status.
        """
        return (
            Domain("company_id", "=", self.env.company.id)
            & Domain("location_dest_id.usage", "=", "customer")
            & Domain("fulfilment_state", "!=", False)
        )

    # ------------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------------

    def _list_shipments(self, status, order_id, limit, cursor=None):
        domain = self._get_shipment_domain()
        if status:
            domain &= Domain("fulfilment_state", "in", status)
        if order_id:
            domain &= Domain("sale_id", "=", self._find_order(order_id).id)
        shipments, page = self._search_by_id(
            self.env["stock.picking"], domain, limit, cursor
        )
        rows = [self._prepare_shipment(shipment) for shipment in shipments]
        return {"shipments": rows, **page}

    def _get_shipment(self, shipment_id):
        return self._prepare_shipment(self._find_shipment(shipment_id))

    # ------------------------------------------------------------------
    # Steps
    # ------------------------------------------------------------------

    def _start_shipment(self, shipment_id):
        return self._take_step(shipment_id, "action_start_fulfilment")

    def _complete_shipment(self, shipment_id):
        """Validate a shipment.

        :raise UserError: if Odoo asks something first, such as about a backorder
        """
        shipment = self._find_shipment(shipment_id)
        question = shipment.action_complete_fulfilment()
        if isinstance(question, dict) and shipment.state != "done":
            raise UserError(
                self.env._(
                    "%(delivery)s needs an answer first: %(question)s. Validate it in"
                    " Odoo.",
                    delivery=shipment.name,
                    question=question.get("name") or question.get("res_model"),
                )
            )
        return self._prepare_shipment(shipment)

    def _ship_shipment(self, shipment_id, payload):
        return self._take_step(shipment_id, "action_ship", payload.tracking_number)

    def _set_in_transit(self, shipment_id):
        return self._take_step(shipment_id, "action_set_in_transit")

    def _deliver_shipment(self, shipment_id):
        return self._take_step(shipment_id, "action_deliver")

    def _fail_shipment(self, shipment_id, payload):
        return self._take_step(shipment_id, "action_fail_delivery", payload.reason)

    def _take_step(self, shipment_id, name, *args):
        shipment = self._find_shipment(shipment_id)
        getattr(shipment, name)(*args)
        return self._prepare_shipment(shipment)

    # ------------------------------------------------------------------
    # Responses
    # ------------------------------------------------------------------

    def _prepare_shipment(self, shipment):
        tracking = self._replace_false(shipment.get_fulfilment_tracking(), *TEXTS)
        moments = {
            name: self._to_moment(fields.Datetime.to_datetime(tracking[name] or None))
            for name in MOMENTS
        }
        tracking["shipmentId"] = tracking.pop("deliveryId")
        return {**tracking, **moments}
