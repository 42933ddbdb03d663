# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from .demand_common import DemandCommon


@tagged("post_install", "-at_install")
class TestDemandProperty(DemandCommon):
    def test_promises_states_and_availability_agree_with_a_ledger(self):
        """B1, B3, B8, C1: in random sequences of orders, changes, deliveries, returns,
        cancellations, splits and approvals, in two warehouses and two units."""
        self._run_machine(examples=10, steps=15)
