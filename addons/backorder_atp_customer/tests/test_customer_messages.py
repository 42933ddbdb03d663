# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from lxml import html

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.backorder_atp_promise_date.tests.test_promise_date import PromiseCommon
from odoo.addons.mail.tests.common import MailCase

KINDS = ("delayed", "partly_shipped", "new_date", "available", "resolved")


class CustomerMessageCommon(PromiseCommon, MailCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.email = "patient@example.com"
        cls.company.email = "promises@example.com"
        cls.users["sales"].email = "sales@example.com"
        cls.messages = cls.env["backorder.customer.message"]

    @classmethod
    def _tell(cls, mode, *kinds):
        for kind in kinds or KINDS:
            cls.company[f"customer_message_{kind}"] = mode

    def _confirm_backordered(self, *lines, **values):
        """Confirm an order of the salesperson that is on backorder."""
        order = self._confirm(
            *(lines or [(self.backorderable, 5)]),
            user_id=self.users["sales"].id,
            **values,
        )
        self.env.cr.flush()
        return order

    def _work_off(self):
        """Process the messages like the scheduled action, without commits.

        :return: the emails to customers
        """
        self._check_promises()
        with self.mock_mail_gateway():
            while message := self.messages._take_next():
                message._process()
            self.env.cr.flush()
            return self._new_mails.filtered(
                lambda mail: mail.recipient_ids - self.users["sales"].partner_id
            )

    def _read(self, mail):
        """Return the text of an email and the rows of its table."""
        body = html.fromstring(str(mail.body_html))
        rows = [
            [" ".join(cell.text_content().split()) for cell in row.xpath("./td")]
            for row in body.xpath("//tbody/tr[count(td)=5]")
        ]
        return " ".join(body.text_content().split()), rows

    def _show(self, date, lang="en_US"):
        return self.env["res.lang"]._get_data(code=lang) and (
            fields.Date.to_date(date).strftime(
                self.env["res.lang"]._lang_get(lang).date_format
            )
        )


@tagged("post_install", "-at_install")
class TestCustomerMessages(CustomerMessageCommon):
    # ------------------------------------------------------------------
    # Substitutes
    # ------------------------------------------------------------------

    def _offer(self, substitute):
        self.env["product.substitute"].create(
            {
                "product_tmpl_id": self.backorderable.product_tmpl_id.id,
                "substitute_id": substitute.id,
            }
        )

    def test_substitute_in_stock_is_offered(self):
        """D7: substitutes for the whole backordered quantity, and no others."""
        self._tell("send", "delayed")
        names = ("Plenty", "Scarce", "Gone")
        for name, quantity in zip(names, (5, 4, 0), strict=True):
            substitute = self._create_product(name, default_code="INTERNAL")
            self._set_stock(substitute, quantity)
            self._offer(substitute)
        self._confirm_backordered()
        text, [row] = self._read(self._work_off())
        self.assertIn("Available now instead: Plenty", row[0])
        for name in ("Scarce", "Gone", "INTERNAL"):
            self.assertNotIn(name, text)

    def test_substitute_in_another_unit(self):
        """D7: a box of twelve is enough for five pieces."""
        dozen = self._create_product(
            "Dozen", uom_id=self.env.ref("uom.product_uom_dozen").id
        )
        self._set_stock(dozen, 1)
        weight = self._create_product(
            "Weight", uom_id=self.env.ref("uom.product_uom_kgm").id
        )
        self._set_stock(weight, 100)
        self._offer(dozen)
        self._offer(weight)
        line = self._confirm_backordered().order_line
        self.assertEqual(line._get_offered_substitutes(), ["Dozen"])
        more = self._confirm_backordered((self.backorderable, 13)).order_line
        self.assertEqual(more._get_offered_substitutes(), [])

    def test_substitutes_are_offered_by_setting(self):
        """D7: a setting of the company, and only for backordered items."""
        self._set_stock(self.protected, 50)
        self._offer(self.protected)
        self._set_stock(self.backorderable, 5)
        served = self._confirm_backordered().order_line
        self.assertEqual(served._get_offered_substitutes(), [])
        line = self._confirm_backordered().order_line
        self.assertEqual(line._get_offered_substitutes(), ["Protected"])
        self.company.customer_message_substitutes = False
        self.assertEqual(line._get_offered_substitutes(), [])

    # ------------------------------------------------------------------
    # Causes
    # ------------------------------------------------------------------

    def test_no_messages_by_default(self):
        """C9: by default, backorders and shipments send no messages."""
        order = self._confirm_backordered()
        self._receive(self.backorderable, 2)
        self._run_retries()
        self._validate(order.picking_ids, 2)
        self._receive(self.backorderable, 3)
        self._run_retries()
        self._validate(order.picking_ids.filtered(lambda p: p.state != "done"), 3)
        self.assertEqual(order.delivery_status, "full")
        self.assertFalse(self.messages.search([]))
        self.assertFalse(self._work_off())

    def test_delayed_message(self):
        """C9, D7: with the quantities and the vendor's date."""
        self._tell("send", "delayed")
        self._expect(self.backorderable, 10, 9)
        order = self._confirm_backordered()
        mail = self._work_off()
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.recipient_ids, self.customer)
        self.assertIn("sales@example.com", mail.email_from)
        self.assertEqual(
            mail.subject, f"Your order {order.name}: some items are delayed"
        )
        text, rows = self._read(mail)
        self.assertIn("Hello Patient Customer", text)
        self.assertIn(order.name, text)
        self.assertEqual(
            rows,
            [
                [
                    "Backorderable Units",
                    "5.00",
                    "0.00",
                    "5.00",
                    self._show(self._in(9)),
                ]
            ],
        )
        notified = order.customer_message_ids
        self.assertEqual(notified.state, "sent")
        self.assertEqual(notified.expected_date, self._in(9))
        event = self._get_events("customer:informed", order_id=order)
        self.assertEqual(event.payload["message"], "delayed")

    def test_email_is_queued(self):
        """C9: through Odoo's email queue, so nothing is sent while rows are locked."""
        self._tell("send", "delayed")
        self._confirm_backordered()
        self.assertEqual(self._work_off().state, "outgoing")

    def test_partly_shipped_message(self):
        """C9, D7: with the shipped and the remaining quantities of each line."""
        self._tell("send", "partly_shipped")
        other = self._create_product("Other", allow_backorder="yes")
        self._set_stock(self.backorderable, 2)
        self._set_stock(other, 1)
        order = self._confirm_backordered((self.backorderable, 5), (other, 1))
        self.assertFalse(self._work_off())
        self._validate(order.picking_ids)
        mail = self._work_off()
        text, rows = self._read(mail)
        self.assertIn("the first part is on its way", mail.subject)
        self.assertIn("We have shipped part", text)
        self.assertEqual(
            rows,
            [
                ["Backorderable Units", "5.00", "2.00", "3.00", "Date to follow"],
                ["Other Units", "1.00", "1.00", "0.00", "Shipped"],
            ],
        )

    def test_date_without_supply_is_not_confirmed(self):
        """C9, E7: without incoming supply, it is based on the lead time."""
        self._tell("send", "delayed")
        self.backorderable.seller_ids = [
            Command.create({"partner_id": self.vendor.id, "delay": 12})
        ]
        self._confirm_backordered()
        _text, rows = self._read(self._work_off())
        self.assertEqual(
            rows[0][-1], f"about {self._show(self._in(12))} not confirmed yet"
        )

    def test_available_message(self):
        """C9: sent once all backordered items are reserved."""
        self._tell("send", "available")
        order = self._confirm_backordered()
        self._receive(self.backorderable, 5)
        self._run_retries()
        self.assertEqual(order.backorder_state, "allocated")
        mail = self._work_off()
        self.assertEqual(mail.subject, f"Your order {order.name}: everything is here")
        self.assertEqual(self._read(mail)[1][0][-1], "Ready to ship")

    def test_completely_shipped_message(self):
        """C9: sent for backorders only, not for orders that were never short."""
        self._tell("send", "resolved")
        order = self._confirm_backordered()
        self._receive(self.backorderable, 7)
        self._run_retries()
        self._validate(order.picking_ids, 5)
        mail = self._work_off()
        self.assertEqual(mail.subject, f"Your order {order.name} is complete")
        self.assertEqual(
            self._read(mail)[1],
            [["Backorderable Units", "5.00", "5.00", "0.00", "Shipped"]],
        )
        prompt = self._confirm_backordered((self.backorderable, 2))
        self._validate(prompt.picking_ids, 2)
        self.assertFalse(self._work_off())

    def test_shipment_by_a_user_without_access_to_the_order(self):
        """C9: the customer is notified as well."""
        self._tell("send", "resolved")
        order = self._confirm_backordered()
        self._receive(self.backorderable, 7)
        self._run_retries()
        shipper = self._create_user(
            "shipper", "stock.group_stock_manager,sales_team.group_sale_salesman"
        )
        self.assertFalse(order.with_user(shipper).has_access("read"))
        self._validate(order.picking_ids.with_user(shipper), 5)
        self.assertEqual(order.picking_ids.state, "done")
        mail = self._work_off()
        self.assertEqual(mail.subject, f"Your order {order.name} is complete")

    def test_new_date_message_is_sent_once_per_date(self):
        """C9, D4: rescheduled supply is notified, but never the same date twice."""
        self._tell("send", "delayed", "new_date")
        receipt = self._expect(self.backorderable, 10, 5)
        order = self._confirm_backordered()
        self._work_off()
        receipt.move_ids.date = self._noon(8)
        order._on_supply_date_changed(self._in(5), self._in(8))
        self._check_promises()
        order._on_supply_date_changed(self._in(5), self._in(8))
        mail = self._work_off()
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.subject, f"Your order {order.name}: there is a new date")
        self.assertIn(self._show(self._in(8)), self._read(mail)[0])
        self.assertFalse(self._work_off(), "The customer knows this date")
        receipt.move_ids.date = self._noon(3)
        mail = self._work_off()
        self.assertIn(self._show(self._in(3)), self._read(mail)[0])

    def test_slip_within_the_tolerance_sends_no_message(self):
        """D4: the tolerance is a setting of the company."""
        self._tell("send", "delayed", "new_date")
        self.company.promise_slip_days = 2
        purchase = self._buy(self.backorderable, 10, 5)
        self._confirm_backordered()
        self._work_off()
        purchase.order_line.date_planned = self._noon(7)
        self.assertFalse(self._work_off())
        purchase.order_line.date_planned = self._noon(8)
        mail = self._work_off()
        self.assertIn(self._show(self._in(8)), self._read(mail)[0])

    def test_expedited_purchase_notifies_the_customer(self):
        """D4: the customer gets an email with the earlier date."""
        self._tell("send", "delayed", "new_date")
        purchase = self._buy(self.backorderable, 10, 9)
        order = self._confirm_backordered()
        self._work_off()
        self._as("manager", purchase.order_line).action_set_new_date(self._in(2))
        mail = self._work_off()
        self.assertEqual(mail.subject, f"Your order {order.name}: there is a new date")
        self.assertEqual(self._read(mail)[1][0][-1], self._show(self._in(2)))

    # ------------------------------------------------------------------
    # No duplicates, nothing outdated
    # ------------------------------------------------------------------

    def test_each_transition_sends_one_message(self):
        """C9: retries and edits send no further message."""
        self._tell("send")
        order = self._confirm_backordered()
        self.assertEqual(len(self._work_off()), 1)
        self._as("operator", order).action_fulfil()
        order.order_line.product_uom_qty = 6
        self.messages._enqueue("delayed", {order: order.backordered_since})
        self.assertFalse(self._work_off())
        self.assertEqual(len(order.customer_message_ids), 1)

    def test_cancelled_order_sends_no_message(self):
        """C9: the order is cancelled before the email is created."""
        self._tell("send")
        order = self._confirm_backordered()
        order._action_cancel()
        self.assertFalse(self._work_off())
        self.assertEqual(set(order.customer_message_ids.mapped("state")), {"skipped"})

    def test_allocated_order_sends_no_delayed_message(self):
        """C9: stock arrived before the email was created."""
        self._tell("send")
        order = self._confirm_backordered()
        self._receive(self.backorderable, 5)
        self._run_retries()
        mail = self._work_off()
        self.assertEqual(mail.subject, f"Your order {order.name}: everything is here")

    def test_disabled_message_is_not_sent(self):
        """C9: messages disabled before they are sent are not sent."""
        self._tell("send")
        self._confirm_backordered()
        self._tell("off")
        self.assertFalse(self._work_off())

    def test_failed_message_can_be_sent_again(self):
        """C9: an error in a template does not stop other messages."""
        self._tell("send", "delayed")
        template = self.env.ref("backorder_atp_customer.mail_template_delayed")
        subject, template.subject = template.subject, "{{ object.nonsense }}"
        order = self._confirm_backordered()
        with self.assertLogs("odoo.addons.backorder_atp_customer", "WARNING"):
            self._work_off()
        message = order.customer_message_ids
        self.assertEqual(message.state, "failed")
        self.assertTrue(message.note)
        template.subject = subject
        with self.assertRaises(AccessError):
            self._as("viewer", message).action_retry()
        self._as("sales", message).action_retry()
        self.assertEqual(len(self._work_off()), 1)
        self.assertEqual(message.state, "sent")
        with self.assertRaisesRegex(UserError, "Only failed messages"):
            self._as("sales", message).action_retry()

    # ------------------------------------------------------------------
    # Proposals
    # ------------------------------------------------------------------

    def test_salesperson_is_reminded_by_setting(self):
        """C9: an activity instead of an email, done once the message is sent."""
        self._tell("propose", "delayed")
        order = self._confirm_backordered()
        self.assertFalse(self._work_off())
        activity = order.activity_ids
        self.assertEqual(activity.user_id, self.users["sales"])
        self.assertEqual(activity.summary, "Notify the customer: Items Delayed")
        self.assertEqual(order.customer_message_ids.state, "proposed")
        self._send_by_hand(self._as("sales", order))
        self.assertFalse(order.activity_ids.filtered("active"))
        self.assertEqual(
            sorted(order.customer_message_ids.mapped("state")), ["sent", "skipped"]
        )

    def _remind(self):
        order = self._confirm_backordered()
        self._work_off()
        return order

    def test_reminder_ends_with_the_delay(self):
        """C9: the salesperson is not reminded of what has been solved."""
        self._tell("propose", "delayed")
        order = self._remind()
        self._receive(self.backorderable, 5)
        self.assertFalse(order.activity_ids.filtered("active"))
        self.assertEqual(order.customer_message_ids.state, "skipped")

    def test_later_reminder_replaces_the_earlier_one(self):
        """C9: an order has one reminder."""
        self._tell("propose", "delayed", "new_date")
        order = self._remind()
        order._notify_new_date()
        self._work_off()
        activity = order.activity_ids.filtered("active")
        self.assertEqual(activity.summary, "Notify the customer: New Date")
        self.assertEqual(
            order.customer_message_ids.mapped("state"), ["proposed", "skipped"]
        )

    def test_reminder_that_is_done_counts_as_sent(self):
        """C9: the customer was notified in another way; the log says by whom."""
        self._tell("propose", "delayed")
        order = self._remind()
        self._as("sales", order.activity_ids).action_done()
        self.assertEqual(order.customer_message_ids.state, "sent")
        self.assertEqual(
            self._get_events("customer:informed", order_id=order).user_id,
            self.users["sales"],
        )

    def test_cancelled_reminder_is_not_proposed(self):
        """C9: nor counted as sent."""
        self._tell("propose", "delayed")
        order = self._remind()
        self._as("sales", order.activity_ids).unlink()
        message = order.customer_message_ids
        self.assertEqual(message.state, "skipped")
        self.assertIn("cancelled the reminder", message.note)

    def test_customer_without_email_address(self):
        """C9: the salesperson gets an activity instead."""
        self._tell("send", "delayed")
        self.customer.email = False
        order = self._confirm_backordered()
        self.assertFalse(self._work_off())
        self.assertIn("no email address", order.activity_ids.note)
        self.assertEqual(order.activity_ids.user_id, self.users["sales"])

    # ------------------------------------------------------------------
    # User actions
    # ------------------------------------------------------------------

    def _send_by_hand(self, orders):
        action = orders.action_inform_customer()
        composer = Form(
            self.env["mail.compose.message"]
            .with_user(orders.env.user)
            .with_context(**action["context"])
        ).save()
        with self.mock_mail_gateway():
            composer.action_send_mail()
            self.env.cr.flush()
            return composer, self._new_mails

    def test_message_is_reviewed_before_it_is_sent(self):
        """C9: the composer shows the matching message; sending it is recorded."""
        order = self._confirm_backordered()
        composer, mail = self._send_by_hand(self._as("sales", order))
        self.assertEqual(
            composer.template_id,
            self.env.ref("backorder_atp_customer.mail_template_delayed"),
        )
        self.assertIn("Backorderable", composer.body)
        self.assertEqual(mail.recipient_ids, self.customer)
        self.assertEqual(
            self._read(mail)[1],
            [["Backorderable Units", "5.00", "0.00", "5.00", "Date to follow"]],
        )
        self.assertEqual(order.customer_message_ids.state, "sent")
        self.assertEqual(
            self._get_events("customer:informed", order_id=order).user_id,
            self.users["sales"],
        )

    def test_manual_message_replaces_the_automatic_one(self):
        """C9: a customer notified manually gets no automatic message."""
        self._tell("send", "delayed")
        order = self._confirm_backordered()
        self._send_by_hand(self._as("sales", order))
        self.assertFalse(self._work_off())

    def test_template_depends_on_the_order(self):
        """C9: delayed, new date, partly shipped, available, complete."""
        receipt = self._expect(self.backorderable, 3, 5)
        self._set_stock(self.backorderable, 2)
        order = self._confirm_backordered()
        self.assertEqual(order._get_customer_message_kind(), "delayed")
        self._send_by_hand(self._as("sales", order))
        receipt.move_ids.date = self._noon(7)
        self._check_promises()
        self.assertEqual(order._get_customer_message_kind(), "new_date")
        self._send_by_hand(self._as("sales", order))
        self._validate(order.picking_ids)
        self.assertEqual(order._get_customer_message_kind(), "partly_shipped")
        self._validate(receipt, 3)
        self._run_retries()
        self.assertEqual(order._get_customer_message_kind(), "available")
        self._validate(order.picking_ids.filtered(lambda p: p.state != "done"))
        self.assertEqual(order._get_customer_message_kind(), "resolved")

    def test_messages_to_several_customers(self):
        """C9: each customer gets the message of their own order."""
        other = self.env["res.partner"].create(
            {"name": "Second Customer", "email": "second@example.com"}
        )
        orders = self._confirm_backordered() | self._confirm_backordered(
            (self.backorderable, 1), partner_id=other.id
        )
        _composer, mails = self._send_by_hand(self._as("sales", orders))
        self.assertEqual(mails.recipient_ids, self.customer | other)
        for mail in mails:
            order = orders.grouped("partner_id")[mail.recipient_ids]
            self.assertIn(order.name, mail.subject)
            self.assertEqual(
                float(self._read(mail)[1][0][1]), order.order_line.product_uom_qty
            )
        self.assertEqual(len(orders.customer_message_ids), 2)

    def test_order_without_a_message_is_refused(self):
        """C9: an order that was never short, and orders with different messages."""
        self._set_stock(self.protected, 1)
        prompt = self._confirm_backordered((self.protected, 1))
        with self.assertRaisesRegex(
            UserError, f"{prompt.name} has no backordered items"
        ):
            self._as("sales", prompt).action_inform_customer()
        delayed = self._confirm_backordered()
        arrived = self._confirm_backordered(
            (self._create_product("Arriving", allow_backorder="yes"), 1)
        )
        self._receive(arrived.order_line.product_id, 1)
        self._run_retries()
        with self.assertRaisesRegex(UserError, f"Items Delayed: {delayed.name}"):
            self._as("sales", delayed | arrived).action_inform_customer()

    def test_only_users_who_can_change_the_order_send_messages(self):
        """C9, C10: users with read access cannot write to customers."""
        order = self._confirm_backordered()
        with self.assertRaises(AccessError):
            self._as("viewer", order).action_inform_customer()
        self._send_by_hand(self._as("operator", order))
        self.assertEqual(order.customer_message_ids.state, "sent")

    def test_users_cannot_write_messages(self):
        """C10: users cannot create records of messages."""
        self._tell("send")
        order = self._confirm_backordered()
        for role in ("sales", "operator", "manager"):
            messages = self._as(role, order.customer_message_ids)
            self.assertTrue(messages.mapped("kind"))
            with self.assertRaises(AccessError):
                messages.write({"state": "sent"})

    def test_salesperson_sees_messages_of_own_orders(self):
        """C10: like the orders."""
        self._tell("send")
        order = self._confirm_backordered()
        stranger = self._create_user("hermit", "sales_team.group_sale_salesman")
        messages = self.messages.with_user(stranger).with_context(
            allowed_company_ids=self.company.ids
        )
        self.assertFalse(messages.search([]))
        order.sudo().user_id = stranger
        self.assertEqual(messages.search([]), order.customer_message_ids)

    # ------------------------------------------------------------------
    # Language
    # ------------------------------------------------------------------

    def test_every_message_is_in_the_language_of_the_customer(self):
        """C9: text, table, dates and product names."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env["ir.module.module"]._load_module_terms(
            ["backorder_atp_customer"], ["fr_FR"]
        )
        self.customer.lang = "fr_FR"
        self.backorderable.with_context(lang="fr_FR").name = "Commandable"
        self._tell("send", "delayed")
        self._set_stock(self.protected, 5)
        self._offer(self.protected)
        self._expect(self.backorderable, 10, 9)
        order = self._confirm_backordered()
        mail = self._work_off()
        text, rows = self._read(mail)
        self.assertEqual(
            mail.subject, f"Votre commande {order.name} : des articles sont retardés"
        )
        self.assertIn("Bonjour Patient Customer", text)
        self.assertIn("Attendu", text)
        self.assertEqual(rows[0][0].split()[0], "Commandable")
        self.assertIn("Disponible tout de suite à la place : Protected", rows[0][0])
        self.assertEqual(rows[0][1:4], ["5,00", "0,00", "5,00"])
        self.assertEqual(rows[0][4], self._show(self._in(9), "fr_FR"))
        for kind in KINDS:
            template = self.env.ref(f"backorder_atp_customer.mail_template_{kind}")
            french = template.with_context(lang="fr_FR")
            self.assertNotEqual(french.subject, template.subject, kind)
            self.assertIn("Bonjour", french.body_html, kind)
