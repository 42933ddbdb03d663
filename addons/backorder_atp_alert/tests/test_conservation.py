# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.backorder_atp.tests.common import BackorderCommon

LOGGER = "odoo.addons.backorder_atp_job.models.sale_order_reconcile"
JOB_LOGGER = "odoo.addons.backorder_atp_job.models.backorder_job"


class ConservationCommon(BackorderCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.alerts = cls.env["backorder.alert"]
        cls._set_stock(cls.protected, 20)
        cls._set_stock(cls.protected, 7, cls.shelf)
        cls._set_stock(cls.backorderable, 2)
        cls.env["stock.policy"].create(
            {
                "product_id": cls.protected.id,
                "warehouse_id": cls.warehouse.id,
                "safety_stock_quantity": 3,
                "safety_stock_percent": 10,
            }
        )
        cls._confirm((cls.protected, 5))
        cls._confirm((cls.backorderable, 9))

    def _spread_stock(self):
        """Put stock into quarantine and input, and some below zero."""
        cage = self._create_quarantine()
        self._set_stock(self.protected, 4, cage)
        self._receive(self.protected, 2, self.warehouse.wh_input_stock_loc_id)
        delivery = self._create_picking(
            self.warehouse.out_type_id,
            self.stock,
            self.env.ref("stock.stock_location_customers"),
            (self.backorderable, 6),
        )
        with self.env["stock.move"]._booking_facts():
            self._validate(delivery, 6)
        self.assertLess(self._get(self.backorderable, "pickable"), 0)

    def _check(self):
        self.alerts._check_conservation(self.company)
        domain = [
            ("alert_type", "=", "unbalanced"),
            ("company_id", "=", self.company.id),
        ]
        return self.alerts.search(domain)

    def _execute(self, statement, *values):
        self.env.flush_all()
        self.env.cr.execute(SQL(statement, *values))
        self.env.invalidate_all()

    def _get_managers(self):
        return self.company._get_members("backorder_atp.group_inventory_manager")


@tagged("post_install", "-at_install")
class TestConservation(ConservationCommon):
    def test_all_stock_is_accounted_for(self):
        """E8: orders, safety stock, quarantine, short and negative stock."""
        self._spread_stock()
        self.assertFalse(self._check())

    def test_locked_stock_is_accounted_for(self):
        """E8, B2: stock under a hard lock."""
        self.env["stock.discrepancy"].create(
            {
                "product_id": self.protected.id,
                "warehouse_id": self.warehouse.id,
                "expected_qty": 20,
                "counted_qty": 1,
            }
        )
        self.assertGreater(self._get(self.protected, "locked"), 0)
        self.assertFalse(self._check())

    def test_location_without_kind_opens_an_alert(self):
        """E8: stock that is not counted is found."""
        self._execute(
            "UPDATE stock_location SET availability_kind = 'quarantine' WHERE id = %s",
            self.shelf.id,
        )
        alert = self._check()
        self.assertEqual(alert.product_id, self.protected)
        self.assertEqual(alert.difference_qty, 7)
        self.assertFalse(alert.reserved_difference_qty)
        self.assertIn("differs by 7 Units", alert.recommendation)
        self.assertTrue(self._get_events("alert:unbalanced", product_id=self.protected))

    def test_location_without_warehouse_opens_an_alert(self):
        """E8: the location tree counts, not the stored warehouse."""
        self._execute(
            "UPDATE stock_location SET warehouse_id = NULL WHERE id = %s", self.shelf.id
        )
        self.assertEqual(self._check().difference_qty, 7)

    def test_reservation_without_transfer_opens_an_alert(self):
        """E8: stock reserved without a transfer is found."""
        self._execute(
            """UPDATE stock_quant SET reserved_quantity = reserved_quantity + 4
                WHERE product_id = %s AND location_id = %s""",
            self.protected.id,
            self.stock.id,
        )
        alert = self._check()
        self.assertEqual(alert.reserved_difference_qty, 4)
        self.assertFalse(alert.difference_qty)

    def test_incomplete_formula_opens_an_alert(self):
        """E8: an extension that deducts stock without a component is found."""
        formulas = type(self.availability)._get_formulas

        def lose(availability):
            own = formulas(availability)
            return {**own, "atp": SQL("(%s - 1)", own["atp"])}

        with patch.object(type(self.availability), "_get_formulas", lose):
            alerts = self._check()
        self.assertEqual(alerts.mapped("difference_qty"), [1, 1])

    def test_alert_opens_once_and_closes_automatically(self):
        """E8, D8: notified once; closed when all stock is accounted for again."""
        self._execute(
            "UPDATE stock_location SET availability_kind = 'quarantine' WHERE id = %s",
            self.shelf.id,
        )
        alert = self._check()
        self.assertEqual(alert.user_ids, self._get_managers())
        self.assertEqual(self._check(), alert)
        self._execute(
            "UPDATE stock_location SET availability_kind = 'pickable' WHERE id = %s",
            self.shelf.id,
        )
        self.alerts._update(self.company)
        self.assertEqual(alert.state, "closed")
