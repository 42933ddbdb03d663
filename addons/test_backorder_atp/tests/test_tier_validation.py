# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.backorder_atp_sourcing.tests.test_alternatives import (
    AlternativesCommon,
)


@tagged("post_install", "-at_install")
class TestTierValidationWithAlternatives(AlternativesCommon):
    def test_warehouse_of_a_validated_order_is_chosen_at_confirmation(self):
        """B12: with the current stock, although nobody may edit the order."""
        self.company.promise_alternatives = "automatic"
        self.env["tier.definition"].create(
            {
                "model_id": self.env.ref("sale.model_sale_order").id,
                "company_id": self.company.id,
                "reviewer_id": self.users["sales"].id,
                "review_type": "individual",
            }
        )
        order = self._create_order((self.product, 5))
        order.request_validation()
        self._as("sales", order).validate_tier()
        self._stock_south(5)
        order.action_confirm()
        self.assertEqual(order.warehouse_id, self.south)
        self.assertEqual(order.order_line.allocated_qty, 5)
