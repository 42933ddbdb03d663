# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.server_common import (
    WITH_FEATURES,
    ServerCommon,
)


@tagged("post_install", "-at_install")
class TestCreditConcurrency(ServerCommon):
    """Concurrent processes never use the same credit twice."""

    modules = WITH_FEATURES

    def _create_order_of_service(self, customer_id, amount):
        """Create an order that shares only its customer with other orders."""
        [service_id] = self._create(
            "product.product", {"name": "Service", "type": "service"}
        )
        line = {"product_id": service_id, "price_unit": amount, "tax_ids": [[5]]}
        values = {"partner_id": customer_id, "order_line": [[0, 0, line]]}
        [order_id] = self._create("sale.order", values)
        return order_id

    def _set_credit_policy(self, policy):
        values = {"account_use_credit_limit": True, "credit_policy": policy}
        self.admin.call("res.company", "write", self.company_id, values)

    def test_credit_is_never_used_twice(self):
        """B8, E3: of concurrent orders, only those within the limit pass."""
        self._set_credit_policy("block")
        self.addCleanup(self._set_credit_policy, "off")
        [customer_id] = self._create(
            "res.partner", {"name": "Small Limit", "credit_limit": 250}
        )
        order_ids = [self._create_order_of_service(customer_id, 100) for _ in range(4)]
        self.assertFalse(self._press_at_once("sale.order", "action_confirm", order_ids))
        domain = [("id", "in", order_ids), ("state", "=", "sale")]
        self.assertEqual(self._count("sale.order", *domain), 2)
        domain = [("order_id", "in", order_ids), ("credit_excess", "=", 50)]
        self.assertEqual(self._count("backorder.override", *domain), 2)
