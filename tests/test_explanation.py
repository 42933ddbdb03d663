# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestExplanation(BackorderCommon):
    def _explain(self, **options):
        return self.availability.explain(
            self.protected.id, self.warehouse.ids, **options
        )[0]

    def _get_figures(self, **options):
        return {
            figure["name"]: figure for figure in self._explain(**options)["figures"]
        }

    def _fill(self):
        """Set up records for every figure."""
        self._set_stock(self.protected, 20)
        self._set_stock(self.protected, 3, self._create_quarantine())
        self._set_stock(self.protected, 2, self.warehouse.wh_output_stock_loc_id)
        self.env["stock.policy"].create(
            {
                "product_id": self.protected.id,
                "warehouse_id": self.warehouse.id,
                "safety_stock_quantity": 4,
            }
        )
        self._create_receipt(self.protected, 7)
        return self._confirm((self.protected, 5))

    def test_the_steps_add_up(self):
        """B17: on hand, less all deductions, is the available quantity."""
        self._fill()
        figures = self._get_figures()
        steps = [
            figure["quantity"]
            for name, figure in figures.items()
            if name not in ("atp", "incoming")
        ]
        self.assertEqual(sum(steps), figures["atp"]["quantity"])
        self.assertEqual(figures["atp"]["quantity"], self._get(self.protected))
        self.assertEqual(figures["incoming"]["quantity"], 7)
        self.assertEqual(figures["committed"]["quantity"], -5)

    def test_documents_are_named(self):
        """B17: which documents take the stock, and which bring more and when."""
        order = self._fill()
        figures = self._get_figures()
        self.assertEqual(figures["committed"]["documents"][0]["label"], order.name)
        self.assertEqual(figures["incoming"]["documents"][0]["quantity"], 7)
        self.assertTrue(figures["incoming"]["documents"][0]["date"])

    def test_each_figure_opens_its_records(self):
        """B17: the records add up to the figure."""
        order = self._fill()
        quantities = {
            "stock.quant": "quantity",
            "stock.move": "product_qty",
            "stock.policy": "safety_stock_quantity",
        }
        for name, figure in self._get_figures().items():
            if name == "atp":
                continue
            with self.subTest(name):
                action = self.availability.get_figure_action(
                    name, self.protected.id, self.warehouse.id
                )
                records = self.env[action["res_model"]].search(action["domain"])
                total = sum(records.mapped(quantities[action["res_model"]]))
                self.assertEqual(total, abs(figure["quantity"]))
        own = self.availability.get_figure_action(
            "committed", self.protected.id, self.warehouse.id, order.id
        )
        self.assertFalse(self.env["stock.move"].search(own["domain"]))

    def test_an_order_does_not_compete_with_itself(self):
        """B1: for an order, its own demand is excluded."""
        order = self._fill()
        self.assertNotIn("committed", self._get_figures(order_id=order.id))

    def test_pending_requests_are_listed(self):
        """B1, B17: quantities pending approval are committed too."""
        self.company.shortage_policy = "pending"
        order = self._confirm((self.protected, 2))
        documents = self._get_figures()["committed"]["documents"]
        self.assertEqual(
            [(row["label"], row["quantity"]) for row in documents], [(order.name, 2)]
        )

    def _get_for_own_orders_only(self):
        seller = new_test_user(
            self.env,
            "backorder_own_only",
            groups="sales_team.group_sale_salesman",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        return self.availability.with_user(seller)

    def test_names_of_other_orders_are_hidden(self):
        """B17: all users see the figure, but not the number of an order they may not
        read."""
        self._fill()
        row = self._get_for_own_orders_only().explain(
            self.protected.id, self.warehouse.ids
        )[0]
        committed = next(
            figure for figure in row["figures"] if figure["name"] == "committed"
        )
        self.assertEqual(committed["documents"][0]["label"], "Another order")

    def test_other_orders_cannot_be_left_out(self):
        """B17: without them, a figure or its records would show what they take."""
        order = self._fill()
        own = self._get_for_own_orders_only()
        with self.assertRaises(AccessError):
            own.explain(self.protected.id, self.warehouse.ids, order.id)
        with self.assertRaises(AccessError):
            own.get_figure_action(
                "committed", self.protected.id, self.warehouse.id, order.id
            )

    def test_explanation_requires_access(self):
        """B17: neither another company's stock nor anything for portal users."""
        portal = new_test_user(self.env, "backorder_portal", groups="base.group_portal")
        other = self.env["res.company"].create({"name": "Other"})
        foreign = self.env["stock.warehouse"].search([("company_id", "=", other.id)])
        with self.assertRaises(AccessError):
            self.availability.with_user(portal).explain(
                self.protected.id, self.warehouse.ids
            )
        with self.assertRaises(AccessError):
            self._as("sales", self.availability).explain(self.protected.id, foreign.ids)

    def test_it_opens_from_line_policy_and_product(self):
        """B17: the same explanation from everywhere."""
        order = self._fill()
        level = self.env["stock.policy"].search(
            [("product_id", "=", self.protected.id)]
        )
        for record in (order.order_line, level, self.protected):
            action = self._as("sales", record).action_explain()
            params = action["params"]
            self.assertEqual(action["tag"], "backorder_atp.explanation")
            self.assertTrue(
                self._as("sales", self.availability).explain(
                    params["product_id"], params["warehouse_ids"], params["order_id"]
                )
            )
