# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from odoo.addons.backorder_atp.exceptions import (
    InsufficientStockError,
    OrderValidationError,
)
from odoo.addons.backorder_atp.tests.common import SIGNATURE, BackorderCommon


@tagged("post_install", "-at_install")
class TestHold(BackorderCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.holds = cls.env["stock.soft.reservation"]
        cls.rival = cls.env["res.partner"].create({"name": "Rival Customer"})
        cls._set_stock(cls.protected, 10)

    # ------------------------------------------------------------------
    # Making and looking
    # ------------------------------------------------------------------

    @classmethod
    def _hold(cls, quantity, **values):
        """Hold for the customer, unless the values say for whom."""
        return cls.holds.create(
            {
                "product_id": cls.protected.id,
                "warehouse_id": cls.warehouse.id,
                "quantity": quantity,
                "partner_id": cls.customer.id,
                **values,
            }
        )

    @classmethod
    def _hold_for(cls, order, quantity, **values):
        return cls._hold(quantity, order_id=order.id, **values)

    def _let_expire(self, hold, ago="1 second"):
        """Let the time of the hold come, as if nobody had looked since.

        Time stands still within a transaction, so the hold moves instead.
        """
        hold.flush_recordset()
        self.env.cr.execute(
            "UPDATE stock_soft_reservation SET expiry_date = (now() AT TIME ZONE 'UTC')"
            " - %s::interval WHERE id = %s",
            [ago, hold.id],
        )
        hold.invalidate_recordset()

    def _create_rival_order(self, quantity):
        return self._create_order((self.protected, quantity), partner_id=self.rival.id)

    def _confirm_short(self, quantity):
        """Confirm a rival's order that waits: backorders were allowed for a moment."""
        self.protected.allow_backorder = "yes"
        order = self._create_rival_order(quantity)
        order.action_confirm()
        self.protected.allow_backorder = "inherit"
        return order

    def _get_reserved(self, order):
        return sum(order.picking_ids.move_ids.mapped("quantity"))

    def _create_delivery(self, quantity, source=None, destination=None, **values):
        return self._create_picking(
            values.pop("picking_type", self.warehouse.out_type_id),
            source or self.stock,
            destination or self.env.ref("stock.stock_location_customers"),
            (self.protected, quantity),
            **values,
        )

    # ------------------------------------------------------------------
    # Counted
    # ------------------------------------------------------------------

    def test_hold_lowers_what_others_can_be_promised(self):
        """E5: availability names what is held, and promises the rest."""
        self._hold(4)
        self.assertEqual(self._get(self.protected, "held"), 4)
        self.assertEqual(self._get(self.protected), 6)
        self.assertEqual(self._get(self.protected, "on_hand"), 10)
        self.assertEqual(self._get(self.protected, "effective"), 10)
        self.assertEqual(self.protected.held_qty, 4)
        self.assertEqual(self.protected.product_tmpl_id.held_qty, 4)

    def test_figure_is_explained_by_its_holds(self):
        """E5, B17: what is held is a step of the explanation, with each hold."""
        order = self._create_order((self.protected, 2))
        general = self._hold(4, partner_id=self.rival.id)
        own = self._hold_for(order, 2)
        self._hold(1)
        [row] = self.availability.explain(self.protected.id, self.warehouse.ids)
        [step] = [figure for figure in row["figures"] if figure["name"] == "held"]
        self.assertEqual(step["quantity"], -7)
        labels = [document["label"] for document in step["documents"]]
        self.assertEqual(len(labels), 3)
        self.assertIn(own.name, labels)
        action = self.availability.get_figure_action(
            "held", self.protected.id, self.warehouse.id, order.id
        )
        self.assertEqual(
            self.env[action["res_model"]].search(action["domain"]), general
        )

    def test_hold_counts_until_its_time_comes_though_no_cron_ran(self):
        """E5: to the minute; nothing has to run for the stock to be free again."""
        hold = self._hold(4)
        self._let_expire(hold, ago="-1 second")
        self.assertEqual(self._get(self.protected), 6)
        self._let_expire(hold, ago="0 seconds")
        self.assertEqual(self._get(self.protected), 10)
        self.assertEqual(hold.state, "active")
        self._create_rival_order(10).action_confirm()

    def test_nothing_is_held_beyond_what_can_be_promised(self):
        """E5: the refusal names the product, what is asked for and what there is."""
        self._confirm((self.protected, 3))
        self._hold(4)
        with self.assertRaisesRegex(
            OrderValidationError, r"Protected: asked for 4\.0, available 3\.0"
        ):
            self._hold(4)
        self._hold(3)

    def test_holds_made_together_are_summed(self):
        """E5: two lines of one request do not both get the last units."""
        values = {
            "product_id": self.protected.id,
            "warehouse_id": self.warehouse.id,
            "quantity": 6,
            "partner_id": self.customer.id,
        }
        with self.assertRaisesRegex(OrderValidationError, r"asked for 12\.0"):
            self.holds.create([values, values])
        self.assertFalse(self.holds.search([("product_id", "=", self.protected.id)]))

    def test_backorders_allowed_are_no_reason_to_hold_what_is_not_there(self):
        """E5: a hold is of stock, whatever may be sold beyond it."""
        with self.assertRaisesRegex(OrderValidationError, "Backorderable"):
            self._hold(1, product_id=self.backorderable.id)

    def test_only_stock_is_held(self):
        """E5: a service cannot be held."""
        service = self.env["product.product"].create(
            {"name": "Advice", "type": "service"}
        )
        with self.assertRaisesRegex(ValidationError, "Advice is not kept in stock"):
            self._hold(1, product_id=service.id)

    def test_expiry_is_in_the_future_and_within_the_limit(self):
        """E5: the company says how long at most; it is never in the past."""
        self.company.soft_reservation_max_duration = 48
        now = fields.Datetime.now()
        with self.assertRaisesRegex(ValidationError, "ends in the future"):
            self._hold(1, expiry_date=now - timedelta(minutes=1))
        with self.assertRaisesRegex(ValidationError, "48 hours at most"):
            self._hold(1, expiry_date=now + timedelta(hours=49))
        hold = self._hold(1, expiry_date=now + timedelta(hours=47))
        with self.assertRaisesRegex(ValidationError, "48 hours at most"):
            hold.action_extend(now + timedelta(hours=50))
        with self.assertRaisesRegex(ValidationError, "more than 0 hours"):
            self.company.soft_reservation_duration = 0

    def test_default_duration_is_the_companys(self):
        """E5: a hold lasts as long as the company says, unless told otherwise."""
        self.company.soft_reservation_duration = 2
        hold = self._hold(1)
        left = hold.expiry_date - fields.Datetime.now()
        self.assertAlmostEqual(left.total_seconds() / 3600, 2, delta=0.02)

    # ------------------------------------------------------------------
    # Its owner's order, and others
    # ------------------------------------------------------------------

    def test_others_are_refused_and_the_owner_passes(self):
        """E5: what is held for one quotation is promised to no other."""
        own = self._create_order((self.protected, 8))
        self._hold_for(own, 8)
        with self.assertRaisesRegex(OrderValidationError, r"available 2\.0"):
            self._create_rival_order(3).action_confirm()
        own.action_confirm()
        self.assertEqual(own.state, "sale")
        self.assertEqual(own.backorder_state, "allocated")

    def test_line_shows_what_is_available_to_its_own_quotation(self):
        """E5: the own hold is not subtracted from what the line shows."""
        own = self._create_order((self.protected, 8))
        other = self._create_rival_order(1)
        self._hold_for(own, 8)
        self.assertEqual(own.order_line.promise_available_qty, 10)
        self.assertEqual(other.order_line.promise_available_qty, 2)

    def test_confirmed_order_consumes_its_hold(self):
        """E5: the commitment replaces the hold, so that nothing else changes."""
        own = self._create_order((self.protected, 8))
        hold = self._hold_for(own, 8)
        before = self._get(self.protected)
        own.action_confirm()
        self.assertEqual(self._get(self.protected), before)
        self.assertEqual(
            (hold.state, hold.consumed_quantity, hold.remaining_quantity),
            ("consumed", 8, 0),
        )
        [event] = self._get_events("hold:consumed", order_id=own)
        self.assertEqual((event.quantity, event.product_id), (8, self.protected))

    def test_what_the_order_does_not_need_is_released(self):
        """E5: an order confirmed for less lets the rest go."""
        own = self._create_order((self.protected, 3))
        hold = self._hold_for(own, 8)
        own.action_confirm()
        self.assertEqual((hold.state, hold.consumed_quantity), ("released", 3))
        self.assertEqual(self._get(self.protected), 7)
        [event] = self._get_events("hold:released", order_id=own)
        self.assertEqual(event.quantity, 5)

    def test_order_written_as_confirmed_consumes_its_hold(self):
        """E5: an import that writes the status is served like any other."""
        own = self._create_order((self.protected, 8))
        hold = self._hold_for(own, 8)
        own.write({"state": "sale"})
        self.assertEqual(hold.state, "consumed")
        self.assertEqual(self._get_reserved(own), 8)

    def test_hold_of_a_customer_is_for_his_next_order(self):
        """E5: his orders neither compete with it nor are blocked; they consume it."""
        hold = self._hold(8)
        contact = self.env["res.partner"].create(
            {"name": "His Buyer", "parent_id": self.customer.id}
        )
        with self.assertRaisesRegex(OrderValidationError, r"available 2\.0"):
            self._create_rival_order(5).action_confirm()
        first = self._confirm((self.protected, 5), partner_id=contact.id)
        self.assertEqual(first.backorder_state, "allocated")
        self.assertEqual((hold.state, hold.remaining_quantity), ("active", 3))
        self.assertEqual(self._get(self.protected), 2)
        self._confirm((self.protected, 5))
        self.assertEqual((hold.state, hold.remaining_quantity), ("consumed", 0))
        self.assertEqual(self._get(self.protected), 0)

    def test_own_hold_is_consumed_before_the_customers(self):
        """E5: what is held for the quotation goes first."""
        general = self._hold(2)
        own = self._create_order((self.protected, 5))
        special = self._hold_for(own, 4)
        own.action_confirm()
        self.assertEqual(special.state, "consumed")
        self.assertEqual(general.remaining_quantity, 1)

    def test_confirmed_order_grows_into_the_hold_of_its_customer(self):
        """E5: what he asks for in addition consumes what is held for him."""
        order = self._confirm((self.protected, 2))
        hold = self._hold(8)
        order.order_line.product_uom_qty = 6
        self.assertEqual(hold.remaining_quantity, 4)
        self.assertEqual(self._get_reserved(order), 6)
        self.assertEqual(self._get(self.protected), 0)

    def test_increase_that_waits_for_approval_keeps_the_hold(self):
        """E5, B4: the hold is consumed with the decision, not with the question."""
        self.company.shortage_policy = "pending"
        order = self._confirm((self.protected, 2))
        hold = self._hold(5)
        order.order_line.product_uom_qty = 12
        self.assertEqual(order.order_line.product_uom_qty, 2)
        self.assertEqual(hold.remaining_quantity, 5)
        self._as("manager", order.override_ids).action_approve("worth it")
        self.assertEqual(order.order_line.product_uom_qty, 12)
        self.assertEqual(hold.state, "consumed")

    def test_owner_is_served_though_others_wait(self):
        """E5: orders let in as backorders do not eat up what is held."""
        own = self._create_order((self.protected, 8))
        self._hold_for(own, 8)
        general = self._hold(2)
        order = self._confirm_short(1)
        self.assertEqual(own.order_line.promise_available_qty, 10)
        own.order_line.product_uom_qty = 12
        with self.assertRaisesRegex(OrderValidationError, r"available 10\.0"):
            own.action_confirm()
        own.order_line.product_uom_qty = 8
        own.action_confirm()
        self.assertEqual(self._get_reserved(own), 8)
        own.order_line.product_uom_qty = 10
        self.assertEqual(general.state, "consumed")
        self.assertEqual(self._get_reserved(own), 10)
        self.assertEqual(self._get_reserved(order), 0)

    def test_lost_stock_is_not_promised_to_the_owner(self):
        """E5: a hold of what is not there any more keeps nothing."""
        rival = self._create_rival_order(4)
        rival.action_confirm()
        own = self._create_order((self.protected, 6))
        self._hold_for(own, 6)
        self._set_stock(self.protected, 7)
        with self.assertRaisesRegex(OrderValidationError, r"available 3\.0"):
            own.action_confirm()

    def test_expired_hold_helps_its_owner_no_more(self):
        """E5: whoever comes too late competes like anybody."""
        own = self._create_order((self.protected, 8))
        hold = self._hold_for(own, 8)
        self._let_expire(hold)
        self._create_rival_order(10).action_confirm()
        with self.assertRaisesRegex(OrderValidationError, r"available 0\.0"):
            own.action_confirm()

    def test_cancelled_quotation_releases_its_hold(self):
        """E5: nobody needs it any more."""
        own = self._create_order((self.protected, 8))
        hold = self._hold_for(own, 8)
        own.action_cancel()
        self.assertEqual(hold.state, "released")
        self.assertEqual(self._get(self.protected), 10)

    def test_deleted_quotation_releases_its_hold(self):
        """E5: what is left of it is the record of the hold."""
        own = self._create_order((self.protected, 8))
        hold = self._hold_for(own, 8)
        own.unlink()
        self.assertEqual(hold.state, "released")
        self.assertEqual(self._get(self.protected), 10)

    def test_changed_quotation_leaves_its_hold(self):
        """E5: typing on a quotation holds nothing and lets nothing go."""
        own = self._create_order((self.protected, 4))
        hold = self._hold_for(own, 4)
        own.order_line.product_uom_qty = 9
        own.order_line.create({"order_id": own.id, "product_id": self.backorderable.id})
        self.assertEqual((hold.state, hold.remaining_quantity), ("active", 4))

    def test_quotation_that_waits_for_approval_counts_once(self):
        """E5: it commits all it asks for, its hold is no further demand."""
        self.company.shortage_policy = "pending"
        own = self._create_order((self.protected, 12))
        hold = self._hold_for(own, 8)
        own.action_confirm()
        self.assertTrue(own.requires_inventory_override)
        self.assertEqual(self._get(self.protected), -2)
        self._as("manager", own.override_ids).action_reject("too much")
        self.assertEqual(self._get(self.protected), 2)
        self.assertEqual(hold.state, "active")

    def test_signed_order_keeps_its_hold_until_its_delivery_is_let_out(self):
        """E5: while somebody decides, nobody else is served from it."""
        own = self._create_order((self.protected, 12))
        hold = self._hold_for(own, 8)
        waiting = self._confirm_short(5)
        self.assertEqual(self._get_reserved(waiting), 2)
        own.sudo().signature = SIGNATURE
        own.action_confirm()
        self.assertEqual((own.state, hold.state), ("sale", "active"))
        waiting.picking_ids.action_assign()
        self.assertEqual(self._get_reserved(waiting), 2)
        self._as("manager", own.override_ids).action_approve("worth it")
        self.assertEqual(hold.state, "consumed")
        self.assertEqual(self._get_reserved(own), 8)

    # ------------------------------------------------------------------
    # Never reserved for anybody else
    # ------------------------------------------------------------------

    def test_delivery_reserves_what_is_not_held(self):
        """E5: a delivery without an order gets the rest."""
        self._hold(6)
        delivery = self._create_delivery(10)
        delivery.action_assign()
        self.assertEqual(delivery.move_ids.quantity, 4)

    def test_transfer_to_another_warehouse_reserves_what_is_not_held(self):
        """E5: so does a transfer between warehouses."""
        self._hold(6)
        other = self._create_warehouse("Second", "SEC")
        transfer = self._create_delivery(
            10,
            destination=other.lot_stock_id,
            picking_type=self.warehouse.int_type_id,
        )
        transfer.action_assign()
        self.assertEqual(transfer.move_ids.quantity, 4)

    def test_held_stock_does_not_change_hands_with_the_order(self):
        """E5: an order that took what was held for its customer keeps the customer."""
        self._hold(6)
        order = self._confirm((self.protected, 6))
        other = self.env["res.partner"].create({"name": "Somebody Else"})
        with self.assertRaisesRegex(UserError, "held for its customer"):
            order.partner_id = other
        self.assertEqual(order.partner_id, self.customer)

    def test_consumption_by_production_reserves_what_is_not_held(self):
        """E5: so does whatever takes goods to production."""
        self._hold(6)
        production = self.env["stock.location"].search(
            [("usage", "=", "production"), ("company_id", "=", self.company.id)],
            limit=1,
        )
        taking = self._create_delivery(
            10, destination=production, picking_type=self.warehouse.int_type_id
        )
        taking.action_assign()
        self.assertEqual(taking.move_ids.quantity, 4)

    def test_picking_step_reserves_what_is_not_held(self):
        """E5: the first step of a delivery in two steps takes it already."""
        self.warehouse.delivery_steps = "pick_ship"
        self._hold(6)
        order = self._confirm_short(10)
        pick = order.picking_ids.filtered(
            lambda picking: picking.location_id == self.stock
        )
        self.assertEqual(pick.move_ids.quantity, 4)

    def test_transfer_within_the_warehouse_is_free(self):
        """E5: a hold is of the warehouse; goods that stay in it may be moved."""
        self._hold(8)
        transfer = self._create_delivery(
            10, destination=self.shelf, picking_type=self.warehouse.int_type_id
        )
        transfer.action_assign()
        self.assertEqual(transfer.move_ids.quantity, 10)
        rival = self._create_rival_order(2)
        rival.action_confirm()
        self._validate(transfer, 10)
        self._run_retries()
        self.assertEqual(self._get_reserved(rival), 2)
        self.assertEqual(self._get(self.protected, "held"), 8)

    def test_several_deliveries_share_what_is_not_held(self):
        """E5: reserved in one go, they get no more together than one would."""
        self._hold(6)
        deliveries = self.env["stock.picking"].union(
            *(self._create_delivery(3) for _ in range(3))
        )
        deliveries.move_ids._do_unreserve()
        deliveries.move_ids._action_assign()
        self.assertEqual(sum(deliveries.move_ids.mapped("quantity")), 4)

    def test_reservation_asks_once_for_many_moves(self):
        """E5: what holds leave is asked once for each product and warehouse."""
        self._hold(6)
        moves = self.env["stock.move"].union(
            *(self._create_delivery(1).move_ids for _ in range(4))
        )
        moves._do_unreserve()
        asked = []
        get_free = type(self.holds)._get_free
        self.patch(
            type(self.holds),
            "_get_free",
            lambda holds, *args: asked.append(args) or get_free(holds, *args),
        )
        moves._action_assign()
        self.assertEqual(len(asked), 1)

    def test_expired_hold_is_reserved_for_anybody(self):
        """E5: from that minute on, nobody has to have noticed."""
        self._let_expire(self._hold(6))
        delivery = self._create_delivery(10)
        self.assertEqual(delivery.move_ids.quantity, 10)

    def test_arriving_stock_serves_the_queue_and_leaves_the_hold(self):
        """E5, C2: what arrives goes to who waits; what is held stays held."""
        self._hold(10)
        waiting = self._confirm_short(5)
        self.assertEqual(self._get_reserved(waiting), 0)
        self._receive(self.protected, 3)
        self._run_retries()
        self.assertEqual(self._get_reserved(waiting), 3)
        own = self._confirm((self.protected, 10))
        self.assertEqual(self._get_reserved(own), 10)

    def test_owner_is_not_passed_by_who_waits(self):
        """E5, C3: his order is reserved at once, though others queue for stock."""
        own = self._create_order((self.protected, 10))
        self._hold_for(own, 10)
        waiting = self._confirm_short(5)
        self.checks._enqueue({(self.protected.id, self.warehouse.id): "test"})
        own.action_confirm()
        self._run_retries()
        self.assertEqual(self._get_reserved(own), 10)
        self.assertEqual(self._get_reserved(waiting), 0)

    def test_reserved_before_stays_reserved_when_stock_is_lost(self):
        """E5: who was promised first is not stopped by a hold made later."""
        rival = self._create_rival_order(4)
        rival.action_confirm()
        self._hold(6)
        self._set_stock(self.protected, 7)
        self._validate(rival.picking_ids, 4)
        self.assertEqual(rival.picking_ids.state, "done")

    def test_undue_demand_is_not_covered_by_what_is_held(self):
        """E5, C1: an order reserved by hand falls short when the rest is held."""
        self.warehouse.out_type_id.reservation_method = "manual"
        rival = self._create_rival_order(4)
        rival.action_confirm()
        self._hold(6)
        self.assertEqual(rival.order_line.backorder_qty, 0)
        self._set_stock(self.protected, 7)
        self._run_retries()
        self.assertEqual(rival.order_line.backorder_qty, 3)

    # ------------------------------------------------------------------
    # Taken by hand
    # ------------------------------------------------------------------

    def test_delivery_picked_by_hand_takes_nothing_that_is_held(self):
        """E5: the refusal names the hold, for whom it is and until when."""
        hold = self._hold(6)
        delivery = self._create_delivery(5)
        self.assertEqual(delivery.move_ids.quantity, 4)
        with self.assertRaisesRegex(
            InsufficientStockError,
            rf"Protected: 1\.0 Units too many from {self.warehouse.name};"
            rf" {hold.name}: 6\.0 for Patient Customer until",
        ):
            self._validate(delivery, 5)
        self._validate(delivery, 4)
        self.assertEqual(delivery.state, "done")
        self.assertEqual(self._get(self.protected, "pickable"), 6)

    def test_nothing_held_is_reserved_by_hand(self):
        """E5: already saving the quantity is refused, not only the delivery."""
        self._hold(6)
        delivery = self._create_delivery(5)
        with self.assertRaisesRegex(InsufficientStockError, "held for others"):
            delivery.move_ids.quantity = 5
        self.assertEqual(delivery.move_ids.quantity, 4)

    def test_waiting_order_is_not_delivered_from_what_is_held(self):
        """E5: its demand is promised, but not from this stock."""
        self._hold(10)
        waiting = self._confirm_short(5)
        with self.assertRaisesRegex(InsufficientStockError, "held for others"):
            self._validate(waiting.picking_ids, 5)

    def test_quantity_added_to_a_finished_delivery_takes_nothing_held(self):
        """E5: what is entered afterwards is judged alike."""
        delivery = self._create_delivery(2)
        self._validate(delivery, 2)
        self._hold(6)
        with self.assertRaisesRegex(InsufficientStockError, "held for others"):
            delivery.move_ids.move_line_ids.quantity = 5
        delivery.move_ids.move_line_ids.quantity = 4

    def test_lines_may_be_split_and_swapped(self):
        """E5: the sum counts, not the single line on the way to it."""
        self._force_stock(self.protected, 2, self.shelf)
        self._hold(6)
        delivery = self._create_delivery(6)
        move = delivery.move_ids
        line = move.move_line_ids[0]
        delivery.write(
            {
                "move_line_ids": [
                    Command.create(
                        {
                            "move_id": move.id,
                            "product_id": self.protected.id,
                            "location_id": self.stock.id,
                            "location_dest_id": move.location_dest_id.id,
                            "quantity": 2,
                        }
                    ),
                    Command.update(line.id, {"quantity": line.quantity - 2}),
                ]
            }
        )
        self.env.cr.flush()
        self.assertEqual(move.quantity, 6)

    def test_soft_phase_warns_and_dark_phase_records(self):
        """E5, B9: only the hard phase stops a delivery."""
        self._hold(6)
        for phase in ("soft", "dark"):
            self.company.promise_phase = phase
            delivery = self._create_delivery(1)
            self._validate(delivery, 1)
            self._validate(self._create_delivery(1), 1)
        with self.subTest("nothing was taken so far"):
            self.assertFalse(self._get_events("hold:taken"))
        for number, phase in enumerate(("soft", "dark"), 1):
            self.company.promise_phase = phase
            self._validate(self._create_delivery(2), 2)
            events = self._get_events("hold:taken", product_id=self.protected)
            self.assertEqual(len(events), number)
            self.assertEqual(events[0].quantity, 2)

    def test_facts_are_not_refused(self):
        """E5: what is counted down, scrapped or set apart is gone, held or not."""
        self._hold(10)
        self._set_stock(self.protected, 8)
        scrap = self.env["stock.scrap"].create(
            {
                "product_id": self.protected.id,
                "scrap_qty": 2,
                "location_id": self.stock.id,
            }
        )
        scrap.action_validate()
        self._validate(
            self._create_delivery(
                2,
                destination=self._create_quarantine(),
                picking_type=self.warehouse.int_type_id,
            ),
            2,
        )
        self.env.cr.flush()
        self.assertEqual(self._get(self.protected), -6)

    def test_reservations_and_holds_never_exceed_stock(self):
        """E5: whatever is tried in the hard phase, their sum stays within stock."""
        own = self._create_rival_order(3)
        steps = [
            lambda: self._hold(4),
            lambda: self._create_rival_order(4).action_confirm(),
            lambda: self._hold_for(own, 3),
            lambda: self._confirm_short(6),
            lambda: self._validate(self._create_delivery(3), 3),
            lambda: own.action_confirm(),
            lambda: self._create_delivery(9),
            lambda: self._receive(self.protected, 2),
            lambda: self._hold(2),
            lambda: self._confirm((self.protected, 4)),
            self._run_retries,
        ]
        outcomes = []
        for step in steps:
            try:
                with self.env.cr.savepoint():
                    step()
                outcomes.append(True)
            except UserError:
                outcomes.append(False)
            quants = self._get_quants(self.protected)
            reserved = sum(quants.mapped("reserved_quantity"))
            stock = sum(quants.mapped("quantity"))
            held = self._get(self.protected, "held")
            self.assertLessEqual(reserved + held, stock)
        self.assertEqual(
            outcomes,
            [True, True, False, True, False, False, True, True, False, True, True],
        )

    # ------------------------------------------------------------------
    # Ending
    # ------------------------------------------------------------------

    def test_release_serves_who_waits(self):
        """E5, C2: the stock goes to the queue, and the log says why."""
        hold = self._hold(10)
        waiting = self._confirm_short(5)
        hold.action_release("customer decided otherwise")
        self.assertEqual((hold.state, hold.remaining_quantity), ("released", 0))
        self._run_retries()
        self.assertEqual(self._get_reserved(waiting), 5)
        [event] = self._get_events("hold:released", product_id=self.protected)
        self.assertEqual(event.reason, "customer decided otherwise")
        allocated = self._get_events("order:allocated", order_id=waiting)
        self.assertIn(hold.name, allocated[0].trigger_source)

    def test_expiry_serves_who_waits(self):
        """E5, C2: the scheduled action marks what has expired, and wakes the queue."""
        hold = self._hold(10)
        other = self._hold(1, product_id=self._stock_other().id)
        waiting = self._confirm_short(5)
        self._let_expire(hold)
        due = self.holds._take_due()
        self.assertEqual(due, hold)
        due._settle("expired")
        self.assertEqual((hold.state, other.state), ("expired", "active"))
        self._run_retries()
        self.assertEqual(self._get_reserved(waiting), 5)
        [event] = self._get_events("hold:expired", product_id=self.protected)
        self.assertEqual(event.quantity, 10)
        self.assertFalse(self.holds._take_due())

    def _stock_other(self):
        self._set_stock(self.backorderable, 1)
        return self.backorderable

    def test_ended_hold_stays_as_it_is(self):
        """E5: it is neither released twice nor extended nor deleted while active."""
        hold = self._hold(2)
        with self.assertRaisesRegex(UserError, "Release the hold"):
            hold.unlink()
        hold.action_release("enough")
        later = fields.Datetime.now() + timedelta(hours=1)
        with self.assertRaisesRegex(UserError, "has ended already"):
            hold.action_release("again")
        with self.assertRaisesRegex(UserError, "has ended already"):
            hold.action_extend(later)
        with self.assertRaisesRegex(UserError, "Say why"):
            self._hold(2).action_release(" ")

    def test_hold_is_extended(self):
        """E5: its owner gives it more time, and the log knows."""
        hold = self._hold(2)
        later = fields.Datetime.now().replace(microsecond=0) + timedelta(hours=99)
        hold.action_extend(fields.Datetime.to_string(later))
        self.assertEqual(hold.expiry_date, later)
        [event] = self._get_events("hold:extended", product_id=self.protected)
        self.assertEqual(event.payload["hold"], hold.name)
        self.assertLess(event.payload["previouslyExpired"], event.payload["expires"])

    def test_extensions_add_up_to_the_longest_hold(self):
        """E5, C10: salespeople hold no longer by extending; an operator may."""
        self.company.write(
            {"soft_reservation_duration": 4, "soft_reservation_max_duration": 10}
        )
        hold = self._hold(2, user_id=self.users["sales"].id)
        self.env.cr.execute(
            "UPDATE stock_soft_reservation"
            " SET create_date = create_date - interval '8 hours' WHERE id = %s",
            [hold.id],
        )
        hold.invalidate_recordset()
        later = fields.Datetime.now() + timedelta(hours=5)
        with self.assertRaisesRegex(ValidationError, "held for 10 hours at most"):
            self._as("sales", hold).action_extend(later)
        self._as("operator", hold).action_extend(later)
        self.assertEqual(hold.expiry_date, later.replace(microsecond=0))

    def test_expired_hold_is_not_extended(self):
        """E5: somebody else may have the stock by now."""
        hold = self._hold(2)
        self._let_expire(hold)
        with self.assertRaisesRegex(UserError, "has expired"):
            hold.action_extend(fields.Datetime.now() + timedelta(hours=1))

    # ------------------------------------------------------------------
    # From the quotation
    # ------------------------------------------------------------------

    def test_salesman_holds_from_his_quotation(self):
        """E5: the wizard proposes what is missing, as far as there is any."""
        order = self._as(
            "sales",
            self._create_order((self.protected, 12), user_id=self.users["sales"].id),
        )
        self.assertTrue(order.can_reserve_stock)
        wizard = self._open_as("sales", order.action_open_soft_reservation())
        [line] = wizard.line_ids
        self.assertEqual(
            (line.missing_quantity, line.available_quantity, line.quantity),
            (12, 10, 10),
        )
        line.quantity = 7
        wizard.action_hold()
        hold = order.soft_reservation_ids
        self.assertEqual(
            (hold.quantity, hold.partner_id, hold.user_id),
            (7, self.customer, self.users["sales"]),
        )
        self.assertEqual(order.soft_reservation_count, 1)
        self.assertEqual(order.stock_held_until, hold.expiry_date)
        again = self._open_as("sales", order.action_open_soft_reservation())
        self.assertEqual(again.line_ids.missing_quantity, 5)
        self.assertEqual(again.line_ids.quantity, 3)
        action = order.action_release_soft_reservations()
        decision = Form.from_action(
            self._as("sales", self.env["res.users"]).env, action
        )
        decision.reason = "not any more"
        decision.save().action_release()
        self.assertEqual(hold.state, "released")
        self.assertEqual(order.soft_reservation_count, 0)

    def _open_as(self, role, action):
        return self._as(role, self.env[action["res_model"]]).browse(action["res_id"])

    def test_nothing_is_held_for_an_order_or_a_service(self):
        """E5: the button and the server agree on what a hold is for."""
        order = self._confirm((self.protected, 1))
        self.assertFalse(order.can_reserve_stock)
        with self.assertRaisesRegex(UserError, "nothing to hold"):
            order.action_open_soft_reservation()
        with self.assertRaisesRegex(ValidationError, "no quotation any more"):
            self._hold_for(order, 1)

    # ------------------------------------------------------------------
    # Who may
    # ------------------------------------------------------------------

    def test_who_may_hold(self):
        """E5, C10: salespeople and operators hold, viewers look."""
        for role in ("sales", "operator", "manager", "finance"):
            hold = self._as(role, self.holds).create(
                {
                    "product_id": self.protected.id,
                    "warehouse_id": self.warehouse.id,
                    "quantity": 1,
                    "partner_id": self.customer.id,
                }
            )
            self.assertEqual(hold.user_id, self.users[role], role)
        with self.assertRaises(AccessError):
            self._as("viewer", self.holds).create(
                {
                    "product_id": self.protected.id,
                    "warehouse_id": self.warehouse.id,
                    "quantity": 1,
                }
            )

    def test_who_may_release_and_extend(self):
        """E5, C10: salespeople their own, operators any, viewers none."""
        later = fields.Datetime.now() + timedelta(hours=30)
        hold = self._hold(1)
        for role in ("sales", "viewer"):
            own = self._as(role, hold)
            self.assertFalse(own.can_change)
            with self.assertRaisesRegex(AccessError, hold.name):
                own.action_release("mine now")
            with self.assertRaisesRegex(AccessError, hold.name):
                own.action_extend(later)
        self._as("operator", hold).action_extend(later)
        self._as("operator", hold).action_release("agreed")
        order = self._create_order((self.protected, 1), user_id=self.users["sales"].id)
        for own in (
            self._hold(1, user_id=self.users["sales"].id),
            self._hold_for(order, 1),
        ):
            self._as("sales", own).action_extend(later)
            self._as("sales", own).action_release("done")
            self.assertEqual(own.state, "released")

    def test_nobody_writes_a_hold(self):
        """E5: what only the server decides comes neither by write nor by default."""
        hold = self._hold(1)
        for role in ("sales", "operator", "finance"):
            for values in ({"quantity": 5}, {"user_id": self.users[role].id}):
                with self.assertRaisesRegex(AccessError, "Use the buttons"):
                    self._as(role, hold).write(values)
            with self.assertRaises(AccessError):
                self._as(role, hold).unlink()
        values = {
            "product_id": self.protected.id,
            "warehouse_id": self.warehouse.id,
            "quantity": 1,
            "partner_id": self.customer.id,
        }
        with self.assertRaisesRegex(AccessError, "cannot be entered"):
            self._as("sales", self.holds).create({**values, "consumed_quantity": -9})
        hold = (
            self._as("sales", self.holds)
            .with_context(default_consumed_quantity=-9, default_state="released")
            .create(values)
        )
        self.assertEqual((hold.state, hold.consumed_quantity), ("active", 0))

    def test_companies_are_kept_apart(self):
        """E5, C10: another company's holds are neither seen nor made."""
        hold = self._hold(4)
        other = self.env["res.company"].sudo().create({"name": "Others"})
        stranger = new_test_user(
            self.env,
            "hold_stranger",
            groups="backorder_atp.group_finance_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        theirs = self.holds.with_user(stranger).with_context(
            allowed_company_ids=other.ids
        )
        self.assertFalse(theirs.search([("id", "=", hold.id)]))
        with self.assertRaises(AccessError):
            theirs.browse(hold.id).action_release("take over")
        with self.assertRaises(AccessError):
            theirs.create(
                {
                    "product_id": self.protected.id,
                    "warehouse_id": self.warehouse.id,
                    "quantity": 1,
                    "partner_id": self.customer.id,
                }
            )
