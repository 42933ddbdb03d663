# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.demand_common import DemandCommon


@tagged("post_install", "-at_install")
class TestKitProperty(DemandCommon):
    """A kit of two protected components and one that may be backordered."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.recipe = {cls.protected: 2.0, cls.backorderable: 1.0}
        cls.kit = cls.env["product.product"].create({"name": "Kit"})
        cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": cls.kit.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [
                    Command.create({"product_id": product.id, "product_qty": quantity})
                    for product, quantity in cls.recipe.items()
                ],
            }
        )
        cls.sold = cls.kit | cls.components
        cls.opening = {cls.protected: 16, cls.backorderable: 6}

    def _get_recipe(self, product):
        return self.recipe if product == self.kit else super()._get_recipe(product)

    def test_kits_agree_with_a_ledger_of_their_components(self):
        """B1, B3, C1: kits and their components are sold together."""
        self._run_machine(examples=6, steps=12)
