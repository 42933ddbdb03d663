# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import UniqueViolation

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.backorder_atp.tests.common import BackorderCommon

ALERT = "backorder_atp.mail_activity_type_alert"
EXPEDITE = "backorder_atp_purchase.mail_activity_type_expedite"


@tagged("post_install", "-at_install")
class TestAlerts(BackorderCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.alerts = cls.env["backorder.alert"]
        cls.product = cls.backorderable
        cls.company.write(
            {
                "backorder_responsible_id": cls.users["finance"].id,
                "backorder_buyer_id": cls.users["manager"].id,
            }
        )
        for role, user in cls.users.items():
            user.email = f"{role}@example.com"

    def _update(self):
        self.alerts._update(self.company)

    def _get_open(self, alert_type=None):
        domain = [("company_id", "=", self.company.id), ("state", "=", "open")]
        if alert_type:
            domain.append(("alert_type", "=", alert_type))
        return self.alerts.search(domain)

    def _get_mails(self, alert):
        return self.env["mail.mail"].search(
            [("model", "=", "backorder.alert"), ("res_id", "=", alert.id)]
        )

    def _age(self, order, **age):
        """Set the start of the backorder in the past."""
        since = fields.Datetime.now() - timedelta(**age)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order SET backordered_since = %s WHERE id = %s",
            [since, order.id],
        )
        self.env.cr.execute(
            "UPDATE backorder_alert SET since = %s WHERE product_id = %s",
            [since, self.product.id],
        )
        self.env.invalidate_all()

    def _get_activities(self):
        return self.product.product_tmpl_id.activity_ids

    def _purchase(self, quantity):
        purchase = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "picking_type_id": self.warehouse.in_type_id.id,
                "user_id": self.users["manager"].id,
                "order_line": [
                    Command.create(
                        {"product_id": self.product.id, "product_qty": quantity}
                    )
                ],
            }
        )
        purchase.button_confirm()
        return purchase

    # ------------------------------------------------------------------
    # Shortages
    # ------------------------------------------------------------------

    def test_backorder_opens_an_alert(self):
        """D8: 80 on hand, 100 reserved, 20 short."""
        self._set_stock(self.product, 80)
        self._confirm((self.product, 100))
        self._update()
        alert = self._get_open("detected")
        self.assertEqual(
            (alert.on_hand_qty, alert.reserved_qty, alert.shortage_qty),
            (80, 100, 20),
        )
        self.assertEqual((alert.order_count, alert.warehouse_id), (1, self.warehouse))
        self.assertTrue(self.product.is_backordered)
        event = self._get_events("alert:detected", product_id=self.product)
        self.assertEqual((event.quantity, event.payload["onHand"]), (20, 80))

    def test_inventory_managers_are_notified_once(self):
        """D8: one email in the queue and one activity for the whole episode."""
        self._confirm((self.product, 100))
        for _run in range(3):
            self._update()
        alert = self._get_open("detected")
        mail = self._get_mails(alert)
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.state, "outgoing")
        self.assertIn(self.users["manager"].partner_id, mail.recipient_ids)
        self.assertNotIn(self.users["operator"].partner_id, mail.recipient_ids)
        activity = self._get_activities().filtered(
            lambda activity: activity.backorder_alert_id == alert
        )
        self.assertEqual(len(activity), 1)
        self.assertIn(activity.user_id, alert.user_ids)
        self.assertEqual(len(self._get_events("alert:detected")), 1)

    def test_email_contains_figures_and_recommendation(self):
        """D8: on hand, reserved, incoming, the recommendation and a link."""
        self._set_stock(self.product, 80)
        north = self._create_warehouse("North", "NOR")
        self._set_stock(self.product, 7, north.lot_stock_id)
        self._confirm((self.product, 100), warehouse_id=self.warehouse.id)
        self._update()
        alert = self._get_open("detected")
        mail = self._get_mails(alert)
        self.assertIn("Backorder: Backorderable", mail.subject)
        for part in (
            "80.0",
            "100.0",
            "20.0",
            "Transfer from North: 7 Units available",
            "Buy at least 20 Units more",
            f"/odoo/action-backorder_atp_alert.backorder_alert_action/{alert.id}",
        ):
            self.assertIn(part, mail.body_html)

    def test_email_is_in_the_language_of_its_recipient(self):
        """D8: two recipients, two languages, two emails."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.users["manager"].lang = "fr_FR"
        template = self.env.ref("backorder_atp_alert.mail_template_alert_product")
        template.with_context(lang="fr_FR").subject = "Alerte"
        self._confirm((self.product, 1))
        self._update()
        mails = self._get_mails(self._get_open("detected"))
        french = mails.filtered(
            lambda mail: self.users["manager"].partner_id in mail.recipient_ids
        )
        self.assertEqual(french.subject, "Alerte")
        self.assertNotIn("Alerte", (mails - french).mapped("subject"))

    def test_alert_closes_and_a_new_episode_opens_another(self):
        """D8: it closes with its activity; the next shortage notifies again."""
        order = self._confirm((self.product, 5))
        self._update()
        first = self._get_open("detected")
        self._receive(self.product, 5)
        self._run_retries()
        self._update()
        self.assertEqual(order.backorder_state, "allocated")
        self.assertEqual(first.state, "closed")
        self.assertTrue(first.closed_date)
        self.assertFalse(self.product.product_tmpl_id.activity_ids)
        self.assertFalse(self.product.is_backordered)
        self.assertEqual(
            len(self._get_events("alert:closed", product_id=self.product)), 3
        )
        self._confirm((self.product, 1))
        self._update()
        second = self._get_open("detected")
        self.assertNotEqual(first, second)
        self.assertEqual(len(self._get_mails(second)), 1)

    def test_figures_are_updated_while_the_alert_is_open(self):
        """D8: the list shows the current figures."""
        self._confirm((self.product, 5))
        self._update()
        self._confirm((self.product, 4))
        self._update()
        self.assertEqual(self._get_open("detected").shortage_qty, 9)

    def test_sale_below_zero_opens_an_alert_immediately(self):
        """A4, D8: inventory.backordered does not wait for the scheduled action."""
        order = self._confirm((self.product, 5))
        self._validate(order.picking_ids, 5)
        alert = self._get_open("detected")
        self.assertEqual((alert.on_hand_qty, alert.shortage_qty), (-5, 5))
        self.assertEqual(len(self._get_mails(alert)), 1)
        self.assertTrue(self._get_activities())
        self._update()
        self.assertEqual(self._get_open("detected"), alert)

    def test_sale_below_zero_is_purchased_by_setting(self):
        """A4, D8: by setting of the company, the negative quantity is purchased."""
        self.company.backorder_replenish = True
        for product in (self.product, self.protected):
            product.seller_ids = [Command.create({"partner_id": self.vendor.id})]
        self.protected.allow_backorder = "yes"
        self._confirm((self.protected, 3))
        order = self._confirm((self.product, 5))
        self._validate(order.picking_ids, 5)
        cron = self.env.ref("backorder_atp_purchase.ir_cron_buy")
        self.assertTrue(
            self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        )
        with patch.object(
            self.env.registry["ir.cron"], "_commit_progress", return_value=1.0
        ):
            self.env["backorder.supply"]._cron_buy()
        lines = self.env["purchase.order.line"].search(
            [("partner_id", "=", self.vendor.id)]
        )
        self.assertEqual((lines.product_id, lines.product_qty), (self.product, 6))

    def test_short_order_triggers_the_scheduled_action(self):
        """D8: alerts open within a minute, not within the hour."""
        cron = self.env.ref("backorder_atp_alert.ir_cron_alert")
        triggers = [("cron_id", "=", cron.id)]
        before = self.env["ir.cron.trigger"].search_count(triggers)
        self._confirm((self.product, 1))
        self.env.flush_all()
        self.assertGreater(self.env["ir.cron.trigger"].search_count(triggers), before)

    def test_two_open_alerts_of_a_type_are_refused(self):
        """D8: the database refuses a second open alert."""
        self._confirm((self.product, 1))
        self._update()
        alert = self._get_open("detected")
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation),
            self.env.cr.savepoint(),
        ):
            alert.copy({"state": "open"})
            self.env.flush_all()

    # ------------------------------------------------------------------
    # Other types
    # ------------------------------------------------------------------

    def test_persisting_backorder_notifies_the_operations_manager(self):
        """D8: after 48 hours; flagged for review, with an activity for the buyer."""
        order = self._confirm((self.product, 5))
        purchase = self._purchase(5)
        self._age(order, hours=47)
        self._update()
        self.assertFalse(self._get_open("persisting"))
        self._age(order, hours=49)
        self._update()
        alert = self._get_open("persisting")
        self.assertTrue(alert.is_executive_review)
        self.assertEqual(alert.user_ids, self.users["finance"])
        self.assertIn("Orders on backorder: 1, customers: 1", alert.customer_plan)
        self.assertIn(
            "Orders on backorder: 1, customers: 1", self._get_mails(alert).body_html
        )
        follow_up = purchase.activity_search([EXPEDITE])
        self.assertEqual(follow_up.user_id, self.users["manager"])
        self.assertEqual(follow_up.backorder_alert_id, alert)

    def test_responsible_user_gets_the_activity(self):
        """D8: the user set on the company, not the first manager."""
        self._confirm((self.product, 5))
        self._update()
        alert = self._get_open("detected")
        activity = self._get_activities().filtered(
            lambda activity: activity.backorder_alert_id == alert
        )
        self.assertEqual(activity.user_id, self.users["finance"])
        self.assertIn(self.users["manager"], alert.user_ids)

    def test_buyer_is_requested_to_find_a_vendor(self):
        """D8: if nothing is on order."""
        order = self._confirm((self.product, 5))
        self._age(order, hours=49)
        self._update()
        alert = self._get_open("persisting")
        activity = self._get_activities().filtered(
            lambda activity: "Find a vendor" in activity.summary
        )
        self.assertEqual(activity.user_id, self.users["manager"])
        self.assertEqual(activity.backorder_alert_id, alert)

    def test_no_vendor_is_needed_with_a_purchase(self):
        """D8: the buyer of the purchase gets the activity instead."""
        order = self._confirm((self.product, 5))
        self._purchase(5)
        self._age(order, hours=49)
        self._update()
        self.assertTrue(self._get_open("persisting"))
        self.assertNotIn(
            "Find a vendor", " ".join(self._get_activities().mapped("summary"))
        )

    def test_hours_until_a_backorder_persists(self):
        """D8: a setting of the company."""
        self.company.backorder_persisting_hours = 2
        order = self._confirm((self.product, 5))
        self._age(order, hours=3)
        self._update()
        self.assertTrue(self._get_open("persisting"))
        with self.assertRaisesRegex(ValidationError, "cannot be negative"):
            self.company.backorder_persisting_hours = -1

    def test_insufficient_supply_notifies_the_buyer(self):
        """D8: 80 on hand, 100 reserved, 15 incoming: 5 not covered."""
        self._set_stock(self.product, 80)
        self._confirm((self.product, 100))
        self._purchase(15)
        self._update()
        alert = self._get_open("supply_insufficient")
        self.assertEqual((alert.incoming_qty, alert.shortage_qty), (15, 20))
        self.assertEqual(alert.user_ids, self.users["manager"])
        self.assertIn("Buy at least 5 Units more", alert.recommendation)
        self._purchase(5)
        self._update()
        self.assertEqual(alert.state, "closed")
        self.assertEqual(self._get_open("detected").incoming_qty, 20)

    def test_orders_on_hold_are_not_purchased(self):
        """C4, D8: 5 short, of which 3 are on hold."""
        order = self._confirm((self.product, 3))
        self._as("operator", order).action_hold("To be reviewed")
        self._confirm((self.product, 2))
        self._update()
        alert = self._get_open("detected")
        self.assertEqual(alert.shortage_qty, 5)
        self.assertIn("Buy at least 2 Units more", alert.recommendation)

    def test_insufficient_supply_names_vendors_and_substitutes(self):
        """D8: alternative vendors and substitutes are proposed."""
        other = self.env["res.partner"].create({"name": "Other Vendor"})
        self.product.seller_ids = [
            Command.create({"partner_id": partner.id})
            for partner in (self.vendor, other)
        ]
        self._set_stock(self.protected, 3)
        self.env["product.substitute"].create(
            {
                "product_tmpl_id": self.product.product_tmpl_id.id,
                "substitute_id": self.protected.id,
            }
        )
        self._confirm((self.product, 5))
        self._update()
        advice = self._get_open("supply_insufficient").recommendation
        self.assertIn("Slow Vendor, Other Vendor", advice)
        self.assertIn("Offer a substitute: Protected", advice)

    def test_stock_below_safety_stock(self):
        """D8: uncommitted stock falls below the safety stock; nothing is short."""
        self.env["stock.policy"].create(
            {
                "product_id": self.protected.id,
                "warehouse_id": self.warehouse.id,
                "safety_stock_quantity": 4,
            }
        )
        self._set_stock(self.protected, 10)
        self._confirm((self.protected, 6))
        self._update()
        self.assertFalse(self._get_open())
        self._set_stock(self.protected, 9)
        self._update()
        alert = self._get_open()
        self.assertEqual(
            (alert.alert_type, alert.safety_stock_qty), ("below_safety_stock", 4)
        )
        self.assertIn("safety stock of 4 Units", alert.recommendation)

    def test_many_orders_on_hold(self):
        """D8: more than five a week; the number is a setting."""
        for _order in range(6):
            order = self._confirm((self.product, 1))
            order.action_hold("late")
            self.env.flush_all()
            self._update()
        alert = self._get_open("many_holds")
        self.assertEqual((alert.order_count, alert.product_id.id), (6, False))
        self.assertEqual(alert.user_ids, self.users["finance"])
        self.assertIn("6 orders were put on hold", self._get_mails(alert).subject)
        self.assertEqual(order.activity_search([ALERT]).user_id, self.users["finance"])
        self.company.backorder_hold_limit = 6
        self._update()
        self.assertEqual(alert.state, "closed")

    def test_customers_not_notified(self):
        """D8: the salesperson has a day; once notified, the alert closes."""
        order = self._confirm((self.product, 5), user_id=self.users["sales"].id)
        self._update()
        alert = self._get_open("customer_not_notified")
        self.assertEqual(alert.user_ids, self.users["sales"])
        activity = order.activity_search([ALERT])
        self.assertEqual(activity.user_id, self.users["sales"])
        self.assertEqual(
            activity.date_deadline,
            (order.backordered_since + timedelta(hours=24)).date(),
        )
        self.env["backorder.customer.message"]._record_notified("delayed", order)
        self._update()
        self.assertEqual(alert.state, "closed")
        self.assertFalse(order.activity_search([ALERT]))

    # ------------------------------------------------------------------
    # Settings and companies
    # ------------------------------------------------------------------

    def test_monitor_phase_notifies_no_user(self):
        """B9: alerts are listed, without emails and activities."""
        self.company.promise_phase = "dark"
        self._confirm((self.product, 5))
        self._update()
        alerts = self._get_open()
        self.assertTrue(alerts)
        self.assertFalse(alerts.user_ids)
        self.assertFalse(alerts.activity_ids)

    def test_alerts_without_notification(self):
        """D8: by setting, alerts are only listed."""
        self.company.backorder_alert_mail = False
        self._confirm((self.product, 5))
        self._update()
        alert = self._get_open("detected")
        self.assertFalse(self._get_mails(alert))

    def test_products_are_filtered_by_alert(self):
        """D8: the filter on products and variants, and the button to their alerts."""
        self._confirm((self.product, 5))
        self._update()
        for records in (self.product, self.product.product_tmpl_id):
            own = [("id", "in", (records | records.search([], limit=20)).ids)]
            backordered = records.search([*own, ("is_backordered", "=", True)])
            self.assertIn(records, backordered)
            self.assertTrue(all(backordered.mapped("is_backordered")))
            others = records.search([*own, ("is_backordered", "=", False)])
            self.assertTrue(others)
            self.assertFalse(any(others.mapped("is_backordered")))
            action = self._as("viewer", records).action_view_alerts()
            alerts = self.alerts.search(action["domain"])
            self.assertIn(self._get_open("detected"), alerts)
            self.assertEqual(alerts.product_id, self.product)

    def test_companies_are_separate(self):
        """D8: one scheduled action, separate alerts for each company."""
        self._confirm((self.product, 5))
        with patch.object(
            self.env.registry["ir.cron"], "_commit_progress", return_value=1.0
        ):
            self.alerts._cron_update()
        self.assertEqual(self._get_open("detected").company_id, self.company)
        other = self.env["res.company"].create({"name": "Others"})
        stranger = self._create_user("stranger", "backorder_atp.group_finance_manager")
        stranger.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        alerts = self.alerts.with_user(stranger).with_context(
            allowed_company_ids=other.ids
        )
        self.assertFalse(alerts.search([]))

    # ------------------------------------------------------------------
    # User actions
    # ------------------------------------------------------------------

    def test_review_is_recorded(self):
        """D8: an inventory manager clears the flag and is recorded."""
        order = self._confirm((self.product, 5))
        self._age(order, hours=49)
        self._update()
        alert = self._get_open("persisting")
        with self.assertRaisesRegex(AccessError, "Inventory Manager"):
            self._as("operator", alert).action_review()
        self._as("manager", alert).action_review()
        self.assertFalse(alert.is_executive_review)
        self.assertEqual(alert.review_user_id, self.users["manager"])

    def test_alert_buttons(self):
        """D8: buy, find stock, expedite, and the orders on backorder."""
        order = self._confirm((self.product, 5))
        self._purchase(2)
        self._update()
        alert = self._as("operator", self._get_open("detected"))
        for action, model in (
            (alert.action_open_purchase(), "backorder.purchase"),
            (alert.action_open_transfer(), "backorder.transfer"),
            (alert.action_open_expedite(), "backorder.expedite"),
        ):
            self.assertEqual(action["res_model"], model)
        self.assertEqual(order.search(alert.action_view_orders()["domain"]), order)

    def test_users_cannot_write_alerts(self):
        """C10: only the server writes alerts."""
        self._confirm((self.product, 5))
        self._update()
        alert = self._get_open("detected")
        for role in ("viewer", "operator", "manager", "finance"):
            self.assertTrue(self._as(role, alert).shortage_qty)
            with self.assertRaises(AccessError):
                self._as(role, alert).state = "closed"
            with self.assertRaises(AccessError):
                self._as(role, alert).unlink()
