# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.tests import tagged

from .common import BackorderCommon

OWN = "odoo.addons.backorder_atp"


class ScheduledActionsCommon(BackorderCommon):
    """Each scheduled action as run by the scheduler, with its commits."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.email = "patient@example.com"
        cls.company.write(
            {
                "email": "promises@example.com",
                "backorder_responsible_id": cls.users["finance"].id,
            }
        )
        cls.order = cls._confirm((cls.backorderable, 5))
        cls._set_stock(cls.backorderable, 2)
        cls.env.cr.flush()

    def _run_cron(self, xmlid):
        self.env.cr.flush()
        with self.enter_registry_test_mode():
            self.env.ref(xmlid).method_direct_trigger()
        self.env.invalidate_all()

    def _run_all(self):
        """Run each scheduled action of the addons without a warning; return their
        number."""
        crons = self.env["ir.model.data"].search(
            [("module", "=like", "backorder_atp%"), ("model", "=", "ir.cron")]
        )
        for cron in crons:
            with self.subTest(cron.name), self.assertNoLogs(OWN, "WARNING"):
                self._run_cron(cron.complete_name)
        return len(crons)


@tagged("post_install", "-at_install")
class TestScheduledActions(ScheduledActionsCommon):
    def test_each_works_with_backorders(self):
        """C2, C9, D8, E8: no scheduled action fails."""
        self.assertGreater(self._run_all(), 2)
        self.assertEqual(self.order.order_line.allocated_qty, 2)
        self.assertFalse(self.env["backorder.retry"].search([]))

    def test_activity_to_replenish_ends_with_the_shortage(self):
        """A4: not while the product is below zero anywhere."""
        product = self._create_product("Sold Ahead", allow_backorder="yes")
        self._validate(self._confirm((product, 5)).picking_ids, 5)
        for received, is_open in ((4, True), (1, False)):
            self._receive(product, received)
            self._run_cron("backorder_atp.ir_cron_process_retries")
            self.assertEqual(bool(product.product_tmpl_id.activity_ids), is_open)

    def test_conflict_is_left_to_the_next_run(self):
        """C2: the run ends, and the next one, at once, does the rest."""
        cron = self.env.ref("backorder_atp.ir_cron_process_retries")
        self._force_stock(self.backorderable, 1)
        self.env.cr.flush()
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        triggers.unlink()
        meeting = patch.object(
            self.registry["backorder.retry"],
            "_process_batch",
            side_effect=SerializationFailure(),
        )
        with meeting as process:
            self._run_cron("backorder_atp.ir_cron_process_retries")
        process.assert_called_once()
        self.assertTrue(triggers.search([("cron_id", "=", cron.id)]))
        self._run_cron("backorder_atp.ir_cron_process_retries")
        self.assertEqual(self.order.order_line.allocated_qty, 3)

    def test_conflict_of_a_company_does_not_stop_others(self):
        """D8: the work continues with the next company."""
        companies = self.company | self.env["res.company"].create({"name": "Other"})
        done = []

        def work(company):
            if company == self.company:
                raise SerializationFailure()
            done.append(company)

        self.env.cr.flush()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            companies.with_env(self.env(cr=cr))._work_off("escalation", work)
        self.assertEqual(done, [companies - self.company])
