# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import BackorderCommon

ACTIVITY = "backorder_atp.mail_activity_type_stale"


class EscalationCommon(BackorderCommon):
    """Orders that have been backordered for some days."""

    def _confirm_aged(self, days, quantity=5, **values):
        """Confirm an order that has been backordered for ``days``."""
        order = self._confirm((self.backorderable, quantity), **values)
        order.backordered_since = fields.Datetime.now() - timedelta(days=days, hours=1)
        self.env.cr.flush()
        return order

    def _escalate(self):
        """Run the scheduled action without its commits."""
        self.env["sale.order"]._get_stale()._escalate()


@tagged("post_install", "-at_install")
class TestEscalation(EscalationCommon):
    def test_overdue_order_is_put_on_hold(self):
        """C4: after 30 days, with a reason, an event and an activity."""
        order = self._confirm_aged(30)
        since = order.backordered_since
        self._escalate()
        self.assertEqual(order.backorder_state, "on_hold")
        self.assertEqual(order.backordered_since, since)
        self.assertEqual(
            order.hold_reason,
            "Stale: backordered for more than 30 days — manual review required",
        )
        event = self._get_events("order:on_hold", order_id=order)
        self.assertEqual(event.reason, order.hold_reason)
        self.assertEqual(event.trigger_source, "escalation")
        self.assertEqual(event.payload["previousStatus"], "backordered")
        self.assertEqual(event.payload["newStatus"], "on_hold")
        self.assertEqual(event.payload["daysPending"], 30)
        activity = order.activity_search([ACTIVITY])
        self.assertEqual(activity.user_id, self.company._get_backorder_responsible())

    def test_order_is_not_put_on_hold_early(self):
        """C4: in the last hour of the last day it is not on hold yet."""
        order = self._confirm_aged(29)
        self._escalate()
        self.assertEqual(order.backorder_state, "backordered")

    def test_partially_allocated_orders_are_put_on_hold_by_a_setting(self):
        """C4: by default only orders with no allocation are put on hold."""
        self._set_stock(self.backorderable, 2)
        order = self._confirm_aged(31)
        self.assertEqual(order.backorder_state, "partially_allocated")
        self.assertFalse(order.escalation_date)
        self._escalate()
        self.assertEqual(order.backorder_state, "partially_allocated")
        self.company.backorder_escalation_partial = True
        self.assertTrue(order.escalation_date)
        self._escalate()
        self.assertEqual(order.backorder_state, "on_hold")
        self.assertEqual(order.order_line.allocated_qty, 2)

    def test_check_availability_reports_the_hold(self):
        """C4: nothing is reserved for it until it is released."""
        order = self._confirm_aged(31)
        self._escalate()
        self._force_stock(self.backorderable, 5)
        with self.assertRaisesRegex(UserError, f"{order.name} is on hold: Stale"):
            order.picking_ids.action_assign()
        self.assertEqual(order.picking_ids.move_ids.quantity, 0)
        other = self._confirm_aged(1, quantity=2)
        (order + other).picking_ids.action_assign()
        self.assertEqual(order.picking_ids.move_ids.quantity, 0)
        self.assertEqual(other.picking_ids.move_ids.quantity, 2)

    def test_days_are_a_company_setting(self):
        """C4: configurable; 0 is never, and negative days are refused."""
        order = self._confirm_aged(8)
        self.company.backorder_escalation_days = 7
        other = self.env["res.company"].create({"name": "Patient Company"})
        self.assertEqual(other.backorder_escalation_days, 30)
        self._escalate()
        self.assertEqual(order.backorder_state, "on_hold")
        self.company.backorder_escalation_days = 0
        patient = self._confirm_aged(400)
        self._escalate()
        self.assertEqual(patient.backorder_state, "backordered")
        self.assertFalse(patient.escalation_date)
        with self.assertRaisesRegex(ValidationError, "must be positive, or 0"):
            self.company.backorder_escalation_days = -1

    def test_edits_and_retries_do_not_restart_the_clock(self):
        """C4: neither the last change nor the last attempt counts."""
        order = self._confirm_aged(31)
        since = order.backordered_since
        order.client_order_ref = "touched"
        order.order_line.product_uom_qty = 6
        order.action_fulfil()
        self._receive(self.backorderable, 0.5)
        self.assertEqual(order.backordered_since, since)
        self._escalate()
        self.assertEqual(order.backorder_state, "on_hold")

    def test_retry_puts_overdue_orders_on_hold_first(self):
        """C4, C2: arriving stock goes to orders that are not overdue."""
        stale, fresh = self._confirm_aged(31), self._confirm_aged(3)
        self._force_stock(self.backorderable, 5)
        self._run_retries()
        self.assertEqual(stale.backorder_state, "on_hold")
        self.assertEqual(fresh.backorder_state, "allocated")
        event = self._get_events("order:on_hold", order_id=stale)
        self.assertEqual(event.trigger_source, "escalation")

    def test_receipt_puts_overdue_orders_on_hold_first(self):
        """C4, C2: the same for stock reserved together with the receipt."""
        stale, fresh = self._confirm_aged(31), self._confirm_aged(3)
        receipt = self._receive(self.backorderable, 5)
        self.assertEqual(stale.backorder_state, "on_hold")
        self.assertEqual(fresh.backorder_state, "allocated")
        event = self._get_events("order:on_hold", order_id=stale)
        self.assertEqual(event.trigger_source, f"receiving:{receipt.name}")

    def test_retry_escalates_orders_of_its_product_only(self):
        """C4: other orders are left to the scheduled action."""
        self.protected.allow_backorder = "yes"
        order = self._confirm((self.protected, 1))
        order.backordered_since = fields.Datetime.now() - timedelta(days=40)
        self.env.cr.flush()
        self.retries.search([]).unlink()
        self._receive(self.backorderable, 5)
        self._run_retries()
        self.assertEqual(order.backorder_state, "backordered")

    def test_order_is_put_on_hold_once(self):
        """C4: an order that is already on hold is not put on hold again."""
        order, held = self._confirm_aged(31), self._confirm_aged(31)
        held.action_hold("the customer is away")
        for _ in range(3):
            self._escalate()
        self.assertEqual(len(self._get_events("order:on_hold", order_id=order)), 1)
        self.assertEqual(held.hold_reason, "the customer is away")
        self.assertEqual(len(order.activity_search([ACTIVITY])), 1)

    def test_release_restarts_the_clock_and_keeps_the_age(self):
        """C4: after the release, the order has the full days again."""
        order = self._confirm_aged(31)
        self._escalate()
        with self.assertRaisesRegex(UserError, "A reason is required"):
            order.action_release_hold(" ")
        order.action_release_hold("the vendor has confirmed")
        self.assertEqual(order.backorder_state, "backordered")
        self.assertEqual(order.backorder_age, 31)
        self.assertTrue(order.hold_clock_since)
        self.assertEqual(
            order.escalation_date, order.hold_clock_since + timedelta(days=30)
        )
        self.assertFalse(order.activity_search([ACTIVITY]))
        self._escalate()
        self.assertEqual(order.backorder_state, "backordered")
        with freeze_time(fields.Datetime.now() + timedelta(days=31)):
            self._escalate()
            self.assertEqual(order.backorder_state, "on_hold")
            order.invalidate_recordset(["backorder_age"])
            self.assertEqual(order.backorder_age, 62)

    def test_released_order_is_allocated(self):
        """C4, C2: releasing allocates stock that has arrived meanwhile."""
        order = self._confirm_aged(31)
        self._escalate()
        self._receive(self.backorderable, 5)
        self._run_retries()
        self.assertEqual(order.backorder_state, "on_hold")
        order.action_release_hold("it is here")
        self._run_retries()
        self.assertEqual(order.backorder_state, "allocated")

    def test_next_episode_has_its_own_clock(self):
        """C4: an earlier release has no effect on it."""
        order = self._confirm_aged(31)
        self._escalate()
        order.action_release_hold("go on")
        self._receive(self.backorderable, 5)
        self._run_retries()
        self.assertFalse(order.backordered_since)
        with freeze_time(fields.Datetime.now() + timedelta(days=10)):
            order.order_line.product_uom_qty = 9
            self.env.cr.flush()
            clock = order._get_escalation_clock()
            self.assertEqual(clock, order.backordered_since)
            self.assertGreater(clock, order.hold_clock_since)

    def test_split_keeps_the_clock(self):
        """C4, C7: splitting an order does not restart its days."""
        self._set_stock(self.backorderable, 2)
        order = self._confirm_aged(31)
        released = order.copy()
        child = order.browse(order.split_backorder(True)["backorderOrderId"])
        self._escalate()
        self.assertEqual(child.backorder_state, "on_hold")
        self.assertEqual(order.backorder_state, "allocated")
        child.action_release_hold("go on")
        clock = child.hold_clock_since
        child.merge_backorder()
        self.assertEqual(order.hold_clock_since, clock)
        self._escalate()
        self.assertEqual(order.backorder_state, "partially_allocated")
        self.assertFalse(released.hold_clock_since)

    def test_order_pending_approval_is_not_put_on_hold(self):
        """C4, B4: it needs a decision, not stock."""
        order = self._confirm_aged(31)
        order.requires_inventory_override = True
        self._escalate()
        self.assertNotEqual(order.backorder_state, "on_hold")

    def test_monitor_phase_only_logs_the_hold(self):
        """C4, B9: administrators see which orders would have been put on hold, once."""
        self.company.promise_phase = "dark"
        order = self._confirm_aged(31)
        for _ in range(3):
            self._escalate()
        self.assertEqual(order.backorder_state, "backordered")
        self.assertFalse(order.hold_since)
        self.assertFalse(order.escalation_date)
        event = self._get_events("order:would_hold", order_id=order)
        self.assertEqual(len(event), 1)
        self.assertFalse(
            self._as("manager", self.events).search(
                [("event_type", "=", "order:would_hold")]
            )
        )

    def test_scheduled_action(self):
        """C4: once a day, with a commit for each batch."""
        orders = self._confirm_aged(31) | self._confirm_aged(32)
        cron = self.env.ref("backorder_atp.ir_cron_escalate")
        self.assertEqual((cron.interval_number, cron.interval_type), (1, "days"))
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(set(orders.mapped("backorder_state")), {"on_hold"})

    def test_clock_is_set_by_the_server_only(self):
        """C4: users cannot postpone the hold by writing a date."""
        order = self._confirm_aged(31, user_id=self.users["sales"].id)
        with self.assertRaises(AccessError):
            self._as("sales", order).hold_clock_since = fields.Datetime.now()
        with self.assertRaises(AccessError):
            self._as("sales", order).action_release_hold("mine first")

    def test_cancelled_order_needs_no_review(self):
        """C4: the activity is removed with the cancellation."""
        order = self._confirm_aged(31)
        self._escalate()
        order._action_cancel()
        self.assertFalse(order.activity_search([ACTIVITY]))

    def test_settings_change_the_company(self):
        """C4: the days can be changed in the settings."""
        settings = self.env["res.config.settings"].create({})
        self.assertEqual(settings.backorder_escalation_days, 30)
        settings.backorder_escalation_days = 14
        settings.execute()
        self.assertEqual(self.company.backorder_escalation_days, 14)
