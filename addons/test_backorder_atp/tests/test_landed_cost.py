# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.common import BackorderCommon


@tagged("post_install", "-at_install")
class TestLandedCost(BackorderCommon):
    def test_landed_costs_do_not_change_stock(self):
        """B1: additional costs do not change the available quantity."""
        self.protected.categ_id = self.env["product.category"].create(
            {"name": "By Average", "property_cost_method": "average"}
        )
        journal = self.env["account.journal"].create(
            {"name": "Costs", "code": "COST", "type": "general"}
        )
        for phase in ("dark", "soft", "hard"):
            self.company.promise_phase = phase
            receipt = self._receive(self.protected, 5)
            before = self._get(self.protected)
            events = self.events.search_count([])
            freight = self.env["product.product"].create(
                {"name": "Freight", "type": "service", "landed_cost_ok": True}
            )
            cost = self.env["stock.landed.cost"].create(
                {
                    "picking_ids": [Command.set(receipt.ids)],
                    "company_id": self.company.id,
                    "account_journal_id": journal.id,
                    "cost_lines": [
                        Command.create(
                            {
                                "product_id": freight.id,
                                "price_unit": 10,
                                "split_method": "equal",
                            }
                        )
                    ],
                }
            )
            cost.compute_landed_cost()
            cost.button_validate()
            self.assertEqual(cost.state, "done")
            self.assertEqual(self._get(self.protected), before)
            self.assertEqual(self.events.search_count([]), events)
