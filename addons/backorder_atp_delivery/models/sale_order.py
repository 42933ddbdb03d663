# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from .stock_picking import FULFILMENT_STATES

# From the first to the last; the least advanced shipment determines the order's state.
PROGRESS = ["pending", "in_progress", "completed", "shipped", "in_transit", "delivered"]


class SaleOrder(models.Model):
    """Choose the warehouse by delivery method; track the shipments."""

    _inherit = "sale.order"

    shipment_ids = fields.One2many(
        "stock.picking",
        "sale_id",
        "Shipments",
        domain=[("location_dest_id.usage", "=", "customer")],
        help="The deliveries to the customer.",
        readonly=True,
        server_only=True,
    )
    fulfilment_state = fields.Selection(
        [
            *[(name, label) for name, label in FULFILMENT_STATES if name != "cancel"],
            ("partially_shipped", "Partially Shipped"),
        ],
        "Shipment",
        compute="_compute_fulfilment_state",
        store=True,
        copy=False,
        help="The combined status of all shipments of the order.",
        server_only=True,
    )

    # ------------------------------------------------------------------
    # Warehouse
    # ------------------------------------------------------------------

    def _get_carrier_warehouses(self):
        carrier = self.carrier_id._get_promise_warehouse(self.company_id)
        return [carrier, *super()._get_carrier_warehouses()]

    def write(self, vals):
        """Update the warehouse of quotations, unless it was chosen manually."""
        quotations = self.browse()
        if "carrier_id" in vals and "warehouse_id" not in vals:
            quotations = self.filtered(
                lambda order: (
                    order.state in ("draft", "sent")
                    and order.carrier_id.id != vals["carrier_id"]
                    and not order._is_warehouse_by_hand()
                )
            )
        result = super().write(vals)
        quotations._compute_warehouse_id()
        quotations.order_line.filtered("warehouse_choice")._compute_warehouse_id()
        return result

    def _may_choose_warehouse(self):
        """Choose no other warehouse if the delivery method has one."""
        has_warehouse = bool(self.carrier_id._get_promise_warehouse(self.company_id))
        return not has_warehouse and super()._may_choose_warehouse()

    # ------------------------------------------------------------------
    # Shipments
    # ------------------------------------------------------------------

    @api.depends("picking_ids.fulfilment_state")
    def _compute_fulfilment_state(self):
        for order in self:
            states = set(order.picking_ids.mapped("fulfilment_state"))
            order.fulfilment_state = self._sum_up_fulfilment(states)

    @api.model
    def _sum_up_fulfilment(self, states):
        """Return the state of an order whose shipments are in ``states``.

        Failed shipments come first; otherwise the least advanced shipment determines
        the state, unless others have been shipped already.
        """
        states = states - {False, "cancel"}
        if "failed" in states:
            return "failed"
        reached = [PROGRESS.index(state) for state in states if state in PROGRESS]
        if not reached:
            return "returned" if "returned" in states else False
        shipped = PROGRESS.index("shipped")
        has_left = max(reached) >= shipped or "returned" in states
        if min(reached) < shipped and has_left:
            return "partially_shipped"
        if min(reached) == 0 and max(reached) > 0:
            return "in_progress"
        return PROGRESS[min(reached)]
