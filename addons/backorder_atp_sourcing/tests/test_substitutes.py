# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.backorder_atp.exceptions import OrderValidationError
from odoo.addons.backorder_atp.tests.common import BackorderCommon


@tagged("post_install", "-at_install")
class TestSubstitutes(BackorderCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.wanted = cls.backorderable
        cls.wanted.list_price = 100
        cls.first = cls._create_product("First Choice", list_price=120)
        cls.second = cls._create_product("Second Choice", list_price=80)
        cls._add_substitute(cls.wanted, cls.second, sequence=20)
        cls._add_substitute(cls.wanted, cls.first, sequence=10, note="Is blue")
        cls._set_stock(cls.first, 6)
        cls.order = cls._confirm((cls.wanted, 5), user_id=cls.users["sales"].id)
        cls.line = cls.order.order_line

    @classmethod
    def _add_substitute(cls, product, substitute, **values):
        return cls.env["product.substitute"].create(
            {
                "product_tmpl_id": product.product_tmpl_id.id,
                "substitute_id": substitute.id,
                **values,
            }
        )

    def _open(self, line=None, role="sales"):
        action = self._as(role, line or self.line).action_open_substitutes()
        return self._as(role, self.env[action["res_model"]]).browse(action["res_id"])

    def _get_new_line(self, order=None):
        return (order or self.order).order_line.filtered(
            lambda line: line.product_id == self.first
        )

    # ------------------------------------------------------------------
    # Which
    # ------------------------------------------------------------------

    def test_substitutes_are_listed_in_their_order(self):
        """D7: with the available quantity, both prices and the note."""
        wizard = self._open()
        self.assertEqual(wizard.quantity, 5)
        self.assertEqual(
            [
                (row.substitute_id, row.available_qty, row.new_price, row.kept_price)
                for row in wizard.line_ids
            ],
            [(self.first, 6, 120, 100), (self.second, 0, 80, 100)],
        )
        self.assertEqual(wizard.line_ids.mapped("is_enough"), [True, False])
        self.assertEqual(wizard.line_ids[0].note, "Is blue")

    def test_substitute_of_one_variant_replaces_no_other(self):
        """D7: a row for a variant only applies to it."""
        attribute = self.env["product.attribute"].create(
            {
                "name": "Size",
                "value_ids": [Command.create({"name": name}) for name in ("S", "L")],
            }
        )
        template = self.env["product.template"].create(
            {
                "name": "Shirt",
                "attribute_line_ids": [
                    Command.create(
                        {
                            "attribute_id": attribute.id,
                            "value_ids": [Command.set(attribute.value_ids.ids)],
                        }
                    )
                ],
            }
        )
        small, large = template.product_variant_ids
        self._add_substitute(small, self.first, product_id=small.id)
        substitutes = self.env["product.substitute"]
        self.assertEqual(substitutes._get_substitutes(small), [(self.first, False)])
        self.assertFalse(substitutes._get_substitutes(large))

    def test_both_ways(self):
        """D7: substitutes in both directions come after the own ones."""
        rows = self.env["product.substitute"]
        self.assertFalse(rows._get_substitutes(self.first))
        self._add_substitute(self.protected, self.first, is_both_ways=True)
        self._add_substitute(self.first, self.second)
        self.assertEqual(
            [row[0] for row in rows._get_substitutes(self.first)],
            [self.second, self.protected],
        )

    def test_impossible_substitutes_are_refused(self):
        """D7: a product cannot replace itself."""
        with self.assertRaisesRegex(ValidationError, "cannot replace itself"):
            self._add_substitute(self.wanted, self.wanted)

    def test_archived_substitute_is_not_offered(self):
        """D7: products that are no longer sold are not offered."""
        self.first.active = False
        self.assertEqual(self._open().line_ids.substitute_id, self.second)

    def test_short_line_shows_that_there_are_substitutes(self):
        """D7: only a short line does."""
        self.assertTrue(self.line.has_substitutes)
        self._set_stock(self.wanted, 9)
        order = self._create_order((self.wanted, 1))
        self.assertFalse(order.order_line.has_substitutes)

    # ------------------------------------------------------------------
    # Selling it
    # ------------------------------------------------------------------

    def test_confirmed_line_is_replaced(self):
        """D7: the quantity of the old line is zero, the new one is allocated."""
        self._open().line_ids[0].action_substitute()
        new = self._get_new_line()
        self.assertEqual((self.line.product_uom_qty, new.product_uom_qty), (0, 5))
        self.assertEqual((new.price_unit, new.move_ids.state), (120, "assigned"))
        self.assertIn("Instead of Backorderable", new.name)
        self.assertEqual(self.order.backorder_state, "allocated")

    def test_price_rule_is_the_user_s_choice(self):
        """D7: the price that was agreed, with its discount, may be kept."""
        self.line.discount = 10
        wizard = self._open()
        self.assertEqual(wizard.line_ids[0].kept_price, 90)
        wizard.price_rule = "keep"
        wizard.line_ids[0].action_substitute()
        new = self._get_new_line()
        self.assertEqual((new.price_unit, new.discount), (100, 10))

    def test_own_price_follows_the_price_list(self):
        """D7: the new price is that of the order's price rules."""
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "Friends",
                "item_ids": [
                    Command.create(
                        {
                            "compute_price": "fixed",
                            "fixed_price": 70,
                            "applied_on": "0_product_variant",
                            "product_id": self.first.id,
                        }
                    )
                ],
            }
        )
        order = self._confirm(
            (self.wanted, 1),
            user_id=self.users["sales"].id,
            pricelist_id=pricelist.id,
        )
        wizard = self._open(order.order_line)
        self.assertEqual(wizard.line_ids[0].new_price, 70)
        wizard.line_ids[0].action_substitute()
        self.assertEqual(self._get_new_line(order).price_unit, 70)

    def test_part_of_a_line_is_replaced(self):
        """D7: the rest stays on backorder."""
        wizard = self._open()
        wizard.quantity = 2
        wizard.line_ids[0].action_substitute()
        self.assertEqual(
            (self.line.product_uom_qty, self._get_new_line().product_uom_qty), (3, 2)
        )
        self.assertEqual(self.line.backorder_qty, 3)

    def test_quotation_line_is_replaced(self):
        """D7: no empty line is kept; the missing quantity is proposed."""
        self._set_stock(self.wanted, 0)
        order = self._create_order((self.wanted, 4), user_id=self.users["sales"].id)
        wizard = self._open(order.order_line)
        self.assertEqual(wizard.quantity, 4)
        wizard.line_ids[0].action_substitute()
        self.assertEqual(order.order_line.product_id, self.first)
        self.assertEqual(order.order_line.product_uom_qty, 4)

    def test_substitute_is_checked_like_any_change(self):
        """D7, B4: a substitute that is short is refused, and nothing changes."""
        with self.assertRaisesRegex(OrderValidationError, "Second Choice"):
            self._open().line_ids[1].action_substitute()
        self.assertEqual(self.line.product_uom_qty, 5)
        self.assertEqual(len(self.order.order_line), 1)

    def test_substitution_is_recorded(self):
        """D7: substitute, replaced product and price."""
        self._open().line_ids[0].action_substitute()
        event = self._get_events("supply:substituted", order_id=self.order)
        self.assertEqual((event.product_id, event.quantity), (self.wanted, 5))
        self.assertEqual(event.payload["substitute"], "First Choice")
        self.assertEqual(event.payload["priceRule"], "new")

    def test_impossible_substitutions_are_refused(self):
        """D7: each message says what to do instead."""
        kilo = self._create_product(
            "Powder", uom_id=self.env.ref("uom.product_uom_kgm").id
        )
        self._add_substitute(self.wanted, kilo)
        for substitute, quantity, message in (
            (self.protected, 1, "not one of its substitutes"),
            (kilo, 1, "is not sold in Units"),
            (self.first, 0, "greater than zero"),
            (self.first, 6, "at most the 5.0 Units"),
        ):
            with self.assertRaisesRegex(UserError, message):
                self.line.action_substitute(substitute.id, quantity)

    def test_delivered_line_stays(self):
        """D7: a partly delivered line is not replaced."""
        self._set_stock(self.wanted, 2)
        self._validate(self.order.picking_ids, 2)
        with self.assertRaisesRegex(UserError, "delivered or invoiced"):
            self._open().line_ids[0].action_substitute()

    def test_locked_order_stays(self):
        """D7: Odoo's lock is respected."""
        self.order.locked = True
        with self.assertRaisesRegex(UserError, "locked"):
            self._open().line_ids[0].action_substitute()

    def test_message_without_substitutes_says_where_to_add_them(self):
        order = self._create_order((self.protected, 4))
        with self.assertRaisesRegex(UserError, "Add them on the Sales tab"):
            self._open(order.order_line, "manager")

    # ------------------------------------------------------------------
    # Roles
    # ------------------------------------------------------------------

    def test_who_may_substitute(self):
        """C10: users who may change the order, and operators."""
        with self.assertRaisesRegex(AccessError, "Operator"):
            self._open(role="viewer")
        with self.assertRaisesRegex(AccessError, "Operator"):
            self._as("viewer", self.line).action_substitute(self.first.id, 1)
        self._open(role="operator").line_ids[0].action_substitute()
        self.assertEqual(self._get_new_line().product_uom_qty, 5)

    def test_who_may_add_substitutes(self):
        """C10: product managers and inventory managers."""
        values = {
            "product_tmpl_id": self.protected.product_tmpl_id.id,
            "substitute_id": self.first.id,
        }
        for role in ("viewer", "operator", "sales"):
            with self.assertRaises(AccessError):
                self._as(role, self.env["product.substitute"]).create(values)
        self._as("manager", self.env["product.substitute"]).create(values)
