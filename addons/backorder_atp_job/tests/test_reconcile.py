# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.backorder_atp.tests.common import BackorderCommon

LOGGER = "odoo.addons.backorder_atp_job.models.sale_order_reconcile"
JOB_LOGGER = "odoo.addons.backorder_atp_job.models.backorder_job"


@tagged("post_install", "-at_install")
class TestReconcile(BackorderCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.backorderable.standard_price = 4
        cls._set_stock(cls.backorderable, 3)
        cls.order = cls._confirm((cls.backorderable, 10))
        cls.served = cls._confirm((cls._create_product("Idle"), 0))
        cls._set_stock(cls.protected, 5)
        cls.full = cls._confirm((cls.protected, 5))
        cls.env.flush_all()

    def _break(self, record, **values):
        """Write wrong figures by SQL."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET %s WHERE id = ANY(%s)",
                SQL.identifier(record._table),
                SQL(", ").join(
                    SQL("%s = %s", SQL.identifier(name), value)
                    for name, value in values.items()
                ),
                record.ids,
            )
        )
        self.env.invalidate_all()

    def _break_line(self):
        self._break(
            self.order.order_line,
            backorder_qty=2,
            backorder_product_qty=2,
            allocated_qty=0,
            open_qty=1,
        )

    def _get_figures(self, order=None):
        order = order or self.order
        return [
            (order.backorder_state, order.backordered_since),
            *(
                (
                    line.backorder_qty,
                    line.backorder_product_qty,
                    line.allocated_qty,
                    line.open_qty,
                )
                for line in order.order_line
            ),
        ]

    def _reconcile(self, orders=None, role="manager"):
        return self._as(role, orders or self.order).reconcile()

    def _work(self, cron="ir_cron_process_jobs"):
        self.env.cr.flush()
        with self.enter_registry_test_mode():
            self.env.ref(f"backorder_atp_job.{cron}").method_direct_trigger()
        self.env.invalidate_all()

    def _get_jobs(self):
        domain = [
            ("operation", "=", "reconcile"),
            ("company_id", "=", self.company.id),
        ]
        return self.env["backorder.job"].search(domain)

    # ------------------------------------------------------------------
    # Repair
    # ------------------------------------------------------------------

    def test_correct_orders_are_unchanged(self):
        """E8: they are neither repaired nor logged nor counted as repaired."""
        figures = self._get_figures()
        self.env.flush_all()
        logged = self.events.search_count([])
        answer = self._reconcile(self.order | self.full)
        self.assertEqual(answer["totalOrders"], 2)
        self.assertEqual(
            (answer["rightCount"], answer["repairedCount"], answer["failedCount"]),
            (2, 0, 0),
        )
        self.assertEqual(self._get_figures(), figures)
        self.assertEqual(self.events.search_count([]), logged)

    def test_quantities_are_repaired(self):
        """E8: all quantities of a line are repaired; the log keeps the old ones."""
        figures = self._get_figures()
        self._break_line()
        self.assertNotEqual(self._get_figures(), figures)
        answer = self._reconcile()
        self.assertEqual(self._get_figures(), figures)
        [result] = answer["results"]
        self.assertEqual(result["status"], "repaired")
        self.assertIn("Backorderable, Backordered: 2, now 7", result["changes"])
        event = self._get_events("order:reconciled", order_id=self.order)
        self.assertEqual(event.trigger_source, "reconcile:backorder_manager")
        self.assertEqual(event.user_id, self.users["manager"])
        self.assertEqual(event.quantity, 5)
        self.assertEqual(event.value, 20)
        [line] = event.payload["lines"]
        self.assertEqual((line["previouslyBackordered"], line["backordered"]), (2, 7))

    def test_each_quantity_is_checked(self):
        """E8: any single wrong quantity is found."""
        figures = self._get_figures()
        names = ("backorder_qty", "backorder_product_qty", "allocated_qty", "open_qty")
        for name in names:
            with self.subTest(name=name):
                self._break(self.order.order_line, **{name: 99})
                self.assertEqual(self._reconcile()["repairedCount"], 1)
                self.assertEqual(self._get_figures(), figures)

    def test_reconciling_is_idempotent(self):
        """E8: the second time, all orders are correct."""
        self._break_line()
        self.assertEqual(self._reconcile()["repairedCount"], 1)
        self.assertEqual(self._reconcile()["rightCount"], 1)
        self.assertEqual(
            len(self._get_events("order:reconciled", order_id=self.order)), 1
        )

    def test_state_is_repaired(self):
        """E8: a wrongly fulfilled order is on backorder again, in the same episode."""
        figures = self._get_figures()
        self._break(self.order, backorder_state="allocated")
        self.assertEqual(self._reconcile()["repairedCount"], 1)
        self.assertEqual(self._get_figures(), figures)
        self.assertEqual(
            len(self._get_events("order:backordered", order_id=self.order)), 1
        )

    def test_start_of_backorder_is_restored_from_the_log(self):
        """E8: an order without its start date keeps its age."""
        since = self.order.backordered_since - timedelta(days=9)
        self.env.cr.execute(
            SQL("ALTER TABLE backorder_event DISABLE TRIGGER USER"),
        )
        self.env.cr.execute(
            SQL(
                """UPDATE backorder_event SET date = %s,
                          payload = payload
                              || JSONB_BUILD_OBJECT('backorderedSince', %s)
                    WHERE order_id = %s AND event_type = 'order:backordered'""",
                since,
                fields.Datetime.to_string(since),
                self.order.id,
            )
        )
        self._break(self.order, backordered_since=None, backorder_state="none")
        self.assertEqual(self._reconcile()["repairedCount"], 1)
        self.assertEqual(self.order.backorder_state, "partially_allocated")
        self.assertEqual(self.order.backordered_since, since)
        self.assertEqual(
            len(self._get_events("order:backordered", order_id=self.order)), 1
        )

    def test_fulfilled_order_is_no_longer_on_backorder(self):
        """E8: the wrong episode is closed."""
        self._break(
            self.full, backorder_state="backordered", backordered_since="2026-01-01"
        )
        self._reconcile(self.full)
        self.assertEqual(self.full.backorder_state, "allocated")
        self.assertFalse(self.full.backordered_since)

    def test_restored_shortage_gets_its_stock(self):
        """E8, C2: an order missing from the queue is retried."""
        self._break(
            self.order.order_line, backorder_qty=0, backorder_product_qty=0, open_qty=0
        )
        self._break(self.order, backorder_state="none", backordered_since=None)
        self._force_stock(self.backorderable, 7)
        self.retries.search([]).unlink()
        self._reconcile()
        self._run_retries()
        self.assertEqual(self.order.backorder_state, "allocated")

    def test_delivered_quantities_are_kept(self):
        """E8: delivered quantities count as allocated, not as open."""
        self._validate(self.full.picking_ids)
        self._break(self.full.order_line, allocated_qty=1, open_qty=4)
        self.assertEqual(self._reconcile(self.full)["repairedCount"], 1)
        self.assertEqual(
            (self.full.order_line.allocated_qty, self.full.order_line.open_qty), (5, 0)
        )

    def test_impact_in_quantity_and_cost(self):
        """E8: the quantity and cost that each order takes from stock, by item."""
        self.backorderable.default_code = "BO-1"
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self._confirm(
            {
                "product_id": self.backorderable.id,
                "product_uom_qty": 2,
                "product_uom_id": dozen.id,
            }
        )
        [result] = self._reconcile(order)["results"]
        self.assertEqual(
            result["impact"],
            {
                "items": [
                    {
                        "lineId": order.order_line.id,
                        "sku": "BO-1",
                        "product": self.backorderable.display_name,
                        "location": self.warehouse.name,
                        "quantity": 24,
                        "unitCost": 4,
                        "totalCost": 96,
                    }
                ],
                "totalQuantity": 24,
                "totalValue": 96,
            },
        )

    def test_failed_order_does_not_affect_others(self):
        """E8: failed orders are counted and named; the others are repaired."""
        self._break_line()
        self._break(self.full.order_line, allocated_qty=0)
        recompute = type(self.order)._recompute_backorder_figures
        full = self.full

        def fail(orders):
            if full in orders:
                raise UserError(full.name)
            return recompute(orders)

        with patch.object(type(self.order), "_recompute_backorder_figures", fail):
            answer = self._reconcile(self.order | self.full)
        self.assertEqual((answer["repairedCount"], answer["failedCount"]), (1, 1))
        errors = {result["orderId"]: result["error"] for result in answer["results"]}
        self.assertIn(self.full.name, errors[self.full.id])
        self.assertEqual(self.order.order_line.backorder_qty, 7)
        self.assertEqual(self.full.order_line.allocated_qty, 0)

    @mute_logger(LOGGER)
    def test_unexpected_error_is_a_failure(self):
        """E8: an unexpected error does not stop the other orders either."""
        with patch.object(
            type(self.order),
            "_recompute_backorder_figures",
            side_effect=ZeroDivisionError,
        ):
            answer = self._reconcile()
        self.assertEqual(answer["failedCount"], 1)
        self.assertIn("server log", answer["results"][0]["error"])

    # ------------------------------------------------------------------
    # By hand
    # ------------------------------------------------------------------

    def test_one_order_is_reconciled_immediately(self):
        """E8: the button repairs, shows the differences and keeps the result."""
        self._break_line()
        action = self._as("manager", self.order).action_reconcile()
        self.assertEqual(action["tag"], "display_notification")
        self.assertIn("0 correct, 1 repaired, 0 failed", action["params"]["message"])
        self.assertIn("Backordered: 2, now 7", action["params"]["message"])
        job = self._get_jobs()
        self.assertEqual((job.state, job.user_id), ("done", self.users["manager"]))
        line = job.line_ids
        self.assertEqual((line.result, line.order_id), ("repaired", self.order))
        self.assertEqual((line.open_qty, line.open_cost), (10, 40))
        self.assertEqual((line.difference_qty, line.difference_cost), (5, 20))
        self.assertEqual((job.difference_qty, job.difference_cost), (5, 20))
        self.assertEqual(
            job.action_view_orders()["domain"], [("id", "in", [self.order.id])]
        )

    def test_many_orders_are_processed_in_the_background(self):
        """E8: more orders than one retry become a job."""
        self.company.backorder_retry_batch = 1
        self._break_line()
        orders = self.order | self.full
        action = self._as("manager", orders).action_reconcile()
        self.assertEqual(action["tag"], "backorder_atp_job.job_progress")
        self.assertEqual(self.order.order_line.backorder_qty, 2)
        self._work()
        job = self._get_jobs()
        self.assertEqual(
            (job.state, job.right_count, job.repaired_count), ("done", 1, 1)
        )
        self.assertEqual(self.order.order_line.backorder_qty, 7)
        self.assertEqual(job.line_ids.order_id, self.order)

    def test_all_open_orders(self):
        """E8: open deliveries and backorder states count; other orders are skipped."""
        self._validate(self.full.picking_ids)
        quotation = self._create_order((self.backorderable, 1))
        gone = self._confirm((self.backorderable, 2))
        gone._action_cancel()
        self._break(gone, backorder_state="backordered")
        action = self._as("manager", self.env["sale.order"]).action_reconcile_all()
        job = self.env["backorder.job"].browse(action["params"]["job_ids"])
        self.assertEqual(set(job.queue), {self.order.id, gone.id})
        self.assertNotIn(quotation.id, job.queue)
        self._work()
        self.assertEqual((job.right_count, job.repaired_count), (1, 1))
        self.assertEqual(gone.backorder_state, "none")

    def test_reconciling_all_does_not_start_twice(self):
        """E8: a second click shows the job in progress."""
        orders = self._as("manager", self.env["sale.order"])
        first = orders.action_reconcile_all()["params"]["job_ids"]
        self.assertEqual(orders.action_reconcile_all()["params"]["job_ids"], first)

    def test_only_managers_reconcile(self):
        """E8, C10: the server refuses all other roles, for every method."""
        for role in ("viewer", "operator", "sales"):
            order = self._as(role, self.order)
            for method in ("action_reconcile", "reconcile"):
                with self.subTest(role=role, method=method):
                    with self.assertRaisesRegex(AccessError, "Inventory Manager"):
                        getattr(order, method)()
            with self.assertRaisesRegex(AccessError, "Inventory Manager"):
                order.browse().action_reconcile_all()
        self.assertEqual(self._reconcile(role="finance")["rightCount"], 1)

    def test_orders_of_other_companies_are_refused(self):
        """C10: managers reconcile only orders that they can read."""
        other = self.env["res.company"].create({"name": "Others"})
        self.users["manager"].write(
            {
                "company_ids": [Command.set(other.ids)],
                "company_id": other.id,
            }
        )
        order = self.order.with_user(self.users["manager"])
        with self.assertRaises(AccessError):
            order.with_context(allowed_company_ids=other.ids).reconcile()

    def test_missing_order_is_named(self):
        """E8: a deleted order raises a clear error."""
        gone = self.env["sale.order"].browse(self.order.id + 10**6)
        with self.assertRaisesRegex(UserError, "Order not found"):
            self._reconcile(gone)

    # ------------------------------------------------------------------
    # Nightly
    # ------------------------------------------------------------------

    def test_nightly_reconciling(self):
        """E8: the scheduled action repairs the open orders of every company."""
        self._break_line()
        self._work("ir_cron_reconcile")
        self._work()
        job = self._get_jobs()
        self.assertEqual((job.state, job.repaired_count), ("done", 1))
        self.assertEqual(self.order.order_line.backorder_qty, 7)
        event = self._get_events("order:reconciled", order_id=self.order)
        self.assertEqual(event.trigger_source, "reconcile:__system__")

    def test_nightly_reconciling_without_differences(self):
        """E8: without differences, nothing is repaired."""
        self._work("ir_cron_reconcile")
        self._work()
        job = self._get_jobs()
        self.assertEqual(
            (job.order_count, job.right_count, job.repaired_count, job.failed_count),
            (2, 2, 0, 0),
        )
        self.assertFalse(job.line_ids)

    def test_company_without_orders_has_a_result(self):
        """E8: a job without orders is done."""
        other = self.env["res.company"].create({"name": "Others"})
        job = self.env["backorder.job"]._start_reconciling(other)
        self.assertEqual((job.state, job.order_count, job.progress), ("done", 0, 100))

    def test_failed_company_does_not_affect_others(self):
        """E8: the scheduled action continues with the next company."""
        start = type(self.env["backorder.job"])._start_for_company
        other = self.env["res.company"].create({"name": "Others"})

        def fail(jobs, company):
            if company == other:
                raise ZeroDivisionError
            return start(jobs, company)

        with (
            patch.object(type(self.env["backorder.job"]), "_start_for_company", fail),
            mute_logger("odoo.addons.backorder_atp.models.res_company_schedule"),
        ):
            self._work("ir_cron_reconcile")
        self.assertTrue(self._get_jobs())

    def test_conflict_is_no_failure(self):
        """E8, B8: conflicts with other transactions are retried, not recorded."""
        with (
            patch.object(
                type(self.order),
                "_recompute_backorder_figures",
                side_effect=SerializationFailure,
            ),
            self.assertRaises(SerializationFailure),
        ):
            self.order._reconcile("test")

    # ------------------------------------------------------------------
    # Processing all orders
    # ------------------------------------------------------------------

    def test_process_all_orders_on_backorder(self):
        """E8: returns the processed, fulfilled and pending orders."""
        other = self._confirm((self.backorderable, 4))
        self._force_stock(self.backorderable, 7)
        self.retries.search([]).unlink()
        orders = self._as("operator", self.env["sale.order"])
        answer = orders.process_pending_backorders()
        self.assertEqual(answer["processed"], 2)
        self.assertEqual(
            [order["orderId"] for order in answer["fulfilled"]], self.order.ids
        )
        self.assertEqual([order["orderId"] for order in answer["pending"]], other.ids)
        with self.assertRaises(AccessError):
            self._as("viewer", self.env["sale.order"]).process_pending_backorders()
