# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.backorder_atp_fastapi.tests.common import ApiCommon


@tagged("post_install", "-at_install")
class TestJobs(ApiCommon):
    """Operations on many orders."""

    def setUp(self):
        super().setUp()
        self.orders = self._confirm((self.backorderable, 3)) | self._confirm(
            (self.protected, 2)
        )

    def _reconcile(self, ids, role="manager", **options):
        json = {"orderIds": ids}
        return self._call("POST", "/orders/reconcile-batch", role, json=json, **options)

    def _spoil(self, order):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order SET backorder_state = 'allocated' WHERE id = %s",
            [order.id],
        )
        self.env.invalidate_all()

    # ------------------------------------------------------------------
    # Reconciling
    # ------------------------------------------------------------------

    def test_reconcile(self):
        """E8: what differs is repaired; the counts agree; again it changes nothing."""
        self._spoil(self.orders[0])
        response = self._reconcile(self.orders.ids)
        self.assertEqual(response.status_code, 200, response.text)
        body = response.json()
        counts = ("totalOrders", "rightCount", "repairedCount", "failedCount")
        self.assertEqual([body[name] for name in counts], [2, 1, 1, 0])
        [repaired] = [row for row in body["results"] if row["status"] == "repaired"]
        self.assertEqual(repaired["orderId"], self.orders[0].id)
        self.assertIn("Backordered", repaired["changes"][0])
        self.assertEqual(repaired["impact"]["totalQuantity"], 3)
        self.assertEqual(repaired["impact"]["items"][0]["sku"], "LATER")
        self.assertEqual(self.orders[0].backorder_state, "backordered")
        body = self._reconcile(self.orders.ids).json()
        self.assertEqual([body[name] for name in counts], [2, 2, 0, 0])

    def test_reconcile_unknown_order(self):
        """C12: nothing is reconciled then."""
        self._spoil(self.orders[0])
        response = self._reconcile([*self.orders.ids, 2**31 - 1])
        self._assert_problem(response, 404, "not-found", str(2**31 - 1))
        self.assertEqual(self.orders[0].backorder_state, "allocated")
        self._assert_problem(self._reconcile([]), 422, "validation")

    def test_reconcile_all(self):
        """E8: in the background, with its progress."""
        self._spoil(self.orders[0])
        response = self._call("POST", "/orders/reconcile-all", "manager")
        self.assertEqual(response.status_code, 202, response.text)
        [job] = response.json()["jobs"]
        self.assertEqual((job["status"], job["done"]), ("waiting", 0))
        self.env["backorder.job"].browse(job["jobId"])._finish_at_once()
        job = self._get_json(f"/jobs/{job['jobId']}", "viewer")
        self.assertEqual((job["status"], job["done"]), ("done", job["total"]))
        self.assertIn("1 repaired", job["message"])
        self.assertEqual(job["results"][0]["order"], self.orders[0].name)
        self.assertEqual(self.orders[0].backorder_state, "backordered")

    # ------------------------------------------------------------------
    # Allocating
    # ------------------------------------------------------------------

    def test_allocate_all(self):
        """C6: all backordered orders, in the background."""
        self._force_stock(self.backorderable, 3)
        headers = {"Idempotency-Key": "all"}
        path = "/orders/allocate-all"
        response = self._call("POST", path, "operator", headers=headers)
        self.assertEqual(response.status_code, 202, response.text)
        [job] = response.json()["jobs"]
        self.assertEqual((job["status"], job["total"]), ("waiting", 1))
        again = self._call("POST", path, "operator", headers=headers)
        self.assertEqual(again.json(), response.json())
        self.env["backorder.job"].browse(job["jobId"])._finish_at_once()
        job = self._get_json(f"/jobs/{job['jobId']}", "operator")
        self.assertEqual(job["message"], "1 fulfilled, 0 still backordered, 0 failed")
        self.assertEqual(self.orders[0].backorder_state, "allocated")
        response = self._call("POST", path, "operator")
        self.assertEqual(response.json(), {"jobs": []})

    # ------------------------------------------------------------------
    # Permissions
    # ------------------------------------------------------------------

    def test_who_may_do_it(self):
        """C10: managers reconcile, operators allocate."""
        for role in ("viewer", "sales", "operator"):
            self._assert_problem(
                self._reconcile(self.orders.ids, role), 403, "forbidden"
            )
            response = self._call("POST", "/orders/reconcile-all", role)
            self._assert_problem(response, 403, "forbidden")
        for role in ("viewer", "sales"):
            response = self._call("POST", "/orders/allocate-all", role)
            self._assert_problem(response, 403, "forbidden")

    def test_another_company(self):
        """C10: orders and jobs of another company do not exist."""
        job = self._call("POST", "/orders/allocate-all", "manager").json()["jobs"][0]
        company = self.env["res.company"].create({"name": "Other Keepers"})
        self.users["manager"].company_ids += company
        headers = {"X-Company-Id": str(company.id)}
        response = self._reconcile(self.orders.ids, headers=headers)
        self._assert_problem(response, 404, "not-found", "Order not found")
        response = self._call(
            "GET", f"/jobs/{job['jobId']}", "manager", headers=headers
        )
        self._assert_problem(response, 404, "not-found", "Job not found")
        response = self._call(
            "POST", "/orders/allocate-all", "manager", headers=headers
        )
        self.assertEqual(response.json(), {"jobs": []})
