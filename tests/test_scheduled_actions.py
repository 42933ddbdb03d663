# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from .common import BackorderCommon

OWN = "odoo.addons.backorder_atp"


@tagged("post_install", "-at_install")
class TestScheduledActions(BackorderCommon):
    """Each scheduled action as the scheduler runs it, with its commits."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.email = "patient@example.com"
        cls.company.write(
            {
                "customer_message_delayed": "send",
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

    def test_each_works_while_orders_wait(self):
        """C2, C9, D8, E8: none of them stumbles, and each says so in the log if so."""
        crons = self.env["ir.model.data"].search(
            [("module", "=", "backorder_atp"), ("model", "=", "ir.cron")]
        )
        self.assertGreater(len(crons), 10)
        for cron in crons:
            with self.subTest(cron.name), self.assertNoLogs(OWN, "WARNING"):
                self._run_cron(cron.complete_name)
        self.assertEqual(self.order.order_line.allocated_qty, 2)
        self.assertFalse(self.env["backorder.check"].search([]))
        self.assertFalse(self.env["backorder.promise.check"].search([]))
        self.assertFalse(
            self.env["backorder.customer.message"].search([("state", "=", "pending")])
        )
