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

    def _confirm_waiting(self, *lines, **values):
        """Confirm an order of the salesman's that waits for its stock."""
        order = self._confirm(
            *(lines or [(self.backorderable, 5)]),
            user_id=self.users["sales"].id,
            **values,
        )
        self.env.cr.flush()
        return order

    def _work_off(self):
        """Do what the scheduled action does, but for its commits.

        :return: the mails to customers
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
        """Return the text of a mail and the rows of its table, as the customer's."""
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
        """D7: what could be shipped now for all that waits, and nothing else."""
        self._tell("send", "delayed")
        names = ("Plenty", "Scarce", "Gone")
        for name, quantity in zip(names, (5, 4, 0), strict=True):
            substitute = self._create_product(name, default_code="INTERNAL")
            self._set_stock(substitute, quantity)
            self._offer(substitute)
        self._confirm_waiting()
        text, [row] = self._read(self._work_off())
        self.assertIn("Available now instead: Plenty", row[0])
        for name in ("Scarce", "Gone", "INTERNAL"):
            self.assertNotIn(name, text)

    def test_substitute_is_measured_in_its_own_unit(self):
        """D7: one box of twelve is enough for five pieces."""
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
        line = self._confirm_waiting().order_line
        self.assertEqual(line._get_offered_substitutes(), ["Dozen"])
        more = self._confirm_waiting((self.backorderable, 13)).order_line
        self.assertEqual(more._get_offered_substitutes(), [])

    def test_no_substitute_is_offered_where_the_company_does_not(self):
        """D7: a setting of the company; and nothing for what is there."""
        self._set_stock(self.protected, 50)
        self._offer(self.protected)
        self._set_stock(self.backorderable, 5)
        served = self._confirm_waiting().order_line
        self.assertEqual(served._get_offered_substitutes(), [])
        line = self._confirm_waiting().order_line
        self.assertEqual(line._get_offered_substitutes(), ["Protected"])
        self.company.customer_message_substitutes = False
        self.assertEqual(line._get_offered_substitutes(), [])

    # ------------------------------------------------------------------
    # When
    # ------------------------------------------------------------------

    def test_nobody_is_told_by_default(self):
        """C9: with the defaults, an order that waits, ships and ends tells nobody."""
        order = self._confirm_waiting()
        self._receive(self.backorderable, 2)
        self._run_retries()
        self._validate(order.picking_ids, 2)
        self._receive(self.backorderable, 3)
        self._run_retries()
        self._validate(order.picking_ids.filtered(lambda p: p.state != "done"), 3)
        self.assertEqual(order.delivery_status, "full")
        self.assertFalse(self.messages.search([]))
        self.assertFalse(self._work_off())

    def test_delay_is_told_with_what_waits_and_until_when(self):
        """C9, D7: ordered, waiting and the supplier's date, by name of the customer."""
        self._tell("send", "delayed")
        self._expect(self.backorderable, 10, 9)
        order = self._confirm_waiting()
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
        told = order.customer_message_ids
        self.assertEqual(told.state, "sent")
        self.assertEqual(told.expected_date, self._in(9))
        event = self._get_events("customer:informed", order_id=order)
        self.assertEqual(event.payload["message"], "delayed")

    def test_mail_leaves_by_the_queue(self):
        """C9: the mail waits in Odoo's queue; nothing is sent while rows are locked."""
        self._tell("send", "delayed")
        self._confirm_waiting()
        self.assertEqual(self._work_off().state, "outgoing")

    def test_partial_shipment_is_told_with_shipped_and_remaining(self):
        """C9, D7: what has been shipped and what is still to come, line by line."""
        self._tell("send", "partly_shipped")
        other = self._create_product("Other", allow_backorder="yes")
        self._set_stock(self.backorderable, 2)
        self._set_stock(other, 1)
        order = self._confirm_waiting((self.backorderable, 5), (other, 1))
        self.assertFalse(self._work_off())
        self._validate(order.picking_ids)
        mail = self._work_off()
        text, rows = self._read(mail)
        self.assertIn("the first part is on its way", mail.subject)
        self.assertIn("We have shipped a part", text)
        self.assertEqual(
            rows,
            [
                ["Backorderable Units", "5.00", "2.00", "3.00", "Date to follow"],
                ["Other Units", "1.00", "1.00", "0.00", "Shipped"],
            ],
        )

    def test_a_date_without_supply_is_the_vendors_and_not_confirmed(self):
        """C9, E7: nothing on its way: the lead time, and that it is no promise."""
        self._tell("send", "delayed")
        self.backorderable.seller_ids = [
            Command.create({"partner_id": self.vendor.id, "delay": 12})
        ]
        self._confirm_waiting()
        _text, rows = self._read(self._work_off())
        self.assertEqual(
            rows[0][-1], f"about {self._show(self._in(12))} not confirmed yet"
        )

    def test_arrival_is_told_once_it_is_reserved(self):
        """C9: what waited is reserved: the customer hears it."""
        self._tell("send", "available")
        order = self._confirm_waiting()
        self._receive(self.backorderable, 5)
        self._run_retries()
        self.assertEqual(order.backorder_state, "allocated")
        mail = self._work_off()
        self.assertEqual(mail.subject, f"Your order {order.name}: everything is here")
        self.assertEqual(self._read(mail)[1][0][-1], "Ready to ship")

    def test_last_shipment_is_told_to_who_waited(self):
        """C9: the end of a backorder is told; an order that never waited ends mute."""
        self._tell("send", "resolved")
        order = self._confirm_waiting()
        self._receive(self.backorderable, 7)
        self._run_retries()
        self._validate(order.picking_ids, 5)
        mail = self._work_off()
        self.assertEqual(mail.subject, f"Your order {order.name} is complete")
        self.assertEqual(
            self._read(mail)[1],
            [["Backorderable Units", "5.00", "5.00", "0.00", "Shipped"]],
        )
        prompt = self._confirm_waiting((self.backorderable, 2))
        self._validate(prompt.picking_ids, 2)
        self.assertFalse(self._work_off())

    def test_whoever_sees_own_orders_only_ships_those_of_others(self):
        """C9: the customer is told of it all the same."""
        self._tell("send", "resolved")
        order = self._confirm_waiting()
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

    def test_new_date_is_told_once_for_each_date(self):
        """C9, D4: a moved supply is told, the same date never twice."""
        self._tell("send", "delayed", "new_date")
        receipt = self._expect(self.backorderable, 10, 5)
        order = self._confirm_waiting()
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

    def test_a_slip_within_the_tolerance_is_no_news(self):
        """D4: the company says how many days later the customer need not hear of."""
        self._tell("send", "delayed", "new_date")
        self.company.promise_slip_days = 2
        purchase = self._buy(self.backorderable, 10, 5)
        self._confirm_waiting()
        self._work_off()
        purchase.order_line.date_planned = self._noon(7)
        self.assertFalse(self._work_off())
        purchase.order_line.date_planned = self._noon(8)
        mail = self._work_off()
        self.assertIn(self._show(self._in(8)), self._read(mail)[0])

    def test_an_expedited_purchase_reaches_the_customer(self):
        """D4: the vendor promises an earlier day; the customer hears it by mail."""
        self._tell("send", "delayed", "new_date")
        purchase = self._buy(self.backorderable, 10, 9)
        order = self._confirm_waiting()
        self._work_off()
        self._as("manager", purchase.order_line).action_set_new_date(self._in(2))
        mail = self._work_off()
        self.assertEqual(mail.subject, f"Your order {order.name}: there is a new date")
        self.assertEqual(self._read(mail)[1][0][-1], self._show(self._in(2)))

    # ------------------------------------------------------------------
    # Never twice, never wrong
    # ------------------------------------------------------------------

    def test_nobody_is_told_twice_of_the_same_transition(self):
        """C9: retries, edits and new attempts of the same reason send nothing more."""
        self._tell("send")
        order = self._confirm_waiting()
        self.assertEqual(len(self._work_off()), 1)
        self._as("operator", order).action_fulfil()
        order.order_line.product_uom_qty = 6
        self.messages._enqueue("delayed", {order: order.backordered_since})
        self.assertFalse(self._work_off())
        self.assertEqual(len(order.customer_message_ids), 1)

    def test_cancelled_meanwhile_is_not_told(self):
        """C9: the order is cancelled before the mail is made."""
        self._tell("send")
        order = self._confirm_waiting()
        order._action_cancel()
        self.assertFalse(self._work_off())
        self.assertEqual(set(order.customer_message_ids.mapped("state")), {"skipped"})

    def test_allocated_meanwhile_is_not_told_as_delayed(self):
        """C9: stock came before the mail was made: only the good news counts."""
        self._tell("send")
        order = self._confirm_waiting()
        self._receive(self.backorderable, 5)
        self._run_retries()
        mail = self._work_off()
        self.assertEqual(mail.subject, f"Your order {order.name}: everything is here")

    def test_switched_off_meanwhile_is_not_told(self):
        """C9: what is switched off before it leaves does not leave."""
        self._tell("send")
        self._confirm_waiting()
        self._tell("off")
        self.assertFalse(self._work_off())

    def test_failure_is_kept_and_tried_again_on_demand(self):
        """C9: a broken template loses nothing; the next message leaves all the same."""
        self._tell("send", "delayed")
        template = self.env.ref("backorder_atp_customer.mail_template_delayed")
        subject, template.subject = template.subject, "{{ object.nonsense }}"
        order = self._confirm_waiting()
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
    # Proposed
    # ------------------------------------------------------------------

    def test_salesperson_is_reminded_where_that_is_chosen(self):
        """C9: propose: an activity instead of a mail, done once somebody tells."""
        self._tell("propose", "delayed")
        order = self._confirm_waiting()
        self.assertFalse(self._work_off())
        activity = order.activity_ids
        self.assertEqual(activity.user_id, self.users["sales"])
        self.assertEqual(activity.summary, "Inform the customer: Items Delayed")
        self.assertEqual(order.customer_message_ids.state, "proposed")
        self._send_by_hand(self._as("sales", order))
        self.assertFalse(order.activity_ids.filtered("active"))
        self.assertEqual(
            sorted(order.customer_message_ids.mapped("state")), ["sent", "skipped"]
        )

    def test_customer_without_an_address_is_left_to_the_salesperson(self):
        """C9: nobody can mail to nowhere; somebody calls."""
        self._tell("send", "delayed")
        self.customer.email = False
        order = self._confirm_waiting()
        self.assertFalse(self._work_off())
        self.assertIn("no email address", order.activity_ids.note)
        self.assertEqual(order.activity_ids.user_id, self.users["sales"])

    # ------------------------------------------------------------------
    # By hand
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

    def test_message_is_read_before_it_is_sent(self):
        """C9: the composer shows the message that fits; sending it is remembered."""
        order = self._confirm_waiting()
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

    def test_message_by_hand_replaces_the_automatic_one(self):
        """C9: told by hand before the queue runs: not told again."""
        self._tell("send", "delayed")
        order = self._confirm_waiting()
        self._send_by_hand(self._as("sales", order))
        self.assertFalse(self._work_off())

    def test_template_follows_the_order(self):
        """C9: delayed, new date, partly shipped, available, complete."""
        receipt = self._expect(self.backorderable, 3, 5)
        self._set_stock(self.backorderable, 2)
        order = self._confirm_waiting()
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

    def test_many_customers_at_once(self):
        """C9: each gets his own order's message."""
        other = self.env["res.partner"].create(
            {"name": "Second Customer", "email": "second@example.com"}
        )
        orders = self._confirm_waiting() | self._confirm_waiting(
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

    def test_nothing_to_tell_is_said(self):
        """C9: an order that never waited, and a mixed choice, are refused clearly."""
        self._set_stock(self.protected, 1)
        prompt = self._confirm_waiting((self.protected, 1))
        with self.assertRaisesRegex(
            UserError, f"{prompt.name} has no backordered items"
        ):
            self._as("sales", prompt).action_inform_customer()
        waiting = self._confirm_waiting()
        arrived = self._confirm_waiting(
            (self._create_product("Arriving", allow_backorder="yes"), 1)
        )
        self._receive(arrived.order_line.product_id, 1)
        self._run_retries()
        with self.assertRaisesRegex(UserError, f"Items Delayed: {waiting.name}"):
            self._as("sales", waiting | arrived).action_inform_customer()

    def test_only_who_may_change_the_order_tells(self):
        """C9, C10: whoever may only look at orders cannot write to customers."""
        order = self._confirm_waiting()
        with self.assertRaises(AccessError):
            self._as("viewer", order).action_inform_customer()
        self._send_by_hand(self._as("operator", order))
        self.assertEqual(order.customer_message_ids.state, "sent")

    def test_messages_are_written_by_the_server_alone(self):
        """C10: nobody invents that a customer was told."""
        self._tell("send")
        order = self._confirm_waiting()
        for role in ("sales", "operator", "manager"):
            messages = self._as(role, order.customer_message_ids)
            self.assertTrue(messages.mapped("kind"))
            with self.assertRaises(AccessError):
                messages.write({"state": "sent"})

    def test_salesman_sees_his_own_customers_messages(self):
        """C10: as with the orders."""
        self._tell("send")
        order = self._confirm_waiting()
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
        """C9: the text, the table, the dates and the product's name."""
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
        order = self._confirm_waiting()
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
