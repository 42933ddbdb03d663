# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.test_first_count import FirstCountMixin

from .test_backorder_run import RunCommon


@tagged("post_install", "-at_install")
class TestFirstCountRun(FirstCountMixin, RunCommon):
    def test_orders_that_need_it_are_distributed(self):
        """B3, C3: a run has no stock to allocate."""
        order = self._confirm((self.counted, 2))
        run = self._create_run((self._of(order), "win"))
        run.action_simulate()
        self.assertEqual(self._get_line(run, order).new_reserved, 0)
