# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.backorder_atp.exceptions import OrderValidationError
from odoo.addons.backorder_atp.tests.common import BackorderCommon


@tagged("post_install", "-at_install")
class TestManufacturingSteps(BackorderCommon):
    """Components and products in multi-step manufacturing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse.manufacture_steps = "pbm_sam"
        cls.made = cls._create_product("Made")
        cls.bom = cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": cls.made.product_tmpl_id.id,
                "company_id": cls.company.id,
                "bom_line_ids": [
                    Command.create({"product_id": cls.protected.id, "product_qty": 1})
                ],
            }
        )

    def _create_production(self, quantity):
        production = self.env["mrp.production"].create(
            {
                "product_id": self.made.id,
                "bom_id": self.bom.id,
                "product_qty": quantity,
                "picking_type_id": self.warehouse.manu_type_id.id,
            }
        )
        production.action_confirm()
        return production

    def _pick(self, production):
        picks = production.picking_ids.filtered(
            lambda picking: picking.picking_type_id == self.warehouse.pbm_type_id
        )
        self._validate(picks)
        return picks

    def _produce(self, production):
        form = Form(production)
        form.qty_producing = production.product_qty
        production = form.save()
        production.move_raw_ids.picked = True
        production.button_mark_done()

    def test_components_reserved_for_the_pick_are_committed(self):
        """B1, B3: components of a pending pick are not promised to orders."""
        self._set_stock(self.protected, 5)
        self._create_production(5)
        self.assertEqual(self._get(self.protected), 0)
        with self.assertRaisesRegex(OrderValidationError, "Protected"):
            self._confirm((self.protected, 5))

    def test_components_that_are_picked_are_not_for_sale(self):
        """B1: neither during the production nor after it is cancelled, until they are
        returned to stock."""
        self._set_stock(self.protected, 5)
        production = self._create_production(5)
        self._pick(production)
        self.assertEqual(self._get(self.protected), 0)
        self.assertEqual(self._get(self.protected, "misplaced"), 0)
        production.action_cancel()
        self.assertEqual(self._get(self.protected), 0)
        self.assertEqual(self._get(self.protected, "misplaced"), 5)

    def test_components_consumed_are_gone(self):
        """B1: each component counts once, from the order to the end."""
        self._set_stock(self.protected, 8)
        production = self._create_production(5)
        self._pick(production)
        self._produce(production)
        self.assertEqual(production.state, "done")
        self.assertEqual(self._get(self.protected), 3)
        self.assertEqual(self._get(self.protected, "on_hand"), 3)

    def test_products_in_post_production_are_inbound(self):
        """B1: promised already, and reserved once they are put away."""
        self._set_stock(self.protected, 5)
        production = self._create_production(5)
        self.assertEqual(self._get(self.made, "incoming"), 5)
        self._pick(production)
        self._produce(production)
        self.assertEqual(self._get(self.made, "inbound"), 5)
        self.assertEqual(self._get(self.made, "incoming"), 0)
        self.assertEqual(self._get(self.made), 5)
        order = self._confirm((self.made, 5))
        store = production.picking_ids.filtered(
            lambda picking: picking.picking_type_id == self.warehouse.sam_type_id
        )
        self._validate(store)
        self.assertEqual(order.backorder_state, "allocated")

    def test_consigned_components_are_not_used(self):
        """B1: a production takes the company's own stock only."""
        self.env["stock.quant"]._update_available_quantity(
            self.protected, self.stock, 5, owner_id=self.customer
        )
        production = self._create_production(5)
        self.assertEqual(sum(production.picking_ids.move_ids.mapped("quantity")), 0)

    def test_places_of_production_of_a_new_warehouse(self):
        """B1: they have their kind from the beginning."""
        warehouse = self._create_warehouse("Second", "WH2")
        self.assertEqual(
            (
                warehouse.pbm_loc_id.availability_kind,
                warehouse.sam_loc_id.availability_kind,
            ),
            ("outbound", "inbound"),
        )
