# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime

from odoo.tests import tagged

from .common import ApiCommon

NEVER = datetime(9999, 12, 31, 23, 59, 59)


@tagged("post_install", "-at_install")
class TestBadRecords(ApiCommon):
    """One invalid record does not break a list of others."""

    def setUp(self):
        super().setUp()
        self.good = self._confirm((self.backorderable, 3))
        self.bad = self._create_product("Bad", allow_backorder="yes")
        self.order = self._confirm((self.bad, 5))

    def _spoil(self, table, column, value, record):
        self.env.flush_all()
        self.env.cr.execute(
            f"UPDATE {table} SET {column} = %s WHERE id = %s", (value, record.id)
        )
        self.env.invalidate_all()

    def _move_to_other_company(self, table, record):
        company = self.env["res.company"].create({"name": f"Other of {table}"})
        self._spoil(table, "company_id", company.id, record)

    def _make_no_size(self):
        unit = self.env.ref("uom.product_uom_unit")
        box = self.env["uom.uom"].create(
            {"name": "Box", "relative_factor": 6, "relative_uom_id": unit.id}
        )
        boxed = self._create_product("Box", allow_backorder="yes", uom_id=box.id)
        line = {"product_uom_qty": 2, "product_uom_id": box.id}
        self.order |= self._confirm({**line, "product_id": self.bad.id})
        self.order |= self._confirm({**line, "product_id": boxed.id})
        line["product_uom_id"] = unit.id
        self.order |= self._confirm({**line, "product_id": boxed.id})
        self._spoil("uom_uom", "factor", 0, box)

    def _make_archived_customer(self):
        customer = self.env["res.partner"].create({"name": "Gone"})
        self.order = self._confirm((self.bad, 5), partner_id=customer.id)
        customer.action_archive()

    def _make_archived_product(self):
        self.bad.action_archive()

    def _make_customer_elsewhere(self):
        customer = self.env["res.partner"].create({"name": "Moved"})
        self.order = self._confirm((self.bad, 5), partner_id=customer.id)
        self._move_to_other_company("res_partner", customer)

    def _make_product_elsewhere(self):
        self._move_to_other_company("product_template", self.bad.product_tmpl_id)

    def _make_no_warehouse(self):
        self._spoil("sale_order_line", "warehouse_id", None, self.order.order_line)
        self._spoil("sale_order", "warehouse_id", None, self.order)

    def _make_no_state(self):
        self._spoil("sale_order", "backorder_state", None, self.order)

    def _make_absurd_dates(self):
        self._create_receipt(self.bad, 2, scheduled_date=NEVER)
        self.order |= self._confirm((self.bad, 5), commitment_date=NEVER)
        for order in self.order:
            self._spoil("sale_order", "date_order", NEVER, order)
            self._spoil("sale_order", "backordered_since", NEVER, order)
            self._spoil("sale_order_line", "promised_date", NEVER, order.order_line)

    def test_lists_and_records_beside_a_bad_record(self):
        """C5, D1: every response succeeds, and has the valid order."""
        names = [name for name in dir(self) if name.startswith("_make_")]
        for name in names:
            with self.subTest(name), self.env.cr.savepoint() as savepoint:
                order = self.order
                getattr(self, name)()
                self._assert_answers()
                savepoint.rollback()
            self.order = order
            self.env.invalidate_all()

    def test_fields_that_a_record_lacks(self):
        """C5: null without a warehouse; names as on the order."""
        self._make_customer_elsewhere()
        self._make_product_elsewhere()
        self._make_no_warehouse()
        body = self._get_json("/orders/backorders", "viewer")
        row = next(row for row in body["bySku"] if row["warehouseId"] is None)
        self.assertEqual((row["product"], row["unit"]), ("Bad", "Units"))
        self.assertIsNone(row["warehouse"])
        order = next(
            order for order in body["orders"] if order["orderId"] == self.order.id
        )
        self.assertEqual(order["customer"], "Moved")
        self.assertEqual(order["items"][0]["product"], "Bad")

    def _assert_answers(self):
        for role in ("admin", "viewer"):
            for held in ("false", "true"):
                body = self._get_json(
                    "/orders/backorders", role, params={"includeOnHold": held}
                )
                self.assertIn(self.good.id, [row["orderId"] for row in body["orders"]])
        for order in self.order | self.good:
            self._get_json(f"/orders/{order.id}")
        for product in self.order.order_line.product_id | self.backorderable:
            response = self._call(
                "GET", f"/inventory/{product.id}/availability?explain=1"
            )
            self.assertIn(response.status_code, (200, 404), response.text)
        response = self._call(
            "POST",
            "/orders/allocate-batch",
            json={"orderIds": (self.order | self.good).ids},
        )
        self.assertEqual(response.status_code, 200, response.text)
