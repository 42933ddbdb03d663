# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, new_test_user, tagged

from odoo.addons.backorder_atp.exceptions import OrderValidationError

from .common import OpportunityCommon


@tagged("post_install", "-at_install")
class TestAllocation(OpportunityCommon):
    """E4: stock is reserved for opportunities, all or nothing."""

    def test_allocated(self):
        """E4: reserved stock is not promised to others, and logged."""
        reservation = self._allocate()
        self.assertEqual(
            (reservation.quantity, reservation.partner_id), (4, self.customer)
        )
        self.assertEqual(self._get(self.protected), 6)
        self.assertEqual(self.lead.allocation_state, "allocated")
        self.assertEqual(self.lead.allocated_value, 200)
        self.assertEqual(self.lead.line_ids.soft_reserved_qty, 4)
        event = self._get_events("opportunity:allocated")
        self.assertEqual(event.user_id, self.users["sales"])
        self.assertEqual(event.payload["opportunity"], "Big Deal")
        self.assertEqual(event.payload["lines"][0]["requested"], 4)
        self.assertIn("Stock reserved", self.lead.message_ids[0].body)

    def test_all_or_nothing(self):
        """E4: a shortage names each line: requested, available, short."""
        self._set_stock(self.backorderable, 2)
        lead = self._create_lead((self.protected, 4), (self.backorderable, 5))
        with self.assertRaises(OrderValidationError) as caught:
            self._allocate(lead)
        message = str(caught.exception)
        self.assertIn(
            "Protected in Promise Keepers: requested 4.0, available 10.0, short 0.0",
            message.replace("[PRO-1] ", ""),
        )
        self.assertIn("Backorderable", message)
        self.assertIn("requested 5.0, available 2.0, short 3.0", message)
        self.assertFalse(lead.soft_reservation_ids)
        self.assertEqual(self._get(self.protected), 10)

    def test_lines_of_one_product_are_summed(self):
        """E4: twice six is more than ten."""
        lead = self._create_lead((self.protected, 6), (self.protected, 6))
        with self.assertRaisesRegex(OrderValidationError, "requested 12.0"):
            self._allocate(lead)
        self.assertEqual(lead.line_ids.mapped("is_short"), [False, True])

    def test_probability(self):
        """E4: thirty percent at least; the company may say otherwise."""
        for probability, least, allowed in (
            (29.9, 30, False),
            (30, 30, True),
            (30, 60, False),
            (10, 5, True),
        ):
            self.company.opportunity_min_probability = least
            lead = self._create_lead((self.protected, 1), probability=probability)
            if allowed:
                self.assertTrue(self._allocate(lead))
            else:
                with self.assertRaisesRegex(UserError, f"from {least}%"):
                    self._allocate(lead)

    def test_lost_and_won(self):
        """E4: neither a lost nor a won opportunity allocates, nor does a lead."""
        self.lead.action_set_lost()
        with self.assertRaisesRegex(UserError, "is lost"):
            self._allocate()
        self.lead.action_restore()
        self.lead.probability = 50
        self.assertTrue(self._allocate())
        won = self._create_lead((self.protected, 1))
        won.action_set_won()
        with self.assertRaisesRegex(UserError, "is won"):
            self._allocate(won)
        lead = self._create_lead((self.protected, 1), type="lead")
        with self.assertRaisesRegex(UserError, "is a lead"):
            self._allocate(lead)

    def test_nothing_to_reserve(self):
        """E4: without goods from stock, or without a warehouse, nothing is reserved."""
        service = self.env["product.product"].create({"name": "S", "type": "service"})
        with self.assertRaisesRegex(UserError, "no storable products"):
            self._allocate(self._create_lead((service, 1)))
        self._create_warehouse("Second", "WH2")
        lead = self._create_lead((self.protected, 1))
        self.assertFalse(lead.line_ids.warehouse_id)
        with self.assertRaisesRegex(UserError, "Choose a warehouse"):
            self._allocate(lead)

    def test_warehouse_of_the_team(self):
        """A6, E4: the sales team's warehouse is proposed."""
        second = self._create_warehouse("Second", "WH2")
        team = self.env["crm.team"].create(
            {
                "name": "Team",
                "company_id": self.company.id,
                "warehouse_id": second.id,
                "member_ids": [Command.link(self.users["sales"].id)],
            }
        )
        lead = self._create_lead((self.protected, 1), team_id=team.id)
        self.assertEqual(lead.line_ids.warehouse_id, second)

    def test_only_what_is_missing_is_added(self):
        """E4, E9: nothing changes the second time; a higher quantity reserves more."""
        self._allocate()
        self._allocate()
        self.assertEqual(len(self.lead.soft_reservation_ids), 1)
        self.lead.line_ids.quantity = 9
        self.assertEqual(self.lead.allocation_state, "partial")
        self._allocate()
        self.assertEqual(self.lead.soft_reservation_ids.mapped("quantity"), [4, 5])
        self.assertEqual(self._get(self.protected), 1)

    def test_requesting_less_gives_back(self):
        """E4: soft reservations follow lower quantities."""
        self._allocate()
        self.lead.line_ids.quantity = 1
        self.assertEqual(self._get(self.protected), 9)
        self.assertEqual(self.lead.allocation_state, "allocated")
        self.assertEqual(self._get_events("reservation:released").quantity, 3)
        self.lead.line_ids.unlink()
        self.assertEqual(self._get(self.protected), 10)
        self.assertEqual(self.lead.soft_reservation_ids.state, "released")

    def test_units(self):
        """E4: a dozen is twelve."""
        dozen = self.env.ref("uom.product_uom_dozen")
        self.protected.uom_ids = [Command.link(dozen.id)]
        self._set_stock(self.protected, 24)
        lead = self._create_lead((self.protected, 1))
        lead.line_ids.product_uom_id = dozen
        self.assertEqual(lead.line_ids.available_qty, 2)
        self.assertEqual(lead.line_ids.price_unit, 600)
        self.assertEqual(self._allocate(lead).quantity, 12)
        self.assertEqual(lead.allocated_value, 600)
        self.env.flush_all()
        report = self.env["crm.lead.allocation.report"].search(
            [("lead_id", "=", lead.id)]
        )
        self.assertEqual((report.quantity, report.value), (12, 600))

    def test_expiry_is_the_expected_closing(self):
        """E4: reserved until the closing, never longer than the company allows."""
        day = fields.Date.today() + timedelta(days=2)
        self.lead.date_deadline = day
        self.assertEqual(self._allocate().expiry_date.date(), day)
        far = self._create_lead(
            (self.protected, 1), date_deadline=fields.Date.today() + timedelta(days=90)
        )
        self.company.opportunity_reservation_duration = 48
        limit = fields.Datetime.now() + timedelta(hours=48, minutes=1)
        self.assertLessEqual(self._allocate(far).expiry_date, limit)
        with self.assertRaises(ValidationError):
            self.company.opportunity_reservation_duration = 0

    def test_transaction_that_waited_long_reserves_as_long(self):
        """E4: the duration counts from now, not from the start of the transaction."""
        self.company.opportunity_reservation_duration = (
            self.company.soft_reservation_max_duration
        )
        self.env.cr.now()
        with freeze_time(fields.Datetime.now() + timedelta(minutes=9)):
            self.assertEqual(self._allocate().state, "active")

    def test_expired_shows(self):
        """E4: the expiry shows on the opportunity and in its chatter."""
        reservation = self._allocate()
        reservation.sudo().expiry_date = fields.Datetime.now() - timedelta(minutes=1)
        self.lead.invalidate_recordset()
        self.assertEqual(self.lead.allocation_state, "expired")
        self.assertEqual(self._get(self.protected), 10)
        with self.enter_registry_test_mode():
            self.env.ref(
                "backorder_atp_reservation.ir_cron_expire_soft_reservations"
            ).method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(self.lead.allocation_state, "expired")
        self.assertIn("released (expired)", self.lead.message_ids[0].body)
        self.assertTrue(self.lead.can_allocate_stock)
        self._allocate()
        self.assertEqual(self.lead.allocation_state, "allocated")

    def test_lost_releases(self):
        """E4: a lost opportunity releases its stock immediately."""
        self._allocate()
        self._as("sales", self.lead).action_set_lost()
        self.assertEqual(self._get(self.protected), 10)
        reservation = self.lead.soft_reservation_ids
        self.assertEqual(
            (reservation.state, reservation.release_reason),
            ("released", "The opportunity is lost"),
        )

    def test_archived_and_deleted_release(self):
        """E4: nothing is reserved for archived and deleted opportunities."""
        self._allocate()
        self.lead.active = False
        self.assertEqual(self._get(self.protected), 10)
        other = self._create_lead((self.protected, 2))
        reservation = self._allocate(other)
        other.unlink()
        self.assertEqual(reservation.state, "released")

    def test_released_by_hand(self):
        """E4: the salesperson says why."""
        self._allocate()
        action = self._as("sales", self.lead).action_open_release_stock()
        with self._open_wizard(action) as form:
            form.reason = "Too early"
        form.save().with_user(self.users["sales"]).action_release()
        self.assertEqual(self.lead.soft_reservation_ids.release_reason, "Too early")
        self.assertEqual(self.lead.allocation_state, "released")
        with self.assertRaisesRegex(UserError, "no soft reservation anymore"):
            self._as("sales", self.lead).action_release_stock("Again")

    def test_stage_reserves_none(self):
        """E4: in some stages no stock is reserved; reaching them releases."""
        early = self._create_stage("Early", stock_allocation="never")
        lead = self._create_lead((self.protected, 1), stage_id=early.id)
        with self.assertRaisesRegex(
            UserError, "No stock is reserved in the stage Early"
        ):
            self._allocate(lead)
        self._allocate()
        self.lead.stage_id = early
        self.assertEqual(self.lead.soft_reservation_ids.state, "released")

    def test_stage_allocates(self):
        """E4: some stages reserve stock automatically, or post why not."""
        hot = self._create_stage("Hot", stock_allocation="automatic")
        lead = self._create_lead((self.protected, 4))
        self._as("sales", lead).write({"stage_id": hot.id, "probability": 60})
        self.assertEqual(lead.allocation_state, "allocated")
        big = self._create_lead((self.protected, 40))
        self._as("sales", big).write({"stage_id": hot.id, "probability": 60})
        self.assertEqual(big.stage_id, hot)
        self.assertFalse(big.soft_reservation_ids)
        self.assertIn("short 34.0", "".join(big.message_ids.mapped("body")))

    def test_merged(self):
        """E4: the remaining opportunity has the products and soft reservations."""
        other = self._create_lead((self.protected, 2))
        self._allocate()
        self._allocate(other)
        merged = (self.lead | other).merge_opportunity(auto_unlink=True)
        self.assertEqual(sum(merged.line_ids.mapped("quantity")), 6)
        self.assertEqual(merged.allocation_state, "allocated")
        self.assertEqual(self._get(self.protected), 4)

    def test_report(self):
        """E4: by stage and by product, with the total allocated value."""
        self._set_stock(self.backorderable, 10)
        self.backorderable.list_price = 7
        hot = self._create_stage("Hot")
        other = self._create_lead(
            (self.protected, 1), (self.backorderable, 10), stage_id=hot.id
        )
        self._allocate()
        self._allocate(other)
        self._create_lead((self.protected, 1))
        self.env.flush_all()
        report = self._as("sales", self.env["crm.lead"]).get_allocation_report()
        self.assertEqual(report["totalOpportunities"], 2)
        self.assertEqual(report["totalAllocatedValue"], 320)
        self.assertEqual(
            {
                row["stage"]: (row["opportunities"], row["value"])
                for row in report["opportunitiesByStage"]
            },
            {"Talking": (1, 200), "Hot": (1, 120)},
        )
        self.assertEqual(
            {
                row["product"]: (row["quantity"], row["value"])
                for row in report["inventoryAllocationBySku"]
            },
            {"[PRO-1] Protected": (5, 250), "Backorderable": (10, 70)},
        )

    def test_form(self):
        """E4: products are entered on the opportunity, priced for the customer."""
        self.env.ref("base.group_user").implied_ids = [
            Command.link(self.env.ref("product.group_product_pricelist").id)
        ]
        self.customer.property_product_pricelist = self.env["product.pricelist"].create(
            {
                "name": "Half",
                "item_ids": [
                    Command.create({"compute_price": "percentage", "percent_price": 50})
                ],
            }
        )
        with Form(self._as("sales", self._create_lead())) as form:
            with form.line_ids.new() as line:
                line.product_id = self.protected
                line.quantity = 3
                self.assertEqual(line.available_qty, 10)
        lead = form.record
        self.assertEqual(lead.line_ids.price_unit, 25)
        self.assertEqual(lead.line_total, 75)

    def test_roles(self):
        """E4: salespeople reserve and release for their own opportunities only."""
        for role in ("viewer", "operator", "manager", "finance"):
            with self.assertRaises(AccessError):
                self._as(role, self.lead).action_allocate_stock()
        seller = new_test_user(
            self.env,
            "seller_only",
            groups="sales_team.group_sale_salesman",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        self._allocate()
        with self.assertRaises(AccessError):
            self.lead.with_user(seller).action_allocate_stock()
        with self.assertRaises(AccessError):
            self.lead.line_ids.with_user(seller).quantity = 9
        with self.assertRaises(AccessError):
            self.lead.with_user(seller).action_release_stock("Mine now")
        self.env.flush_all()
        report = self.env["crm.lead.allocation.report"]
        domain = [("lead_name", "=", self.lead.name)]
        self.assertFalse(report.with_user(seller).search(domain))
        for role in ("viewer", "operator", "manager", "finance", "sales"):
            self.assertEqual(self._as(role, report).search(domain).quantity, 4)
        reservations = self._as("operator", self.lead.soft_reservation_ids)
        reservations.action_release("Needed elsewhere")
        self.assertEqual(self.lead.soft_reservation_ids.state, "released")

    def test_companies(self):
        """E4: each company has its warehouses, limits and report."""
        other = self.env["res.company"].create({"name": "Other"})
        self.env.user.company_ids = [Command.link(other.id)]
        theirs = self.env["stock.warehouse"].search([("company_id", "=", other.id)])
        with self.assertRaisesRegex(UserError, "company"):
            self.lead.line_ids.warehouse_id = theirs
            self.env.flush_all()
        self._allocate()
        self.env.flush_all()
        report = (
            self.env["crm.lead"]
            .with_context(allowed_company_ids=other.ids)
            .get_allocation_report()
        )
        self.assertEqual(report["totalOpportunities"], 0)
        shared = self._create_lead((self.protected, 1), company_id=False)
        self.assertEqual(shared.line_ids.company_id, self.company)

    def test_dark_phase(self):
        """E4, B9: stock can be reserved in every phase without affecting others."""
        self.company.promise_phase = "dark"
        self._allocate()
        order = self._confirm((self.protected, 10))
        self.assertEqual(order.state, "sale")
