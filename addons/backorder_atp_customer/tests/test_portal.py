# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from lxml import html

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.http import Request
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.backorder_atp_promise_date.tests.test_promise_date import PromiseCommon


class PortalCommon(PromiseCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {
                "backorder_portal": True,
                "backorder_portal_split": True,
                "backorder_portal_cancel": True,
            }
        )
        cls.customer.email = "patient@example.com"
        cls.portal_user = cls._create_portal_user("patient", cls.customer)
        cls.stranger = cls._create_portal_user(
            "stranger", cls.env["res.partner"].create({"name": "Other Customer"})
        )
        cls.second = cls._create_product("Second", allow_backorder="yes")

    @classmethod
    def _create_portal_user(cls, login, partner):
        return new_test_user(
            cls.env,
            f"backorder_{login}",
            groups="base.group_portal",
            password=f"backorder_{login}",
            partner_id=partner.id,
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def _confirm_half(self, **values):
        """Confirm 5 and 4 units, of which 2 and 4 are in stock."""
        self._set_stock(self.backorderable, 2)
        self._set_stock(self.second, 4)
        order = self._confirm(
            {
                "product_id": self.backorderable.id,
                "product_uom_qty": 5,
                "price_unit": 10,
                "tax_ids": False,
            },
            {
                "product_id": self.second.id,
                "product_uom_qty": 4,
                "price_unit": 1,
                "tax_ids": False,
            },
            user_id=self.users["sales"].id,
            **values,
        )
        self._check_promises()
        return order


@tagged("post_install", "-at_install")
class TestPortal(PortalCommon):
    def _log_in(self, user):
        self.authenticate(user and user.login, user and user.login)

    def _get_url(self, order, suffix="", token=True):
        url = order.get_portal_url(suffix=suffix)
        return url if token else url.partition("?")[0]

    def _open(self, url):
        response = self.url_open(url)
        return response, html.fromstring(response.content)

    def _decide(self, order, decision, token=True, csrf=True):
        """Send a choice like the page; return the next page."""
        data = {"csrf_token": Request.csrf_token(self)} if csrf else {"x": "y"}
        response = self.url_open(
            self._get_url(order, f"/backorder/{decision}", token), data=data
        )
        self.env.invalidate_all()
        return response

    def _get_text(self, page):
        return " ".join(page.text_content().split())

    # ------------------------------------------------------------------
    # Display
    # ------------------------------------------------------------------

    def _get_steps(self, order):
        """Return the steps on the page, by item."""
        _response, page = self._open(self._get_url(order))
        return {
            item.find(".//strong").text_content(): [
                (step.get("data-step"), self._get_text(step))
                for step in item.iter("li")
            ]
            for item in page.find_class("o_order_timeline_item")
        }

    def test_customer_sees_the_steps_of_each_item(self):
        """D7: ordered, reserved, expected; no names of documents."""
        order = self._confirm_half()
        receipt = self._create_receipt(self.backorderable, 9)
        self._check_promises()
        steps = self._get_steps(order)
        self.assertEqual(
            [kind for kind, _text in steps["Backorderable"]],
            ["ordered", "reserved", "expected"],
        )
        self.assertIn("3.00", steps["Backorderable"][-1][1])
        self.assertEqual(
            [kind for kind, _text in steps["Second"]], ["ordered", "reserved"]
        )
        response, _page = self._open(self._get_url(order))
        self.assertNotIn(receipt.name, response.text)

    def test_shipment_is_a_step(self):
        """D7: shipped quantities are a step."""
        order = self._confirm_half()
        self._validate(order.picking_ids)
        kinds = [kind for kind, _text in self._get_steps(order)["Second"]]
        self.assertEqual(kinds, ["ordered", "shipped"])

    def test_steps_are_hidden_by_setting(self):
        """D7: a setting of the company."""
        order = self._confirm_half()
        self.company.backorder_portal = False
        self.assertFalse(self._get_steps(order))

    def test_customer_sees_backordered_items(self):
        """D7: the backordered items, since when, and the expected date."""
        date = self._in(6)
        self._expect(self.backorderable, 9, 6)
        order = self._confirm_half()
        self._log_in(self.portal_user)
        _response, page = self._open(self._get_url(order, token=False))
        [row] = page.xpath("//tr[contains(@class, 'o_backorder_item')]")
        cells = [self._get_text(cell) for cell in row.xpath("./td")]
        self.assertEqual(
            cells,
            [
                "Backorderable Units",
                "5.00",
                "0.00",
                "2.00",
                "3.00",
                date.strftime("%m/%d/%Y"),
            ],
        )
        block = self._get_text(page.xpath("//*[@id='backorder_items']")[0])
        self.assertIn(
            f"On backorder since {order.backordered_since.strftime('%m/%d/%Y')}", block
        )
        self.assertEqual(
            [self._get_text(b) for b in page.xpath("//*[@name='backorder_actions']/*")],
            ["Ship available items", "I will wait", "Cancel backordered items"],
        )

    def test_link_in_the_email_needs_no_account(self):
        """D7: the page opens with the token of the link, but not without it."""
        order = self._confirm_half()
        self._log_in(None)
        response, page = self._open(self._get_url(order))
        self.assertTrue(page.xpath("//*[@id='backorder_items']"))
        response, page = self._open(self._get_url(order, token=False))
        self.assertFalse(page.xpath("//*[@id='backorder_items']"))
        self.assertIn("/web/login", response.url)

    def test_nothing_is_shown_by_default(self):
        """D7: unless the company enables it, the page is unchanged."""
        order = self._confirm_half()
        self.company.backorder_portal = False
        self._log_in(self.portal_user)
        _response, page = self._open(self._get_url(order))
        self.assertFalse(page.xpath("//*[@id='backorder_items']"))
        _response, page = self._open("/my/orders")
        self.assertFalse(page.xpath("//*[@name='backorder_status']"))
        self.assertEqual(self._decide(order, "wait").status_code, 409)
        self.assertFalse(order.customer_answer)

    def test_list_shows_orders_on_backorder(self):
        """D7: the column with the expected date."""
        date = self._in(6)
        self._expect(self.backorderable, 9, 6)
        order = self._confirm_half()
        self._set_stock(self.protected, 1)
        prompt = self._confirm((self.protected, 1))
        self._log_in(self.portal_user)
        _response, page = self._open("/my/orders")
        rows = {
            self._get_text(row.xpath("./td[1]/a")[0]): row
            for row in page.xpath("//table//tr[td]")
        }
        # in the column, and below the number on phones
        for place in ("./td[@name='backorder_status']", "./td[1]/div"):
            status = self._get_text(rows[order.name].xpath(place)[0])
            self.assertEqual(status, f"Backordered {date.strftime('%m/%d/%Y')}")
            self.assertEqual(self._get_text(rows[prompt.name].xpath(place)[0]), "")

    def test_nothing_on_backorder(self):
        """D7: a reserved order says so and offers no choices."""
        self._set_stock(self.protected, 1)
        order = self._confirm((self.protected, 1))
        self._log_in(self.portal_user)
        _response, page = self._open(self._get_url(order))
        block = page.xpath("//*[@id='backorder_items']")[0]
        self.assertIn("Nothing is on backorder", self._get_text(block))
        self.assertFalse(block.xpath(".//form | .//a"))

    # ------------------------------------------------------------------
    # Choices
    # ------------------------------------------------------------------

    def test_customer_will_wait(self):
        """D7: recorded on the order, in the chatter and in the log; offered once."""
        order = self._confirm_half()
        self._log_in(self.portal_user)
        page = html.fromstring(self._decide(order, "wait").content)
        self.assertIn("We will keep your order as it is", self._get_text(page))
        self.assertIn("You told us on", self._get_text(page))
        self.assertNotIn("I will wait", self._get_text(page))
        self.assertEqual(order.customer_answer, "wait")
        event = self._get_events("customer:waits", order_id=order)
        self.assertEqual(event.user_id, self.portal_user)
        self.assertEqual(event.payload["partnerId"], self.customer.id)
        message = order.message_ids.filtered(
            lambda message: (
                message.author_id == self.customer and message.message_type == "comment"
            )
        )
        self.assertEqual(
            html.fromstring(message.body).text, "Answer in the portal: Will wait"
        )
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [5, 4])

    def test_customer_ships_available_items(self):
        """C7, D7: previewed; the split records the customer's agreement."""
        order = self._confirm_half(picking_policy="one")
        self.assertEqual(order.backorder_state, "backordered")
        self._log_in(self.portal_user)
        _response, page = self._open(self._get_url(order, "/backorder/split"))
        self.assertIn(
            "Backorderable 2.00 3.00", self._get_text(page.xpath("//tbody")[0])
        )
        self.assertFalse(order.backorder_child_ids)
        page = html.fromstring(self._decide(order, "split").content)
        child = order.backorder_child_ids
        self.assertIn(child.name, self._get_text(page))
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [2, 4])
        self.assertEqual(child.order_line.product_uom_qty, 3)
        self.assertEqual(child.partner_id, self.customer)
        event = self._get_events("customer:agreed_to_split", order_id=order)
        self.assertEqual(event.payload["backorderOrderId"], child.id)
        self.assertEqual(event.payload["partnerId"], self.customer.id)
        self.assertTrue(
            self._get_events("order:split", order_id=order).payload["customerAgreed"]
        )

    def test_customer_cancels_backordered_items(self):
        """D7: previewed with the amount; reserved items are kept."""
        order = self._confirm_half()
        self._log_in(None)
        _response, page = self._open(self._get_url(order, "/backorder/cancel"))
        self.assertIn("3.00", self._get_text(page.xpath("//tbody")[0]))
        self.assertIn("30.00", self._get_text(page.xpath("//tfoot")[0]))
        self.assertEqual(order.order_line[0].product_uom_qty, 5)
        page = html.fromstring(self._decide(order, "cancel").content)
        self.assertIn("The backordered items are cancelled", self._get_text(page))
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [2, 4])
        self.assertEqual(order.amount_total, 24)
        self.assertEqual(order.backorder_state, "allocated")
        moves = order.picking_ids.move_ids.filtered(lambda m: m.state != "cancel")
        self.assertEqual(sorted(moves.mapped("product_uom_qty")), [2, 4])
        self.assertEqual(set(moves.mapped("state")), {"assigned"})
        event = self._get_events("customer:cancelled_remainder", order_id=order)
        self.assertEqual(event.payload["items"][0]["quantity"], 3)
        self.assertEqual(event.payload["partnerId"], self.customer.id)

    def test_cancelling_everything_cancels_the_order(self):
        """D7: if nothing is reserved or shipped, the order is cancelled."""
        order = self._confirm((self.backorderable, 5))
        self.env.cr.flush()
        self._log_in(self.portal_user)
        self._decide(order, "cancel")
        self.assertEqual(order.state, "cancel")
        self.assertEqual(set(order.picking_ids.mapped("state")), {"cancel"})

    def test_cancelling_keeps_delivered_quantities(self):
        """D7: the ordered quantity becomes the delivered one."""
        order = self._confirm_half()
        self._validate(order.picking_ids)
        self.env.cr.flush()
        self._log_in(self.portal_user)
        self._decide(order, "cancel")
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [2, 4])
        self.assertEqual(order.order_line.mapped("qty_delivered"), [2, 4])
        self.assertEqual(order.backorder_state, "none")
        self.assertEqual(order.delivery_status, "full")

    def test_locked_orders_stay_locked(self):
        """D7: customers can cancel items of locked orders."""
        order = self._confirm_half()
        order.locked = True
        self._log_in(self.portal_user)
        self._decide(order, "cancel")
        self.assertEqual(order.order_line[0].product_uom_qty, 2)
        self.assertTrue(order.locked)

    def test_cancelling_sends_no_available_message(self):
        """C9: a cancelled backorder is not notified as an arrival."""
        self.company.customer_message_available = "send"
        order = self._confirm_half()
        self._log_in(self.portal_user)
        self._decide(order, "cancel")
        self.assertEqual(order.backorder_state, "allocated")
        self.assertFalse(order.customer_message_ids)

    def test_answer_shows_on_the_order(self):
        """D7: an answer to an earlier backorder does not apply to a new one."""
        order = self._confirm((self.backorderable, 5))
        self.env.cr.flush()
        order._customer_decides("wait", self.customer)
        self.assertEqual(order._get_current_answer(), "wait")
        order.customer_answer_date = order.backordered_since - timedelta(days=1)
        self.assertFalse(order._get_current_answer())

    # ------------------------------------------------------------------
    # Refusals
    # ------------------------------------------------------------------

    def test_order_of_another_customer_is_refused(self):
        """D7: neither shown nor changed, with a login or a wrong token."""
        order = self._confirm_half()
        self._log_in(self.stranger)
        response, _page = self._open(self._get_url(order, token=False))
        self.assertTrue(response.url.endswith("/my"))
        for decision in ("split", "wait", "cancel"):
            response = self._decide(order, decision, token=False)
            self.assertTrue(response.url.endswith("/my"))
            wrong = self._get_url(order, f"/backorder/{decision}", False)
            self.url_open(
                f"{wrong}?access_token=wrong",
                data={"csrf_token": Request.csrf_token(self)},
            )
        self.env.invalidate_all()
        self.assertFalse(order.customer_answer)
        self.assertFalse(order.backorder_child_ids)
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [5, 4])

    def test_forged_form_is_refused(self):
        """D7: a CSRF token is required, and links change nothing."""
        order = self._confirm_half()
        self._log_in(self.portal_user)
        self.assertEqual(self._decide(order, "cancel", csrf=False).status_code, 400)
        response = self.url_open(self._get_url(order, "/backorder/wait"))
        self.assertIn(response.status_code, (404, 405))
        self.env.invalidate_all()
        self.assertFalse(order.customer_answer)

    def test_choices_are_settings_of_the_company(self):
        """D7: choices that are not allowed are neither shown nor performed."""
        self.company.write(
            {"backorder_portal_split": False, "backorder_portal_cancel": False}
        )
        order = self._confirm_half()
        self._log_in(self.portal_user)
        _response, page = self._open(self._get_url(order))
        self.assertEqual(
            [self._get_text(b) for b in page.xpath("//*[@name='backorder_actions']/*")],
            ["I will wait"],
        )
        for decision in ("split", "cancel"):
            response = self._decide(order, decision)
            self.assertEqual(response.status_code, 409)
            self.assertIn("Please contact us", response.text)
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [5, 4])

    def test_internal_users_cannot_choose_for_the_customer(self):
        """D7: internal users see the page without the buttons."""
        order = self._confirm_half()
        user = self.users["sales"]
        user.password = user.login
        self._log_in(user)
        _response, page = self._open(self._get_url(order))
        self.assertTrue(page.xpath("//*[@id='backorder_items']"))
        self.assertFalse(page.xpath("//*[@name='backorder_actions']"))
        response = self._decide(order, "wait")
        self.assertEqual(response.status_code, 409)
        self.assertFalse(order.customer_answer)

    def test_invoiced_items_are_not_cancelled(self):
        """D7: invoiced items need a credit note from the salesperson."""
        order = self._confirm_half()
        self._invoice_line(order.order_line[0], 5)
        self._log_in(self.portal_user)
        response = self._decide(order, "cancel")
        self.assertIn("Backorderable is already invoiced", response.text)
        self.assertEqual(order.order_line[0].product_uom_qty, 5)

    def test_second_choice_is_refused(self):
        """D7: a second click shows that nothing is on backorder any more."""
        order = self._confirm_half()
        self._log_in(self.portal_user)
        self._decide(order, "cancel")
        response = self._decide(order, "cancel")
        self.assertIn("no more items on backorder", response.text)
        self.assertEqual(
            len(self._get_events("customer:cancelled_remainder", order_id=order)), 1
        )

    def test_nothing_ready_is_not_split(self):
        """C7, D7: without available items, there is nothing to ship."""
        order = self._confirm((self.backorderable, 5))
        self.env.cr.flush()
        self._log_in(self.portal_user)
        response = self._decide(order, "split")
        self.assertIn("ready to be shipped yet", response.text)

    def test_users_cannot_write_the_answer(self):
        """D7, C10: only the portal records the answer of a customer."""
        order = self._confirm_half()
        for role in ("sales", "manager", "operator"):
            with self.assertRaises(AccessError):
                self._as(role, order).write({"customer_answer": "cancel"})
        with self.assertRaises(AccessError):
            order.with_user(self.portal_user).write({"customer_answer": "cancel"})


@tagged("post_install", "-at_install", "is_tour")
class TestPortalTours(PortalCommon):
    """The portal in the browser."""

    def _start(self, choice):
        order = self._confirm_half(name=f"PORTAL-{choice.upper()}")
        self.start_tour(
            "/my/orders",
            f"backorder_atp_portal_{choice}",
            login=self.portal_user.login,
            timeout=120,
        )
        self.env.invalidate_all()
        return order

    def test_customer_will_wait(self):
        """D7: the customer sees the backordered items and chooses to wait."""
        order = self._start("wait")
        self.assertEqual(order.customer_answer, "wait")
        self.assertEqual(order.backorder_state, "partially_allocated")

    def test_customer_ships_available_items(self):
        """C7, D7: the customer sees both parts first, then the separate order."""
        order = self._start("split")
        self.assertEqual(order.customer_answer, "split")
        self.assertEqual(order.backorder_state, "allocated")
        self.assertEqual(order.backorder_child_ids.order_line.product_uom_qty, 3)

    def test_customer_cancels_backordered_items(self):
        """D7: the customer sees the amount not charged first."""
        order = self._start("cancel")
        self.assertEqual(order.customer_answer, "cancel")
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [2, 4])
