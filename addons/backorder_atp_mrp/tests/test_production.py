# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.backorder_atp.exceptions import InsufficientStockError
from odoo.addons.backorder_atp.tests.common import BackorderCommon


@tagged("post_install", "-at_install")
class TestProduction(BackorderCommon):
    """A table made of four legs, with a board cut off as a by-product."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.leg = cls._create_product("Leg")
        cls.offcut = cls._create_product("Offcut")
        cls.table = cls._create_product("Table")
        cls.bom = cls._create_bom(cls.table, cls.leg, 4)
        cls.bom.byproduct_ids = [
            Command.create({"product_id": cls.offcut.id, "product_qty": 1})
        ]

    @classmethod
    def _create_bom(cls, product, component, quantity):
        return cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": product.product_tmpl_id.id,
                "bom_line_ids": [
                    Command.create(
                        {"product_id": component.id, "product_qty": quantity}
                    )
                ],
            }
        )

    def _make(self, product, quantity):
        production = self.env["mrp.production"].create(
            {
                "product_id": product.id,
                "product_qty": quantity,
                "company_id": self.company.id,
                "picking_type_id": self.warehouse.manu_type_id.id,
            }
        )
        production.action_confirm()
        return production

    def _finish(self, productions):
        for production in productions:
            production.qty_producing = production.product_qty
            production._set_qty_producing()
            production.move_raw_ids.picked = True
        return productions.with_context(skip_consumption=True).button_mark_done()

    def _get_inventory_events(self, product):
        return self.events.search(
            [("product_id", "=", product.id), ("event_type", "=like", "inventory.%")]
        )

    def test_missing_components(self):
        """A3, B9: refused in the hard phase, recorded in the others."""
        for phase in ("dark", "soft"):
            self.company.promise_phase = phase
            self._finish(self._make(self.table, 1))
        self.assertEqual(
            self._get_inventory_events(self.leg).mapped("event_type"),
            ["inventory.oversold"] * 2,
        )
        self.company.promise_phase = "hard"
        production = self._make(self.table, 1)
        with self.assertRaisesRegex(InsufficientStockError, "Leg in"):
            self._finish(production)
        self.assertNotEqual(production.state, "done")

    def test_components_reserved_for_an_order(self):
        """B3: a production takes nothing that an order has reserved."""
        self._set_stock(self.leg, 4)
        order = self._confirm((self.leg, 4))
        production = self._make(self.table, 1)
        with self.assertRaisesRegex(InsufficientStockError, order.name):
            self._finish(production)
        self.assertEqual(order.backorder_state, "allocated")

    def test_one_makes_what_another_uses(self):
        """A3: productions finished together have no intermediate shortage."""
        lacquered = self._create_product("Lacquered Table")
        self._create_bom(lacquered, self.table, 1)
        for phase in ("dark", "soft", "hard"):
            self.company.promise_phase = phase
            self._set_stock(self.leg, 4)
            productions = self._make(lacquered, 1) | self._make(self.table, 1)
            self._finish(productions)
            self.assertEqual(set(productions.mapped("state")), {"done"})
        self.assertFalse(self._get_inventory_events(self.table))
        self.assertEqual(self._get(lacquered), 3)

    def test_production_and_by_product_are_stock(self):
        """B1, C2: finished products and by-products can be promised."""
        self.table.allow_backorder = "yes"
        order = self._confirm((self.table, 2))
        self._set_stock(self.leg, 8)
        self._finish(self._make(self.table, 2))
        self._run_retries()
        self.assertEqual(order.backorder_state, "allocated")
        self.assertEqual(self._get(self.offcut), 2)

    def test_unbuild(self):
        """A3: missing products are not unbuilt; the components are stock again."""
        self._set_stock(self.leg, 4)
        production = self._make(self.table, 1)
        self._finish(production)
        self._unbuild(production)
        self.assertEqual(self._get(self.leg), 4)
        self.assertEqual(self._get(self.table), 0)
        self.assertFalse(self._get_inventory_events(self.table))
        with self.assertRaises(InsufficientStockError):
            self._unbuild(production)

    def test_unbuild_what_is_reserved(self):
        """B3: products reserved for an order are not unbuilt."""
        self._set_stock(self.leg, 4)
        production = self._make(self.table, 1)
        self._finish(production)
        order = self._confirm((self.table, 1))
        with self.assertRaisesRegex(InsufficientStockError, order.name):
            self._unbuild(production)

    def _unbuild(self, production):
        form = Form(self.env["mrp.unbuild"].with_company(self.company))
        form.mo_id = production
        form.save().action_unbuild()

    def test_scrapped_component(self):
        """B3: a scrapped component is booked, and its order is logged."""
        self._set_stock(self.leg, 4)
        order = self._confirm((self.leg, 4))
        production = self._make(self.table, 1)
        scrap = self.env["stock.scrap"].create(
            {
                "product_id": self.leg.id,
                "scrap_qty": 1,
                "production_id": production.id,
                "location_id": self.stock.id,
                "company_id": self.company.id,
            }
        )
        scrap.do_scrap()
        event = self._get_events("inventory.reservation_taken", order_id=order)
        self.assertEqual(event.quantity, 1)

    def test_more_of_what_is_made_to_order_is_made(self):
        """B4: a larger make-to-order line increases the production, in any unit."""
        self.company.allow_backorder = True
        grams = self.env.ref("uom.product_uom_gram")
        make_to_order = self.warehouse.mto_pull_id.route_id
        make_to_order.active = True
        flour = self._create_product(
            "Flour",
            uom_id=self.env.ref("uom.product_uom_kgm").id,
            route_ids=[
                Command.set(
                    (self.warehouse.manufacture_pull_id.route_id | make_to_order).ids
                )
            ],
        )
        grain = self._create_product("Grain", type="consu", is_storable=False)
        self._create_bom(flour, grain, 1).product_uom_id = grams
        order = self._confirm(
            {
                "product_id": flour.id,
                "product_uom_qty": 510,
                "product_uom_id": grams.id,
            }
        )
        production = self.env["mrp.production"].search([("product_id", "=", flour.id)])
        self.assertEqual(production.product_qty, 510)
        order.order_line.product_uom_qty = 1020
        self.assertEqual(production.product_qty, 1020)
