# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from .common import CarrierCommon

ACTIONS = {
    "in_progress": "action_start_fulfilment",
    "completed": "action_complete_fulfilment",
    "shipped": "action_ship",
    "in_transit": "action_set_in_transit",
    "delivered": "action_deliver",
}


@tagged("post_install", "-at_install")
class TestFulfilment(CarrierCommon):
    """E6: a delivery from its start until it is delivered."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._confirm((cls.protected, 2), carrier_id=cls.express.id)
        cls.delivery = cls.order.picking_ids

    def _step(self, *states, delivery=None, role="operator"):
        delivery = self._as(role, delivery or self.delivery)
        for state in states:
            if state == "failed":
                delivery.action_fail_delivery("The customer was not there")
            else:
                getattr(delivery, ACTIONS[state])()
        return delivery

    def _return(self, delivery, quantity):
        wizard = Form(
            self.env["stock.return.picking"].with_context(
                active_id=delivery.id,
                active_ids=delivery.ids,
                active_model=delivery._name,
            )
        )
        wizard = wizard.save()
        wizard.product_return_moves.quantity = quantity
        returned = self.env["stock.picking"].browse(
            wizard.action_create_returns()["res_id"]
        )
        self._validate(returned, quantity)

    def test_from_started_to_delivered(self):
        """E6: start, complete, ship with a number, deliver; each step is logged."""
        delivery = self.delivery
        self.assertEqual(delivery.fulfilment_state, "pending")
        self._step("in_progress")
        self.assertEqual(delivery.fulfilment_state, "in_progress")
        self._step("completed")
        self.assertEqual(
            (delivery.state, delivery.fulfilment_state), ("done", "completed")
        )
        self._as("operator", delivery).action_ship("PAR-77")
        self._step("in_transit", "delivered")
        self.assertEqual(delivery.fulfilment_state, "delivered")
        self.assertTrue(
            delivery.fulfilment_start_date
            <= delivery.shipped_date
            <= delivery.delivered_date
        )
        events = self.events.search(
            [("order_id", "=", self.order.id), ("event_type", "=like", "fulfilment:%")],
            order="id",
        )
        self.assertEqual(
            [event.event_type.split(":")[1] for event in events],
            ["started", "completed", "shipped", "in_transit", "delivered"],
        )
        self.assertEqual(events.user_id, self.users["operator"])
        self.assertEqual(events[-1].payload["trackingNumber"], "PAR-77")

    def test_tracking_on_the_order(self):
        """E6: tracking number and link are on the order, changes in its chatter."""
        self._step("in_progress", "completed")
        self._as("operator", self.delivery).action_ship("PAR-77")
        shipment = self._as("sales", self.order).shipment_ids
        self.assertEqual(shipment.carrier_tracking_ref, "PAR-77")
        self.assertEqual(
            shipment.carrier_tracking_url, "https://track.example.com/PAR-77"
        )
        note = self.order.message_ids[0].body
        self.assertIn("Shipped", note)
        self.assertIn("PAR-77", note)

    def test_tracked_by_other_programs(self):
        """E6: status, carrier, number, link, promised day and times."""
        self._step("in_progress", "completed")
        self._as("operator", self.delivery).action_ship("PAR-77")
        self._step("failed")
        tracking = self._as("sales", self.delivery).get_fulfilment_tracking()
        self.assertEqual(
            (tracking["status"], tracking["carrier"], tracking["failureReason"]),
            ("failed", "Express", "The customer was not there"),
        )
        self.assertEqual(
            (tracking["trackingNumber"], tracking["trackingUrl"]),
            ("PAR-77", "https://track.example.com/PAR-77"),
        )
        self.assertEqual(tracking["orderNumber"], self.order.name)
        self.assertEqual(
            tracking["estimatedDelivery"], str(self.order.order_line.promised_date)
        )
        self.assertTrue(tracking["startedOn"] <= tracking["shippedOn"])
        self.assertFalse(tracking["deliveredOn"])
        outsider = new_test_user(self.env, "outsider", groups="base.group_user")
        with self.assertRaises(AccessError):
            self.delivery.with_user(outsider).get_fulfilment_tracking()

    def test_validated_without_being_started(self):
        """E6: validating also records the start."""
        self._validate(self._as("operator", self.delivery))
        self.assertEqual(self.delivery.fulfilment_state, "completed")
        self.assertTrue(self.delivery.fulfilment_start_date)
        self.assertTrue(self._get_events("fulfilment:started", order_id=self.order))

    def test_transfer_that_may_not_be_written_until_it_is_done(self):
        """E6: an addon that has transfers validated allows no other change before."""
        model_class = self.env.registry["stock.picking"]
        write, refused = model_class.write, UserError("Under validation")

        def write_if_done(pickings, vals):
            if any(picking.state != "done" for picking in pickings):
                raise refused
            return write(pickings, vals)

        with patch.object(model_class, "write", write_if_done):
            self._validate(self._as("operator", self.delivery))
        self.assertEqual(self.delivery.fulfilment_state, "completed")
        self.assertTrue(self.delivery.fulfilment_start_date)
        self._step("shipped")

    def test_only_legal_steps(self):
        """E6: from every state, every other step is refused and changes nothing."""
        legal = {
            "pending": {"in_progress"},
            "in_progress": {"completed"},
            "completed": {"shipped"},
            "shipped": {"in_transit", "delivered", "failed"},
            "in_transit": {"delivered", "failed"},
            "failed": {"in_transit"},
            "delivered": set(),
        }
        path = [
            "in_progress",
            "completed",
            "shipped",
            "failed",
            "in_transit",
            "delivered",
        ]
        for state, step in zip(["pending", *path], [*path, None], strict=True):
            self.assertEqual(self.delivery.fulfilment_state, state)
            for other in {*ACTIONS, "failed"} - legal[state]:
                with self.assertRaisesRegex(UserError, self.delivery.name):
                    self._step(other)
                self.assertEqual(self.delivery.fulfilment_state, state)
            if step:
                self._step(step)

    def test_failed_says_why_and_is_tried_again(self):
        """E6: a failure has a reason; another attempt clears it."""
        self._step("in_progress", "completed", "shipped")
        action = self._as("operator", self.delivery).action_open_fail_delivery()
        with self._open_wizard(action) as form:
            form.reason = "The customer was not there"
        form.save().with_user(self.users["operator"]).action_fail()
        self.assertEqual(
            self.delivery.delivery_failure_reason, "The customer was not there"
        )
        self.assertEqual(self.order.fulfilment_state, "failed")
        event = self._get_events("fulfilment:failed", order_id=self.order)
        self.assertEqual(event.reason, "The customer was not there")
        self._step("in_transit")
        self.assertFalse(self.delivery.delivery_failure_reason)
        with self.assertRaisesRegex(UserError, "A reason is required"):
            self._as("operator", self.delivery).action_fail_delivery(" ")

    def test_order_form_needs_no_view_of_transfers(self):
        """E6: salespersons open orders without access to the form of transfers."""
        refuse = patch.object(
            type(self.delivery), "get_views", side_effect=AccessError("not for sales")
        )
        with refuse, Form(self._as("sales", self.order)) as form:
            form.client_order_ref = "opened"
        self.assertEqual(self.order.client_order_ref, "opened")

    def test_nothing_is_written_on_an_open_transfer(self):
        """E6: validating works if another addon blocks writing on transfers under
        review."""
        pickings = type(self.delivery)
        write = pickings.write

        def refuse_while_open(pickings, vals):
            if any(picking.state != "done" for picking in pickings):
                fulfilment = [name for name in vals if name.startswith("fulfilment")]
                self.assertFalse(fulfilment)
            return write(pickings, vals)

        with patch.object(pickings, "write", refuse_while_open):
            self._validate(self.delivery)
        self.assertEqual(self.delivery.fulfilment_state, "completed")
        self.assertTrue(self.delivery.fulfilment_start_date)

    def test_not_reserved_is_not_started(self):
        """E6: an order must have its stock before its fulfilment starts."""
        order = self._confirm((self.backorderable, 2))
        with self.assertRaisesRegex(UserError, "Allocate their stock first"):
            self._step("in_progress", delivery=order.picking_ids)

    def test_all_or_none(self):
        """E6: one delivery that does not allow the step blocks all, and is listed."""
        other = self._confirm((self.protected, 1)).picking_ids
        self._step("in_progress")
        with self.assertRaisesRegex(UserError, self.delivery.name):
            self._step("in_progress", delivery=self.delivery | other)
        self.assertEqual(other.fulfilment_state, "pending")

    def test_returned(self):
        """E6: a full return sets the status; a partial one does not."""
        self._step("in_progress", "completed", "shipped", "delivered")
        self._return(self.delivery, 1)
        self.assertEqual(self.delivery.fulfilment_state, "delivered")
        self._return(self.delivery, 1)
        self.assertEqual(self.delivery.fulfilment_state, "returned")
        self.assertEqual(self.order.fulfilment_state, "returned")
        self.assertTrue(self._get_events("fulfilment:returned", order_id=self.order))
        with self.assertRaisesRegex(UserError, "Returned"):
            self._step("delivered")

    def test_receipts_are_no_shipments(self):
        """E6: only deliveries to customers are tracked."""
        receipt = self._create_receipt(self.protected, 1)
        self.assertFalse(receipt.fulfilment_state)
        with self.assertRaisesRegex(UserError, "not tracked"):
            self._step("in_progress", delivery=receipt)

    def test_two_steps(self):
        """E6: the delivery order is the shipment, not the pick."""
        self.warehouse.delivery_steps = "pick_ship"
        order = self._confirm((self.protected, 1), carrier_id=self.express.id)
        self.assertFalse(order.picking_ids.fulfilment_state)
        self.assertFalse(order.fulfilment_state)
        self._validate(order.picking_ids, 1)
        shipment = order.shipment_ids
        self.assertEqual(len(shipment), 1)
        self._step("in_progress", "completed", "shipped", delivery=shipment)
        self.assertEqual(order.fulfilment_state, "shipped")

    def test_summary_on_the_order(self):
        """E6: the order has the combined status of its shipments."""
        order = self._confirm((self.protected, 4))
        first = order.picking_ids
        self.assertEqual(order.fulfilment_state, "pending")
        self._validate(first, 1)
        second = order.picking_ids - first
        self.assertEqual(order.fulfilment_state, "in_progress")
        self._step("shipped", delivery=first)
        self.assertEqual(order.fulfilment_state, "partially_shipped")
        self._validate(second, 3)
        self._step("shipped", delivery=second)
        self.assertEqual(order.fulfilment_state, "shipped")
        self._step("delivered", delivery=first)
        self.assertEqual(order.fulfilment_state, "shipped")
        self._step("delivered", delivery=second)
        self.assertEqual(order.fulfilment_state, "delivered")

    def test_cancelled(self):
        """E6: a cancelled delivery allows no step and does not affect the order."""
        self.order._action_cancel()
        self.assertEqual(self.delivery.fulfilment_state, "cancel")
        self.assertFalse(self.order.fulfilment_state)
        with self.assertRaisesRegex(UserError, "Cancelled"):
            self._step("in_progress")

    def test_backorder_keeps_the_promise(self):
        """E6, C6: the backorder keeps carrier, warehouse, date and urgency."""
        self._create_receipt(self.backorderable, 5)
        order = self._confirm(
            (self.backorderable, 5),
            (self.protected, 1),
            carrier_id=self.freight.id,
            commitment_date="2031-05-06 10:00:00",
        )
        first = order.picking_ids
        first.priority = "1"
        promised = order.promised_date
        first.move_ids.filtered(
            lambda move: move.product_id == self.protected
        ).picked = True
        first.with_context(skip_backorder=True).button_validate()
        rest = first.backorder_ids
        self.assertEqual(rest.carrier_id, self.freight)
        self.assertEqual(rest.picking_type_id.warehouse_id, self.warehouse)
        self.assertEqual(rest.priority, "1")
        self.assertEqual(rest.date_deadline, first.date_deadline)
        self.assertTrue(promised)
        self.assertEqual(rest.promised_date, promised)
        self.assertEqual(rest.sale_id, order)
        self.assertFalse(rest.carrier_tracking_ref)
        self.assertEqual(rest.fulfilment_state, "pending")

    def test_split_keeps_the_promise(self):
        """E6, C7: a split order keeps the terms of its delivery."""
        order = self._confirm(
            (self.backorderable, 5),
            (self.protected, 1),
            carrier_id=self.freight.id,
            commitment_date="2031-05-06 10:00:00",
        )
        first = order.picking_ids
        first.write({"priority": "1", "carrier_id": self.express.id})
        result = self._as("operator", order).split_backorder(True)
        child = order.browse(result["backorderOrderId"])
        rest = child.picking_ids
        self.assertEqual(child.carrier_id, self.freight)
        self.assertEqual(child.warehouse_id, self.warehouse)
        self.assertEqual(rest.carrier_id, self.express)
        self.assertEqual(rest.priority, "1")
        self.assertEqual(rest.date_deadline, order.commitment_date)
        self.assertEqual(child.fulfilment_state, "pending")

    def test_roles(self):
        """E6: operators and inventory users update shipments, others read."""
        for role in ("viewer", "sales"):
            self.assertEqual(self._as(role, self.delivery).fulfilment_state, "pending")
            with self.assertRaisesRegex(AccessError, "Operator"):
                self._step("in_progress", role=role)
        self._step("in_progress", "completed", role="manager")
        self._step("shipped", role="finance")
        self.assertEqual(self.order.fulfilment_state, "shipped")

    def test_state_cannot_be_written(self):
        """E6: the status cannot be written or set by a default value."""
        for name, value in (
            ("fulfilment_step", "delivered"),
            ("fulfilment_state", "delivered"),
            ("delivered_date", "2031-01-01"),
        ):
            with self.assertRaisesRegex(AccessError, "buttons"):
                self._as("manager", self.delivery)[name] = value
        with self.assertRaises(AccessError):
            self._as("sales", self.order).fulfilment_state = "delivered"
        picking = (
            self._as("manager", self.env["stock.picking"])
            .with_context(default_fulfilment_step="delivered")
            .create({"picking_type_id": self.warehouse.out_type_id.id})
        )
        self.assertFalse(picking.fulfilment_step)

    def test_other_company(self):
        """E6: users do not update the shipments of other companies."""
        other = self.env["res.company"].create({"name": "Other"})
        self.users["operator"].write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        delivery = self.delivery.with_user(self.users["operator"]).with_context(
            allowed_company_ids=other.ids
        )
        with self.assertRaises(AccessError):
            delivery.action_start_fulfilment()
