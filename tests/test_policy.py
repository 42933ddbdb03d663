# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestPolicy(BackorderCommon):
    def _policy(self, location=None):
        location = location or self.stock
        return self.env["stock.policy"]._get_policies(self.protected, location)[
            self.protected.id, location.id
        ]

    def _create_policy(self, allow, location=None):
        return self.env["stock.policy"].create(
            {
                "product_id": self.protected.id,
                "warehouse_id": self.warehouse.id,
                "location_id": location and location.id,
                "allow_backorder": allow,
            }
        )

    def test_forbidden_by_default(self):
        """A1: backorders are not allowed by default, and the source says so."""
        self.assertEqual(self._policy(), (False, "Company Promise Keepers"))

    def test_precedence(self):
        """A1: stock policy, then variant, product, category and its parents,
        company."""
        parent = self.env["product.category"].create({"name": "Parent"})
        self.protected.categ_id = self.env["product.category"].create(
            {"name": "Child", "parent_id": parent.id}
        )
        steps = [
            (self.company, True, "Company"),
            (parent, "no", "Category Parent"),
            (self.protected.categ_id, "yes", "Category Parent / Child"),
            (self.protected.product_tmpl_id, "no", "Product"),
            (self.protected, "yes", "Variant"),
        ]
        for record, value, source in steps:
            record.allow_backorder = value
            allowed, found = self._policy()
            self.assertEqual(allowed, value in (True, "yes"))
            self.assertIn(source, found)
        self._create_policy("no")
        self.assertEqual(self._policy()[0], False)
        self._create_policy("yes", self.stock)
        self.assertEqual(self._policy()[0], True)
        self._create_policy("no", self.shelf)
        self.assertEqual(self._policy()[0], True)
        self.assertEqual(self._policy(self.shelf)[0], False)

    def test_the_product_shows_the_policy_of_its_only_variant(self):
        """A1: the variant is what is sold."""
        template = self.protected.product_tmpl_id
        self.assertFalse(template.is_backorder_allowed)
        self.protected.allow_backorder = "yes"
        self.assertTrue(template.is_backorder_allowed)
        self.assertIn("Variant", template.backorder_policy_source)

    def test_nearest_location_wins(self):
        """A1: the policy of a location applies to its sublocations."""
        self._create_policy("yes", self.stock)
        inner = self.env["stock.location"].create(
            {"name": "Inner", "location_id": self.shelf.id}
        )
        self.assertEqual(self._policy(inner)[0], True)
        self._create_policy("no", self.shelf)
        self.assertEqual(self._policy(inner)[0], False)

    def test_policy_outlives_the_quant(self):
        """A1: the policy survives the deletion of zero quants."""
        self._create_policy("yes")
        self._set_stock(self.protected, 2)
        self._validate(self._confirm((self.protected, 2)).picking_ids)
        self.env["stock.quant"]._quant_tasks()
        self.assertFalse(self._get_quants(self.protected))
        order = self._confirm((self.protected, 3))
        self.assertEqual(order.backorder_state, "backordered")

    def test_shown_on_product_policy_and_quant(self):
        """A1: the policy in force and its source are shown everywhere."""
        level = self._create_policy("yes")
        self._set_stock(self.protected, 1)
        quant = self._get_quants(self.protected)
        self.assertTrue(quant.is_backorder_allowed)
        self.assertIn("Stock Policy", quant.backorder_policy_source)
        self.assertTrue(level.is_backorder_allowed)
        self.assertFalse(self.protected.is_backorder_allowed)
        self.assertIn("Company", self.protected.backorder_policy_source)
        level.allow_backorder = "inherit"
        self.assertFalse(level.is_backorder_allowed)
        self.assertIn("Company", level.backorder_policy_source)

    def test_policy_opens_from_quant(self):
        """A1: the quant opens the policies of its product and warehouse."""
        self._set_stock(self.protected, 1)
        action = self._get_quants(self.protected).action_open_stock_policy()
        self.assertEqual(action["context"]["default_warehouse_id"], self.warehouse.id)

    def test_location_of_another_warehouse_is_refused(self):
        """A1: a policy cannot have a location outside its warehouse."""
        second = self._create_warehouse("Second", "WH2")
        with self.assertRaisesRegex(ValidationError, "not in the warehouse"):
            self._create_policy("yes", second.lot_stock_id)

    def test_safety_stock_is_for_whole_warehouses(self):
        """B1: a safety stock of a single location is refused, with a solution."""
        level = self._create_policy("yes", self.shelf)
        with self.assertRaisesRegex(ValidationError, "whole warehouse"):
            level.safety_stock_quantity = 2

    def test_only_inventory_managers_set_policies(self):
        """B5: the right to edit products does not include backorder policies."""
        editor = self.env.ref("product.group_product_manager")
        self.users["sales"].group_ids += editor
        template = self._as("sales", self.protected.product_tmpl_id)
        template.name = "Renamed"
        with self.assertRaisesRegex(AccessError, "inventory manager"):
            template.allow_backorder = "yes"
        with self.assertRaisesRegex(AccessError, "inventory manager"):
            template.create({"name": "New", "allow_backorder": "yes"})
        self.users["manager"].group_ids += editor
        self._as("manager", self.protected.product_tmpl_id).allow_backorder = "yes"
        self.assertEqual(self.protected.product_tmpl_id.allow_backorder, "yes")
