# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields, models
from odoo.fields import Command

from ..orders import MAIN, ORDERS, QUARANTINE
from .backorder_event import EVENT_DATE

# A customer's signature: one white pixel.
SIGNATURE = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAA"
    "SUVORK5CYII="
)

# What was shipped had been requested this many days after the order.
REQUESTED_DAYS = 3

# Counted again after orders were promised: some dynamos are missing.
RECOUNTS = [("LT-DYN-3", 5)]


class BackorderDemo(models.AbstractModel):
    """The sales orders, and the steps taken since their creation."""

    _inherit = "backorder.demo"

    # ------------------------------------------------------------------
    # Orders
    # ------------------------------------------------------------------

    def _build_orders(self):
        """Create the orders in chronological order."""
        for number, row in enumerate(sorted(ORDERS, key=lambda row: -row["days"]), 1):
            order = self._create_order(number, row)
            with EVENT_DATE.setting(self.env.cr, self._ago(row["days"], 1)):
                for step in row["steps"]:
                    getattr(self, f"_step_{step}")(order, row)
                self.env.cr.flush()
            self._date_order(order, row)

    def _create_order(self, number, row):
        warehouse = row.get("warehouse", MAIN)
        is_main = warehouse == MAIN
        seller = self._get("user_sales") if is_main else self.env.ref("base.user_admin")
        team = "team_shops" if is_main else "team_north"
        orders = self.env["sale.order"].with_user(seller)
        reference = f"{row['customer'][:3].upper()}-{4000 + number}"
        ships_in = row.get("ships_in")
        order = orders.create(
            {
                "partner_id": self._get(f"customer_{row['customer']}").id,
                "client_order_ref": reference,
                "team_id": self._get(team).id,
                "warehouse_id": self.env.ref(warehouse).id,
                "picking_policy": row.get("policy", "direct"),
                "commitment_date": self._ago(-ships_in) if ships_in else False,
                "order_line": [
                    Command.create(self._prepare_line(code, quantity))
                    for code, quantity in row["lines"].items()
                ],
            }
        )
        # salespersons may not set the priority
        order.sudo().backorder_priority = row.get("priority", "medium")
        self._date_order(order, row)
        self.env["ir.model.data"]._update_xmlids(
            [
                {
                    "xml_id": f"backorder_atp_demo.demo_order_{number}",
                    "record": order.sudo(),
                    "noupdate": True,
                }
            ]
        )
        return order

    def _prepare_line(self, code, quantity):
        values = {"product_id": self._get_product(code).id}
        if isinstance(quantity, tuple):
            quantity, unit = quantity
            values["product_uom_id"] = self.env.ref(unit).id
        return {**values, "product_uom_qty": quantity}

    def _date_order(self, order, row):
        """Set the dates of the order; the queue depends on its creation date."""
        order = order.sudo()
        order.date_order = self._ago(row["days"])
        order.flush_recordset()
        self.env.cr.execute(
            "UPDATE sale_order SET create_date = %s WHERE id = %s",
            [self._ago(row["days"]), order.id],
        )
        order.invalidate_recordset(["create_date"])

    def _step_send(self, order, row):
        order.action_quotation_sent()

    def _step_confirm(self, order, row):
        order.action_confirm()

    def _step_sign(self, order, row):
        order.sudo().write(
            {
                "signature": SIGNATURE,
                "signed_by": order.partner_id.name,
                "signed_on": self._ago(row["days"], 1),
            }
        )

    def _step_cancel(self, order, row):
        order.action_cancel()

    def _step_hold(self, order, row):
        self._as(order, "operator").action_hold(row["hold"])

    def _step_reserve_stock(self, order, row):
        """Reserve the products of the quotation, longer than a visit to the demo."""
        self.env["stock.soft.reservation"].with_user(order.env.user).create(
            [
                {
                    **self._prepare_soft_reservation(product, quantity),
                    "warehouse_id": warehouse.id,
                    "order_id": order.id,
                }
                for (
                    product,
                    warehouse,
                ), quantity in order._get_stock_to_reserve().items()
            ]
        )

    def _prepare_soft_reservation(self, product, quantity):
        return {
            "product_id": product.id,
            "quantity": quantity,
            "expiry_date": fields.Datetime.now() + timedelta(days=6),
        }

    def _build_customer_reservation(self):
        """Reserve stock for a customer who will order by telephone."""
        self._as(self.env["stock.soft.reservation"], "sales").create(
            {
                **self._prepare_soft_reservation(self._get_product("LT-REA-B"), 12),
                "warehouse_id": self.env.ref(MAIN).id,
                "partner_id": self._get("customer_velo").id,
                "origin": "Phone call",
            }
        )

    def _step_approve(self, order, row):
        self._as(order.sudo().override_ids, "manager").action_approve(row["reason"])

    def _step_reject(self, order, row):
        self._as(order.sudo().override_ids, "manager").action_reject(row["reason"])

    def _step_add_unmatched(self, order, row):
        self._as(self.env["backorder.unmatched.line"], "sales").create(
            [
                {"order_id": order.id, "reference": reference, "quantity": quantity}
                for reference, quantity in row["unmatched"].items()
            ]
        )

    # ------------------------------------------------------------------
    # Deliveries
    # ------------------------------------------------------------------

    def _step_deliver(self, order, row):
        """Ship all ordered quantities, also beyond stock."""
        for picking in self._get_open_pickings(order):
            for move in picking.move_ids:
                move.quantity = move.product_uom_qty
            self._validate(picking, row["days"] - row["took"])
        if self._get_open_pickings(order):
            self._step_deliver(order, row)

    def _step_pick(self, order, row):
        """Complete the pick only."""
        self._validate(self._get_open_pickings(order), row["days"] - 1)

    def _step_deliver_part(self, order, row):
        picking = self._get_open_pickings(order)
        for move in picking.move_ids:
            if move.product_id.default_code in row["part"]:
                move.quantity = row["part"][move.product_id.default_code]
                move.picked = True
        self._validate(picking, row["days"] - row["took"])

    def _step_bring_back(self, order, row):
        """Return goods to quarantine."""
        delivery = self._as(order.picking_ids, "operator")
        wizard = (
            self.env["stock.return.picking"]
            .with_user(delivery.env.user)
            .create({"picking_id": delivery.id})
        )
        for line in wizard.product_return_moves:
            line.quantity = row["back"].get(line.product_id.default_code, 0)
        action = wizard.action_create_returns()
        picking = delivery.browse(action["res_id"])
        place = self.env.ref(QUARANTINE)
        picking.location_dest_id = place
        picking.move_ids.location_dest_id = place
        for move in picking.move_ids:
            move.quantity = move.product_uom_qty
        self._validate(picking, row["days"] - row["took"] - 3)

    def _step_recount(self, order, row):
        for code, quantity in RECOUNTS:
            self._count(code, self.env.ref(MAIN).lot_stock_id, quantity)
        self._apply_counts()

    def _get_open_pickings(self, order):
        pickings = self._as(order.sudo().picking_ids, "operator")
        return pickings.filtered(
            lambda picking: picking.state not in ("done", "cancel")
        )

    def _validate(self, picking, days):
        """Validate the transfer, with a backorder for the rest."""
        picking.with_context(skip_backorder=True, skip_sms=True).button_validate()
        picking.sudo().date_done = self._ago(days, 3)

    # ------------------------------------------------------------------
    # Final steps
    # ------------------------------------------------------------------

    def _backdate_orders(self):
        """Set the dates of backorders, holds and decisions in the past."""
        rows = sorted(ORDERS, key=lambda row: -row["days"])
        for number, row in enumerate(rows, 1):
            order = self._get(f"demo_order_{number}")
            since = self._ago(row["days"], 1)
            if order.backordered_since:
                self._backdate_since(order, since)
            if order.hold_since:
                order.hold_since = self._ago(max(0, row["days"] - 1), 4)
            for request in order.override_ids:
                request.request_date = since
                if request.decision_date:
                    request.decision_date = self._ago(row["days"], 4)
            if "deliver" in row["steps"]:
                order.commitment_date = self._ago(row["days"] - REQUESTED_DAYS)

    def _backdate_since(self, order, since):
        order.flush_recordset()
        self.env.cr.execute(
            "UPDATE sale_order SET backordered_since = %s WHERE id = %s",
            [since, order.id],
        )
        order.invalidate_recordset(["backordered_since"])
