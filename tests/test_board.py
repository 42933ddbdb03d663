# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestBoard(BackorderCommon):
    def _confirm_backordered(self, *quantities, **values):
        return self.env["sale.order"].union(
            *(
                self._confirm((self.backorderable, quantity), **values)
                for quantity in quantities
            )
        )

    def _add_stock_without_retry(self, quantity):
        """Add stock without a retry, as when no worker runs."""
        self._force_stock(self.backorderable, quantity)
        self.env.cr.flush()
        self.retries.search([]).unlink()

    # ------------------------------------------------------------------
    # Products short
    # ------------------------------------------------------------------

    def test_products_short(self):
        """C5: orders, needed, short and filled quantity by product and warehouse."""
        self._set_stock(self.backorderable, 3)
        self._confirm_backordered(2, 4, 2)
        row = self._get_row()
        self.assertEqual((row.order_count, row.needed_qty, row.shortage_qty), (2, 6, 5))
        self.assertAlmostEqual(row.fill_rate, 100 / 6)
        self.assertEqual(row.warehouse_id, self.warehouse)

    def test_pickable_inbound_and_incoming_are_separate(self):
        """C5: available counts pickable stock only; inbound has its own column."""
        self.warehouse.reception_steps = "two_steps"
        self._confirm_backordered(9)
        self._force_stock(self.backorderable, 2, self.warehouse.wh_input_stock_loc_id)
        self._create_receipt(self.backorderable, 4)
        row = self._get_row()
        self.assertEqual(
            (row.available_qty, row.inbound_qty, row.incoming_qty), (0, 2, 4)
        )

    def _get_row(self):
        return self.env["backorder.product"].search(
            [("product_id", "=", self.backorderable.id)]
        )

    def test_row_leads_to_its_orders(self):
        """C5: the row of a product opens the orders that are short of it."""
        orders = self._confirm_backordered(1, 2)
        action = self._get_row().action_view_orders()
        self.assertEqual(self.env["sale.order"].search(action["domain"]), orders[::-1])
        self.assertEqual(self.backorderable.backorder_order_count, 2)
        self.assertEqual(self.backorderable.product_tmpl_id.backorder_order_count, 2)

    def test_row_fulfils_its_orders(self):
        """C6: Fulfil the orders that are short of one product."""
        orders = self._confirm_backordered(1, 2)
        row = self._get_row()
        self._add_stock_without_retry(3)
        row.action_fulfil()
        self.assertEqual(set(orders.mapped("backorder_state")), {"allocated"})

    # ------------------------------------------------------------------
    # Fulfil
    # ------------------------------------------------------------------

    def test_fulfil_one(self):
        """C6: an operator allocates one order manually."""
        first, second = self._confirm_backordered(1, 1)
        self._add_stock_without_retry(1)
        action = self._as("operator", second).action_fulfil()
        self.assertEqual(
            (first.backorder_state, second.backorder_state),
            ("backordered", "allocated"),
        )
        self.assertIn(
            "1 fulfilled, 0 still backordered, 0 failed", action["params"]["message"]
        )

    def test_fulfil_all_in_order(self):
        """C3, C6: Fulfil All allocates in the order of the queue."""
        low = self._confirm_backordered(1, backorder_priority="low")
        normal = self._confirm_backordered(1, 1)
        self._add_stock_without_retry(2)
        action = self._as("operator", self.env["sale.order"]).action_fulfil_all()
        self.assertEqual(set(normal.mapped("backorder_state")), {"allocated"})
        self.assertEqual(low.backorder_state, "backordered")
        self.assertIn(
            "2 fulfilled, 1 still backordered, 0 failed", action["params"]["message"]
        )

    def test_result_names_the_failures(self):
        """C6: the numbers of fulfilled, backordered and failed orders, with reasons."""
        orders = self._confirm_backordered(1, 1)
        self._add_stock_without_retry(2)
        with patch.object(
            type(orders), "_fulfil", lambda orders, source: {orders[0].id: "stuck"}
        ):
            action = orders.action_fulfil()
        self.assertIn("1 failed", action["params"]["message"])
        self.assertIn(f"{orders[0].name}: stuck", action["params"]["message"])
        self.assertTrue(action["params"]["sticky"])

    def test_unfit_orders(self):
        """C12: a cancelled and a missing order give clear errors."""
        order = self._confirm_backordered(1)
        order._action_cancel()
        with self.assertRaisesRegex(
            UserError, f"{order.name} .Cancelled. cannot be allocated"
        ):
            order.action_fulfil()
        missing = self.env["sale.order"].browse(999999999)
        with self.assertRaisesRegex(UserError, "Order not found: 999999999"):
            missing.action_fulfil()

    def test_viewer_cannot_retry(self):
        """C10: a viewer sees the board but cannot retry."""
        order = self._confirm_backordered(1)
        viewed = self._as("viewer", order)
        self.assertEqual(viewed.backorder_state, "backordered")
        rows = self._as("viewer", self.env["backorder.product"]).search([])
        self.assertIn(1, rows.mapped("shortage_qty"))
        for action in (viewed.action_fulfil, viewed.action_fulfil_all):
            with self.assertRaisesRegex(AccessError, "Operator"):
                action()

    # ------------------------------------------------------------------
    # Hold
    # ------------------------------------------------------------------

    def test_hold_and_release_by_wizard(self):
        """C4: hold and release require a reason."""
        order = self._confirm_backordered(1)
        for action, button, event in (
            ("action_open_hold", "action_hold", "order:on_hold"),
            ("action_open_release", "action_release", "order:hold_released"),
        ):
            env = self.env(user=self.users["operator"])
            wizard = Form.from_action(
                env, getattr(self._as("operator", order), action)()
            )
            wizard.reason = f"because of {button}"
            getattr(wizard.save(), button)()
            self.assertEqual(
                self._get_events(event, order_id=order).reason, f"because of {button}"
            )
        self.assertEqual(order.backorder_state, "backordered")
        self.assertFalse(order.hold_reason)

    def test_hold_keeps_the_episode(self):
        """C4, C8: a held order stays in its episode."""
        order = self._confirm_backordered(1)
        since = order.backordered_since
        order.action_hold("later")
        self.assertEqual(order.backordered_since, since)
        self.assertFalse(self._get_events("order:backorder_resolved"))
        with self.assertRaisesRegex(UserError, "Only backordered orders"):
            order.action_hold("again")
        order.action_release_hold("now")
        with self.assertRaisesRegex(UserError, "Not on hold"):
            order.action_release_hold("again")

    def test_cancel_ends_the_hold(self):
        """C4: a cancelled order is no longer on hold."""
        order = self._confirm_backordered(1)
        order.action_hold("later")
        order._action_cancel()
        order.action_draft()
        self.assertFalse(order.hold_since)
        self.assertEqual(order.backorder_state, "none")
