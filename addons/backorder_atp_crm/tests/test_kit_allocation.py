# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from unittest import SkipTest

from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.backorder_atp.exceptions import OrderValidationError

from .common import OpportunityCommon


@tagged("post_install", "-at_install")
class TestKitAllocation(OpportunityCommon):
    """E4: for an opportunity with kits their components are reserved.

    Kits are supported by another addon, which does not depend on CRM.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "mrp.bom" not in cls.env:
            raise SkipTest("Kits are not installed.")
        cls.wheel = cls._create_product("Wheel", standard_price=10)
        cls.frame = cls._create_product("Frame", standard_price=60)
        cls.kit = cls.env["product.product"].create(
            {"name": "Bicycle Kit", "list_price": 200}
        )
        cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": cls.kit.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [
                    Command.create({"product_id": cls.wheel.id, "product_qty": 2}),
                    Command.create({"product_id": cls.frame.id, "product_qty": 1}),
                ],
            }
        )
        cls._set_stock(cls.wheel, 10)
        cls._set_stock(cls.frame, 4)
        cls.lead = cls._create_lead((cls.kit, 3))

    def _get_soft_reserved(self, lead=None):
        reservations = (lead or self.lead).soft_reservation_ids
        return {
            reservation.product_id: reservation.remaining_quantity
            for reservation in reservations
            if reservation.state == "active"
        }

    def test_components_are_soft_reserved(self):
        """E4: three bicycles are six wheels and three frames."""
        self._allocate()
        self.assertEqual(self._get_soft_reserved(), {self.wheel: 6, self.frame: 3})
        self.assertEqual(self._get(self.wheel), 4)
        self.assertEqual(self._get(self.kit), 1)
        self.assertEqual(self.lead.allocation_state, "allocated")
        line = self.lead.line_ids
        self.assertEqual((line.soft_reserved_qty, line.available_qty), (3, 4))

    def test_value_of_components(self):
        """E4: the price of the kit is shared among the components by cost."""
        self._allocate()
        self.env.flush_all()
        self.assertEqual(self.lead.allocated_value, 600)
        report = self.env["crm.lead.allocation.report"].search(
            [("lead_id", "=", self.lead.id)]
        )
        self.assertEqual(
            {row.product_id: row.value for row in report},
            {self.wheel: 150, self.frame: 450},
        )
        self.lead.line_ids.price_unit = 400
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(sum(report.mapped("value")), 1200)

    def test_shortage_names_the_component(self):
        """E4: with wheels sold beside the kits, the wheels are short."""
        lead = self._create_lead((self.kit, 3), (self.wheel, 5))
        with self.assertRaisesRegex(
            OrderValidationError, "Wheel .*requested 11.0, available 10.0, short 1.0"
        ):
            self._allocate(lead)
        self.assertFalse(lead.soft_reservation_ids)
        self.assertEqual(lead.line_ids.mapped("is_short"), [False, True])

    def test_fewer_kits_give_back_components(self):
        """E4: what one kit less does not need is free again, and all of a lost one."""
        self._allocate()
        self.lead.line_ids.quantity = 2
        self.assertEqual(self._get_soft_reserved(), {self.wheel: 4, self.frame: 2})
        self._as("sales", self.lead).action_set_lost()
        self.assertFalse(self._get_soft_reserved())
        self.assertEqual(self._get(self.kit), 4)

    def test_quotation_of_kits_consumes_components(self):
        """E4: the quotation counts on them, and its order takes them."""
        self._allocate()
        self._confirm((self.wheel, 4))
        action = self._as("sales", self.lead).action_sale_quotations_new()
        orders = self.env["sale.order"].with_context(**action["context"])
        with Form(orders) as form, form.order_line.edit(0) as line:
            self.assertEqual(line.promise_available_qty, 3)
        order = self._quote()
        self.assertEqual(order.order_line.promise_available_qty, 3)
        self.assertFalse(order.order_line.is_promise_short)
        order.action_confirm()
        self.assertEqual(
            set(self.lead.soft_reservation_ids.mapped("state")), {"consumed"}
        )
        self.assertEqual(order.backorder_state, "allocated")
        self.assertEqual(self._get(self.kit), 0)
