# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.backorder_atp_fastapi.tests.common import ApiCommon


@tagged("post_install", "-at_install")
class TestJson2(ApiCommon):
    """The same methods by Odoo's JSON-2 API, as docs/http-api.md says (E9)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.odoo_keys = {
            role: cls._create_key(user, scope=None) for role, user in cls.users.items()
        }
        cls.protected.list_price = 100

    def _post(self, model, method, role="sales", **values):
        with mute_logger("odoo.http"):
            response = self.url_open(
                f"/json/2/{model}/{method}",
                method="POST",
                json=values,
                headers={"Authorization": f"Bearer {self.odoo_keys[role]}"},
            )
        self.env.invalidate_all()
        return response

    def _call_well(self, *args, **values):
        response = self._post(*args, **values)
        self.assertEqual(response.status_code, 200, response.text)
        return response.json()

    def test_promise(self):
        """E5: check an order, then confirm it; both have the same answer."""
        order = self._create_order((self.protected, 7), user_id=self.users["sales"].id)
        for method in ("check_promise", "process_promise"):
            result = self._call_well("sale.order", method, ids=order.ids)
            self.assertEqual(result["status"], "insufficient_inventory")
            self.assertEqual(result["unavailableItems"][0]["shortfall"], 2)
        self.assertEqual(order.state, "draft")
        order.order_line.product_uom_qty = 5
        result = self._call_well("sale.order", "process_promise", ids=order.ids)
        self.assertEqual((result["status"], order.state), ("success", "sale"))

    def test_backorders(self):
        """C4, C6, C7: allocate, hold, release, split and merge."""
        order = self._confirm((self.backorderable, 5))
        self._force_stock(self.backorderable, 2)
        result = self._call_well(
            "sale.order", "process_backorders", "operator", ids=order.ids
        )
        self.assertEqual(result["pending"][0]["orderId"], order.id)
        self._call_well(
            "sale.order", "action_hold", "operator", ids=order.ids, reason="Asked"
        )
        self.assertEqual(order.backorder_state, "on_hold")
        self._call_well(
            "sale.order",
            "action_release_hold",
            "operator",
            ids=order.ids,
            reason="Called",
        )
        result = self._call_well(
            "sale.order",
            "split_backorder",
            "operator",
            ids=order.ids,
            customer_agreed=True,
        )
        child = self.env["sale.order"].browse(result["backorderOrderId"])
        self.assertEqual(child, order.backorder_child_ids)
        self._call_well("sale.order", "merge_backorder", "operator", ids=child.ids)
        self.assertEqual(order.order_line.product_uom_qty, 5)

    def test_customer(self):
        """E1, E3: stock, prices and credit."""
        view = self._call_well(
            "res.partner",
            "get_customer_inventory",
            ids=self.customer.ids,
            domain=[["default_code", "=", "PROTECTED"]],
        )
        self.assertEqual(view["inventoryItems"][0]["availableQuantity"], 5)
        impact = self._call_well(
            "res.partner",
            "get_credit_impact",
            ids=self.customer.ids,
            product_id=self.protected.id,
            quantity=3,
        )
        self.assertEqual(impact["creditImpact"], 300)

    def test_reservation(self):
        """E5: reserve, then release."""
        values = {
            "product_id": self.protected.id,
            "warehouse_id": self.warehouse.id,
            "quantity": 2,
            "partner_id": self.customer.id,
        }
        model = "stock.soft.reservation"
        ids = self._call_well(model, "create", vals_list=[values])
        self.assertEqual(self._get(self.protected), 3)
        self._call_well(model, "action_release", ids=ids, reason="Changed their mind")
        self.assertEqual(self._get(self.protected), 5)

    def test_shipment_and_reconciling(self):
        """E6, E8: the tracking of a delivery, and a reconciled order."""
        order = self._confirm((self.protected, 2))
        tracking = self._call_well(
            "stock.picking",
            "get_fulfilment_tracking",
            "operator",
            ids=order.picking_ids.ids,
        )
        self.assertEqual(tracking["status"], "pending")
        result = self._call_well("sale.order", "reconcile", "manager", ids=order.ids)
        self.assertEqual(result["rightCount"], 1)
        figures = self._call_well("backorder.board", "get_figures", "viewer")
        self.assertEqual(figures["orders_backordered"], 0)

    def test_errors(self):
        """C10: the rights of the user, and the message of Odoo."""
        order = self._confirm((self.backorderable, 5))
        response = self._post(
            "sale.order", "action_hold", "viewer", ids=order.ids, reason="x"
        )
        self.assertEqual(response.status_code, 403)
        response = self._post(
            "sale.order", "action_hold", "operator", ids=order.ids, reason=" "
        )
        self.assertEqual(response.status_code, 422)
        self.assertEqual(response.json()["message"], "A reason is required.")
        response = self._post("backorder.api.order", "_list_orders", "admin")
        self.assertIn(response.status_code, (403, 404))
