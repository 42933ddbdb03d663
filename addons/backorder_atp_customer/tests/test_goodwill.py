# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .test_customer_messages import CustomerMessageCommon


@tagged("post_install", "-at_install")
class TestGoodwill(CustomerMessageCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tax = cls.env["account.tax"].create(
            {
                "name": "Twenty",
                "amount": 20,
                "company_id": cls.company.id,
                "country_id": cls.env.ref("base.be").id,
                "tax_group_id": cls.env["account.tax.group"]
                .create({"name": "All", "company_id": cls.company.id})
                .id,
            }
        )

    def _confirm_priced(self, product=None, quantity=5, **values):
        return self._confirm_backordered(
            {
                "product_id": (product or self.backorderable).id,
                "product_uom_qty": quantity,
                "price_unit": 10,
                "tax_ids": [Command.set(self.tax.ids)],
                **values,
            }
        )

    def _give(self, order, percent=10, reason="waited long", **options):
        return self._as("sales", order).action_apply_goodwill(
            percent, reason, **options
        )

    # ------------------------------------------------------------------
    # Granting
    # ------------------------------------------------------------------

    def test_everything_is_on_backorder(self):
        """D7: the whole line gets the discount; totals and taxes follow."""
        order = self._confirm_priced()
        lines = self._give(order)
        self.assertEqual(lines, order.order_line)
        self.assertEqual(lines.discount, 10)
        self.assertEqual((order.amount_untaxed, order.amount_total), (45, 54))
        event = self._get_events("order:goodwill_discount", order_id=order)
        self.assertEqual(event.reason, "waited long")
        self.assertEqual(event.user_id, self.users["sales"])
        self.assertEqual(event.payload["percent"], 10)
        self.assertEqual(event.payload["amount"], 5)
        self.assertEqual(event.payload["lines"][0]["quantity"], 5)

    def test_only_backordered_quantities_get_the_discount(self):
        """D7: 2 of 5 are reserved and keep their price on a separate line."""
        self._set_stock(self.backorderable, 2)
        order = self._confirm_priced()
        part = self._give(order)
        ready = order.order_line - part
        self.assertEqual((ready.product_uom_qty, ready.discount), (2, 0))
        self.assertEqual((part.product_uom_qty, part.discount), (3, 10))
        self.assertEqual(part.price_unit, 10)
        self.assertEqual(part.tax_ids, self.tax)
        self.assertEqual((order.amount_untaxed, order.amount_total), (47, 56.4))
        self.assertEqual((ready.allocated_qty, ready.backorder_qty), (2, 0))
        self.assertEqual((part.allocated_qty, part.backorder_qty), (0, 3))
        self.assertEqual(order.backorder_state, "partially_allocated")
        self.assertEqual(len(order.picking_ids), 1)
        self.assertEqual(self._get(self.backorderable, "committed"), 5)

    def test_delivered_items_keep_their_price(self):
        """D7: delivered quantities are not discounted."""
        self._set_stock(self.backorderable, 2)
        order = self._confirm_priced()
        self._validate(order.picking_ids)
        part = self._give(order)
        delivered = order.order_line - part
        self.assertEqual((delivered.qty_delivered, delivered.product_uom_qty), (2, 2))
        self.assertEqual((part.qty_delivered, part.product_uom_qty), (0, 3))
        self._receive(self.backorderable, 3)
        self._run_retries()
        self.assertEqual(order.backorder_state, "allocated")
        self._validate(order.picking_ids.filtered(lambda p: p.state != "done"))
        self.assertEqual(order.order_line.mapped("qty_delivered"), [2, 3])
        self.assertEqual(order.delivery_status, "full")

    def test_discount_is_added_to_an_existing_one(self):
        """D7: ten percent off a price already reduced by twenty percent."""
        order = self._confirm_priced(discount=20)
        self.assertEqual(self._give(order).discount, 28)
        self.assertEqual(order.amount_untaxed, 36)

    def test_splitting_a_line_needs_no_new_approval(self):
        """B4, D7: splitting an approved line promises nothing new."""
        self._set_stock(self.protected, 5)
        order = self._confirm_priced(self.protected)
        self._as("manager", order.picking_ids).do_unreserve()
        self._force_stock(self.protected, -3)
        self._as("operator", order).action_fulfil()
        self.assertEqual(order.order_line.backorder_qty, 3)
        part = self._give(order)
        self.assertEqual(part.product_uom_qty, 3)
        self.assertEqual(sum(order.order_line.mapped("product_uom_qty")), 5)

    def test_units_of_the_line(self):
        """D7: a line in dozens is split in dozens."""
        self._set_stock(self.backorderable, 12)
        order = self._confirm_priced(
            quantity=3, product_uom_id=self.env.ref("uom.product_uom_dozen").id
        )
        part = self._give(order)
        self.assertEqual(part.product_uom_qty, 2)
        self.assertEqual(order.amount_untaxed, 28)

    # ------------------------------------------------------------------
    # No duplicates, invalid input
    # ------------------------------------------------------------------

    def test_second_discount_only_on_request(self):
        """D7: a second discount is refused, unless the user selects the option."""
        order = self._confirm_priced()
        self._give(order)
        with self.assertRaisesRegex(UserError, "already have a goodwill discount"):
            self._give(order)
        self.assertEqual(order.order_line.discount, 10)
        self._give(order, again=True)
        self.assertEqual(order.order_line.discount, 19)
        self.assertEqual(
            len(self._get_events("order:goodwill_discount", order_id=order)), 2
        )

    def test_discount_is_kept_when_the_order_is_split(self):
        """C7, D7: split-off items have their discount and get no second one."""
        self._set_stock(self.backorderable, 2)
        order = self._confirm_priced()
        self._give(order)
        result = self._as("operator", order).split_backorder(True)
        child = order.browse(result["backorderOrderId"])
        self.assertEqual(child.order_line.discount, 10)
        self.assertEqual(child.order_line.goodwill_discount, 10)
        self.assertFalse(order.order_line.goodwill_discount)
        with self.assertRaisesRegex(UserError, "already"):
            self._give(child)
        self._as("operator", child).merge_backorder()
        self.assertEqual(order.amount_untaxed, 47)
        self.assertEqual(sum(order.order_line.mapped("product_uom_qty")), 5)

    def test_both_parts_of_a_split_line_keep_the_discount(self):
        """C7, D7: neither part gets another discount."""
        order = self._confirm_priced()
        self._give(order)
        self._receive(self.backorderable, 2)
        self._run_retries()
        result = self._as("operator", order).split_backorder(True)
        child = order.browse(result["backorderOrderId"])
        lines = order.order_line | child.order_line
        self.assertEqual(lines.mapped("product_uom_qty"), [2, 3])
        self.assertEqual(lines.mapped("goodwill_discount"), [10, 10])

    def test_copied_order_has_no_goodwill_discount(self):
        """D7: a new order can get its own discount."""
        order = self._confirm_priced()
        self._give(order)
        self.assertFalse(self._as("sales", order).copy().order_line.goodwill_discount)

    def test_invoiced_items_are_refused(self):
        """D7: invoices are corrected with a credit note; nothing is changed."""
        order = self._confirm_priced()
        self._invoice_line(order.order_line, 5)
        with self.assertRaisesRegex(UserError, "credit note"):
            self._give(order)
        self.assertEqual(order.order_line.discount, 0)

    def test_invalid_input_is_refused(self):
        """D7: percentage, reason, state of the order."""
        order = self._confirm_priced()
        for percent in (0, -5, 101):
            with self.assertRaisesRegex(UserError, "above 0, up to 100"):
                self._give(order, percent)
        with self.assertRaisesRegex(UserError, "A reason is required"):
            self._give(order, reason=" ")
        order.locked = True
        with self.assertRaisesRegex(UserError, "is locked"):
            self._give(order)
        order.locked = False
        self._receive(self.backorderable, 5)
        self._run_retries()
        with self.assertRaisesRegex(UserError, "has no backordered items"):
            self._give(order)

    def test_only_salespeople_change_prices(self):
        """C10, D7: neither operators nor inventory managers, not even by writing."""
        order = self._confirm_priced()
        for role in ("viewer", "operator", "manager"):
            with self.assertRaises(AccessError):
                self._as(role, order).action_apply_goodwill(10, "friend")
            with self.assertRaises(AccessError):
                self._as(role, order).get_goodwill_preview()
        with self.assertRaises(AccessError):
            self._as("sales", order.order_line).write({"goodwill_discount": 5})

    def test_order_of_another_salesperson(self):
        """C10: salespersons with access to own documents only are refused."""
        order = self._confirm_priced()
        hermit = self._create_user("hermit", "sales_team.group_sale_salesman")
        with self.assertRaises(AccessError):
            order.with_user(hermit).action_apply_goodwill(10, "friend")

    # ------------------------------------------------------------------
    # Wizard and message
    # ------------------------------------------------------------------

    def test_wizard_shows_the_cost(self):
        """D7: the backordered quantity, its amount, the cost of the discount."""
        self._set_stock(self.backorderable, 2)
        order = self._confirm_priced()
        action = self._as("sales", order).action_open_goodwill()
        form = self._as("sales", self.env["backorder.goodwill"]).with_context(
            **action["context"]
        )
        wizard = self.env["backorder.goodwill"].browse(
            form.create({"percent": 20, "reason": "sorry"}).id
        )
        self.assertEqual(
            [(line.quantity, line.subtotal) for line in wizard.line_ids], [(3, 30)]
        )
        self.assertEqual(wizard.amount, 6)
        self._as("sales", wizard).action_apply()
        self.assertEqual(order.amount_untaxed, 44)

    def test_message_contains_the_discount(self):
        """C9, D7: the email states the percentage."""
        self._tell("send", "partly_shipped")
        self._set_stock(self.backorderable, 2)
        order = self._confirm_priced()
        self._give(order, 12.5)
        self._validate(order.picking_ids.filtered("move_ids"))
        text, _rows = self._read(self._work_off())
        self.assertIn("we grant you a discount of 12.5% on the backordered", text)
