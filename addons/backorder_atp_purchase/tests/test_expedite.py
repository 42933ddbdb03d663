# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.common import BackorderCommon

ACTIVITY = "backorder_atp_purchase.mail_activity_type_expedite"


@tagged("post_install", "-at_install")
class TestExpedite(BackorderCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users["buyer"] = cls._create_user(
            "buyer",
            "backorder_atp.group_backorder_operator,purchase.group_purchase_user",
        )
        cls.order = cls._confirm((cls.backorderable, 10))
        cls.purchase = cls._create_purchase(12)
        cls.line = cls.purchase.order_line

    @classmethod
    def _create_purchase(cls, quantity, days=5, user="buyer"):
        purchase = cls.env["purchase.order"].create(
            {
                "partner_id": cls.vendor.id,
                "picking_type_id": cls.warehouse.in_type_id.id,
                "user_id": cls.users[user].id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": cls.backorderable.id,
                            "product_qty": quantity,
                            "date_planned": cls._get_day(days),
                        }
                    )
                ],
            }
        )
        purchase.button_confirm()
        return purchase

    @classmethod
    def _get_day(cls, days):
        return fields.Datetime.now() + timedelta(days=days)

    def _open(self, records=None, role="operator"):
        action = self._as(role, records or self.order).action_open_expedite()
        return self._as(role, self.env[action["res_model"]]).browse(action["res_id"])

    def _get_activities(self):
        return self.purchase.activity_ids.filtered(
            lambda activity: activity.activity_type_id == self.env.ref(ACTIVITY)
        )

    # ------------------------------------------------------------------
    # Asking
    # ------------------------------------------------------------------

    def test_covering_purchases_are_shown(self):
        """D4: soonest first, with open quantity, buyer and backordered orders."""
        late = self._create_purchase(3, days=-2)
        wizard = self._open()
        self.assertEqual(
            [(row.document, row.quantity, row.is_late) for row in wizard.line_ids],
            [(late.name, 3, True), (self.purchase.name, 12, False)],
        )
        row = wizard.line_ids[1]
        self.assertEqual((row.buyer_id, row.order_count), (self.users["buyer"], 1))

    def test_it_opens_from_board_order_and_product(self):
        """D4: the same purchases from each of these screens."""
        self.env.flush_all()
        board = self.env["backorder.product"].search(
            [("product_id", "=", self.backorderable.id)]
        )
        template = self.backorderable.product_tmpl_id
        for records in (self.order, board, self.backorderable, template):
            self.assertEqual(
                self._open(records).line_ids.document, self.purchase.name, records
            )

    def test_buyer_gets_one_activity(self):
        """D4: an activity on the purchase; a second request updates it."""
        for note in ("by air?", "by truck?"):
            wizard = self._open()
            wizard.note = note
            wizard.action_expedite()
        activity = self._get_activities()
        self.assertEqual(activity.user_id, self.users["buyer"])
        self.assertIn("12.0", activity.note)
        self.assertIn("by truck?", activity.note)
        events = self._get_events("supply:expedited", product_id=self.backorderable)
        self.assertEqual(events.mapped("reason"), ["by truck?", "by air?"])
        self.assertEqual(events[0].payload["purchaseOrder"], self.purchase.name)

    def test_purchase_without_a_buyer_is_for_the_purchase_responsible(self):
        """D4, D8: the purchase responsible of the settings."""
        self.purchase.user_id = False
        self.company.backorder_buyer_id = self.users["finance"]
        self._open().action_expedite()
        self.assertEqual(self._get_activities().user_id, self.users["finance"])

    def test_without_incoming_purchase_the_message_says_what_to_do(self):
        """D4: a request for quotation is not an incoming purchase."""
        self.purchase.button_cancel()
        with self.assertRaisesRegex(UserError, "no incoming purchase"):
            self._open()

    def test_finished_purchase_is_refused(self):
        """D4: received purchases cannot be expedited."""
        self._validate(self.purchase.picking_ids, 12)
        with self.assertRaisesRegex(UserError, "no open receipts"):
            self.line.action_expedite()

    # ------------------------------------------------------------------
    # A new date
    # ------------------------------------------------------------------

    def test_new_date_reaches_purchase_receipt_and_order(self):
        """D4: entered once, it is updated everywhere, logged and notified."""
        day = self._get_day(9).date()
        wizard = self._open(role="buyer")
        wizard.line_ids.new_date = day
        with patch.object(
            self.env.registry["sale.order"],
            "_on_supply_date_changed",
            autospec=True,
        ) as spy:
            wizard.action_set_dates()
        self.assertEqual(self.line.date_planned.date(), day)
        self.assertEqual(self.line.move_ids.date.date(), day)
        self.assertEqual(self.purchase.picking_ids.scheduled_date.date(), day)
        spy.assert_called_once_with(self.order, self._get_day(5).date(), day)
        event = self._get_events("supply:date_changed", order_id=self.order)
        self.assertEqual(event.payload["to"], fields.Date.to_string(day))
        self.assertEqual(event.trigger_source, f"new-date:{self.purchase.name}")
        self.assertIn(self.purchase.name, self.order.message_ids[0].body)

    def test_date_changed_in_purchasing_reaches_the_order(self):
        """D4: also from Odoo's forms of the purchase and of its receipt."""
        self.line.date_planned = self._get_day(8)
        self.assertEqual(len(self._get_events("supply:date_changed")), 1)
        self.purchase.picking_ids.scheduled_date = self._get_day(11)
        event = self._get_events("supply:date_changed")[0]
        self.assertEqual(event.payload["to"], fields.Date.to_string(self._get_day(11)))

    def test_same_day_is_not_logged(self):
        """D4: another hour of the same day is ignored."""
        planned = self.line.date_planned.replace(hour=0, minute=1)
        self.line.date_planned = planned
        self.assertFalse(self._get_events("supply:date_changed"))

    def test_date_without_an_order_is_logged(self):
        """D4: the date is logged even if no order is backordered."""
        self.order._action_cancel()
        self.line.date_planned = self._get_day(8)
        event = self._get_events("supply:date_changed")
        self.assertEqual((event.order_id.id, len(event)), (False, 1))

    def test_make_to_order_purchase_notifies_its_order_alone(self):
        """D4: other orders do not depend on it."""
        product = self._create_bought_to_order()
        product.allow_backorder = "yes"
        order = self._confirm((product, 5))
        self._confirm((product, 2))
        line = self.env["purchase.order.line"].search(
            [("move_dest_ids.sale_line_id.order_id", "=", order.id)]
        )
        line.order_id.button_confirm()
        line.date_planned = self._get_day(30)
        orders = self._get_events("supply:date_changed").order_id
        self.assertIn(order, orders)
        self.assertEqual(orders, line.move_dest_ids.sale_line_id.order_id)

    def test_date_in_the_past_is_refused(self):
        """D4: a new date cannot be in the past."""
        with self.assertRaisesRegex(UserError, "in the future"):
            self.line.action_set_new_date(self._get_day(-1).date())

    # ------------------------------------------------------------------
    # Roles
    # ------------------------------------------------------------------

    def test_activity_ends_with_the_receipt(self):
        """D4: there is nothing left to expedite; a partial receipt leaves something."""
        self._as("operator", self.line).action_expedite()
        [receipt] = self.purchase.picking_ids
        self._validate(receipt, 5)
        self.assertTrue(self._get_activities())
        self._validate(self.purchase.picking_ids - receipt, 7)
        self.assertFalse(self._get_activities())

    def test_activity_ends_with_the_purchase(self):
        """D4: a cancelled purchase is not expedited."""
        self._as("operator", self.line).action_expedite()
        self.purchase.button_cancel()
        self.assertFalse(self._get_activities())

    def test_who_may_expedite(self):
        """C10: operators ask; a new date needs purchase rights."""
        for role in ("viewer", "sales"):
            with self.assertRaisesRegex(AccessError, "Operator"):
                self._open(role=role)
            with self.assertRaisesRegex(AccessError, "Operator"):
                self._as(role, self.line).action_expedite()
        wizard = self._open()
        self.assertFalse(wizard.can_redate)
        wizard.line_ids.new_date = self._get_day(9)
        with self.assertRaisesRegex(AccessError, "Inventory Manager"):
            wizard.action_set_dates()
        wizard.action_expedite()
        self._as("manager", self.line).action_set_new_date(self._get_day(9).date())
