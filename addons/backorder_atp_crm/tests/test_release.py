# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.fields import Command
from odoo.tests import tagged

from .common import OpportunityCommon


@tagged("post_install", "-at_install")
class TestRelease(OpportunityCommon):
    """E4: stock is released when it can no longer be reserved."""

    def _expire(self):
        with self.enter_registry_test_mode():
            self.env.ref(
                "backorder_atp_reservation.ir_cron_expire_soft_reservations"
            ).method_direct_trigger()
        self.env.invalidate_all()

    def test_unlikely_releases(self):
        """E4: below the minimum probability stock is released, logged and notified."""
        reservation = self._allocate()
        self._as("sales", self.lead).probability = 30
        self.assertEqual(reservation.state, "active")
        self._as("manager", self.lead).sudo().probability = 29
        self.assertEqual(reservation.state, "released")
        self.assertEqual(self._get(self.protected), 10)
        event = self._get_events("reservation:released", product_id=self.protected)
        self.assertIn("fallen to 29%", event.reason)
        message = self.lead.message_ids[0]
        self.assertIn("fallen to 29%", message.body)
        self.assertIn(self.users["sales"].partner_id, message.notified_partner_ids)
        self.assertEqual(self.lead.allocation_state, "released")
        self.assertIn("fallen to 29%", self.lead.stock_end_reason)

    def test_likely_again_is_offered(self):
        """E4: when it is likely again, reserving is offered, not done."""
        self._allocate()
        self.lead.probability = 10
        self.assertFalse(self.lead.is_allocation_offered)
        self.lead.probability = 80
        self.assertTrue(self.lead.is_allocation_offered)
        self.assertEqual(self.lead.allocation_state, "released")
        self._allocate()
        self.assertEqual(self.lead.allocation_state, "allocated")

    def test_backordered_order_gets_released_stock(self):
        """C2, E4: released stock is allocated to the queue."""
        self._allocate()
        self._confirm((self.protected, 6))
        self.protected.allow_backorder = "yes"
        backordered = self._confirm((self.protected, 2))
        self.assertEqual(backordered.backorder_state, "backordered")
        self.lead.probability = 5
        self._run_retries()
        self.assertEqual(backordered.backorder_state, "allocated")

    def test_score_or_setting_releases(self):
        """E4: what no user changed is seen by the scheduled action."""
        reservation = self._allocate()
        self.company.opportunity_min_probability = 60
        self._expire()
        self.assertEqual(reservation.state, "released")
        self.assertEqual(self._get(self.protected), 10)
        self.company.opportunity_min_probability = 0
        self.assertTrue(self._allocate())
        self.lead.probability = 0
        self._expire()
        self.assertEqual(self.lead.allocation_state, "allocated")

    def test_back_to_an_earlier_stage(self):
        """E4: a stage without reservations releases at any probability."""
        early = self._create_stage("Early", stock_allocation="never")
        reservation = self._allocate()
        self.lead.write({"stage_id": early.id, "probability": 90})
        self.assertEqual(
            (reservation.state, reservation.release_reason),
            ("released", "No stock is reserved in its stage"),
        )
        self.lead.stage_id = self.stage
        self.assertTrue(self.lead.is_allocation_offered)

    def test_release_by_an_operator_is_notified(self):
        """E4: the salesperson is notified of the user and the reason."""
        reservation = self._allocate()
        self._as("operator", reservation).action_release("Needed for a recall")
        message = self.lead.message_ids[0]
        self.assertIn("Needed for a recall", message.body)
        self.assertEqual(message.author_id, self.users["operator"].partner_id)

    def test_new_salesperson_elsewhere(self):
        """A6, E4: another salesperson takes no stock along to another warehouse."""
        reservation = self._allocate()
        second = self._create_warehouse("Second", "WH2")
        self.users["finance"].with_company(
            self.company
        ).sudo().property_warehouse_id = second
        self.lead.user_id = self.users["finance"]
        self.assertEqual(self.lead.line_ids.warehouse_id, self.warehouse)
        self.assertEqual(reservation.state, "active")

    def test_made_to_order_needs_no_reservation(self):
        """E4: make-to-order products are not reserved and not short."""
        bought = self._create_bought_to_order()
        lead = self._create_lead((bought, 5), (self.protected, 2))
        reservation = self._allocate(lead)
        self.assertEqual(reservation.product_id, self.protected)
        self.assertEqual(lead.allocation_state, "allocated")

    def test_price_by_quantity(self):
        """E4: the pricelist's price for so many, unless another one is entered."""
        self.env.ref("base.group_user").implied_ids = [
            Command.link(self.env.ref("product.group_product_pricelist").id)
        ]
        self.customer.property_product_pricelist = self.env["product.pricelist"].create(
            {
                "name": "Many",
                "item_ids": [
                    Command.create(
                        {
                            "compute_price": "percentage",
                            "percent_price": 20,
                            "min_quantity": 10,
                        }
                    )
                ],
            }
        )
        lead = self._create_lead((self.protected, 4))
        self.assertEqual(lead.line_ids.price_unit, 50)
        lead.line_ids.quantity = 10
        self.assertEqual(lead.line_ids.price_unit, 40)
        lead.line_ids.price_unit = 45
        lead.line_ids.quantity = 12
        self.assertEqual(lead.line_ids.price_unit, 45)
