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
class TestSoftReservation(BackorderCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reservations = cls.env["stock.soft.reservation"]
        cls.rival = cls.env["res.partner"].create({"name": "Rival Customer"})
        cls._set_stock(cls.protected, 10)

    # ------------------------------------------------------------------
    # Making and looking
    # ------------------------------------------------------------------

    @classmethod
    def _reserve(cls, quantity, **values):
        """Reserve for the customer, unless the values name another."""
        return cls.reservations.create(
            {
                "product_id": cls.protected.id,
                "warehouse_id": cls.warehouse.id,
                "quantity": quantity,
                "partner_id": cls.customer.id,
                **values,
            }
        )

    @classmethod
    def _reserve_for(cls, order, quantity, **values):
        return cls._reserve(quantity, order_id=order.id, **values)

    def _let_expire(self, reservation, ago="1 second"):
        """Let the soft reservation expire, without the scheduled action.

        Time stands still within a transaction, so the hold moves instead.
        """
        reservation.flush_recordset()
        self.env.cr.execute(
            "UPDATE stock_soft_reservation SET expiry_date = (now() AT TIME ZONE 'UTC')"
            " - %s::interval WHERE id = %s",
            [ago, reservation.id],
        )
        reservation.invalidate_recordset()

    def _create_rival_order(self, quantity):
        return self._create_order((self.protected, quantity), partner_id=self.rival.id)

    def _confirm_short(self, quantity):
        """Confirm an order on backorder of another customer."""
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

    def test_reservation_lowers_what_others_can_be_promised(self):
        """E5: availability shows the reserved quantity and promises the rest."""
        self._reserve(4)
        self.assertEqual(self._get(self.protected, "held"), 4)
        self.assertEqual(self._get(self.protected), 6)
        self.assertEqual(self._get(self.protected, "on_hand"), 10)
        self.assertEqual(self._get(self.protected, "effective"), 10)
        self.assertEqual(self.protected.soft_reserved_qty, 4)
        self.assertEqual(self.protected.product_tmpl_id.soft_reserved_qty, 4)

    def test_figure_is_explained_by_its_reservations(self):
        """E5, B17: soft reservations are a step of the explanation."""
        order = self._create_order((self.protected, 2))
        general = self._reserve(4, partner_id=self.rival.id)
        own = self._reserve_for(order, 2)
        self._reserve(1)
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

    def test_reservation_counts_until_its_time_comes_though_no_cron_ran(self):
        """E5: to the minute; nothing has to run for the stock to be free again."""
        reservation = self._reserve(4)
        self._let_expire(reservation, ago="-1 second")
        self.assertEqual(self._get(self.protected), 6)
        self._let_expire(reservation, ago="0 seconds")
        self.assertEqual(self._get(self.protected), 10)
        self.assertEqual(reservation.state, "active")
        self._create_rival_order(10).action_confirm()

    def test_nothing_is_reserved_beyond_what_can_be_promised(self):
        """E5: the error names the product, the requested and the available quantity."""
        self._confirm((self.protected, 3))
        self._reserve(4)
        with self.assertRaisesRegex(
            OrderValidationError, r"Protected: requested 4\.0, available 3\.0"
        ):
            self._reserve(4)
        self._reserve(3)

    def test_reservations_made_together_are_summed(self):
        """E5: two lines of one request do not both get the last units."""
        values = {
            "product_id": self.protected.id,
            "warehouse_id": self.warehouse.id,
            "quantity": 6,
            "partner_id": self.customer.id,
        }
        with self.assertRaisesRegex(OrderValidationError, r"requested 12\.0"):
            self.reservations.create([values, values])
        self.assertFalse(
            self.reservations.search([("product_id", "=", self.protected.id)])
        )

    def test_backorders_allowed_are_no_reason_to_reserve_what_is_not_there(self):
        """E5: only stock is reserved, whatever can be sold beyond it."""
        with self.assertRaisesRegex(OrderValidationError, "Backorderable"):
            self._reserve(1, product_id=self.backorderable.id)

    def test_only_stock_is_soft_reserved(self):
        """E5: a service cannot be reserved."""
        service = self.env["product.product"].create(
            {"name": "Advice", "type": "service"}
        )
        with self.assertRaisesRegex(ValidationError, "Advice is not tracked in stock"):
            self._reserve(1, product_id=service.id)

    def test_expiry_is_in_the_future_and_within_the_limit(self):
        """E5: the company says how long at most; it is never in the past."""
        self.company.soft_reservation_max_duration = 48
        now = fields.Datetime.now()
        with self.assertRaisesRegex(ValidationError, "must be in the future"):
            self._reserve(1, expiry_date=now - timedelta(minutes=1))
        with self.assertRaisesRegex(ValidationError, "48 hours at most"):
            self._reserve(1, expiry_date=now + timedelta(hours=49))
        reservation = self._reserve(1, expiry_date=now + timedelta(hours=47))
        with self.assertRaisesRegex(ValidationError, "48 hours at most"):
            reservation.action_extend(now + timedelta(hours=50))
        with self.assertRaisesRegex(ValidationError, "greater than 0 hours"):
            self.company.soft_reservation_duration = 0

    def test_default_duration_is_the_companys(self):
        """E5: the default duration is a setting of the company."""
        self.company.soft_reservation_duration = 2
        reservation = self._reserve(1)
        left = reservation.expiry_date - fields.Datetime.now()
        self.assertAlmostEqual(left.total_seconds() / 3600, 2, delta=0.02)

    # ------------------------------------------------------------------
    # Its owner's order, and others
    # ------------------------------------------------------------------

    def test_others_are_refused_and_the_owner_passes(self):
        """E5: stock reserved for one quotation is not promised to others."""
        own = self._create_order((self.protected, 8))
        self._reserve_for(own, 8)
        with self.assertRaisesRegex(OrderValidationError, r"available 2\.0"):
            self._create_rival_order(3).action_confirm()
        own.action_confirm()
        self.assertEqual(own.state, "sale")
        self.assertEqual(own.backorder_state, "allocated")

    def test_line_shows_what_is_available_to_its_own_quotation(self):
        """E5: the own soft reservation is not subtracted from the line's figure."""
        own = self._create_order((self.protected, 8))
        other = self._create_rival_order(1)
        self._reserve_for(own, 8)
        self.assertEqual(own.order_line.promise_available_qty, 10)
        self.assertEqual(other.order_line.promise_available_qty, 2)

    def test_confirmed_order_consumes_its_reservation(self):
        """E5: the commitment replaces the soft reservation; nothing else changes."""
        own = self._create_order((self.protected, 8))
        reservation = self._reserve_for(own, 8)
        before = self._get(self.protected)
        own.action_confirm()
        self.assertEqual(self._get(self.protected), before)
        self.assertEqual(
            (
                reservation.state,
                reservation.consumed_quantity,
                reservation.remaining_quantity,
            ),
            ("consumed", 8, 0),
        )
        [event] = self._get_events("reservation:consumed", order_id=own)
        self.assertEqual((event.quantity, event.product_id), (8, self.protected))

    def test_what_the_order_does_not_need_is_released(self):
        """E5: an order confirmed for less lets the rest go."""
        own = self._create_order((self.protected, 3))
        reservation = self._reserve_for(own, 8)
        own.action_confirm()
        self.assertEqual(
            (reservation.state, reservation.consumed_quantity), ("released", 3)
        )
        self.assertEqual(self._get(self.protected), 7)
        [event] = self._get_events("reservation:released", order_id=own)
        self.assertEqual(event.quantity, 5)

    def test_order_written_as_confirmed_consumes_its_reservation(self):
        """E5: an import that writes the status is served like any other."""
        own = self._create_order((self.protected, 8))
        reservation = self._reserve_for(own, 8)
        own.write({"state": "sale"})
        self.assertEqual(reservation.state, "consumed")
        self.assertEqual(self._get_reserved(own), 8)

    def test_reservation_of_a_customer_is_for_the_next_order(self):
        """E5: orders of the customer are not blocked by it; they consume it."""
        reservation = self._reserve(8)
        contact = self.env["res.partner"].create(
            {"name": "Their Buyer", "parent_id": self.customer.id}
        )
        with self.assertRaisesRegex(OrderValidationError, r"available 2\.0"):
            self._create_rival_order(5).action_confirm()
        first = self._confirm((self.protected, 5), partner_id=contact.id)
        self.assertEqual(first.backorder_state, "allocated")
        self.assertEqual(
            (reservation.state, reservation.remaining_quantity), ("active", 3)
        )
        self.assertEqual(self._get(self.protected), 2)
        self._confirm((self.protected, 5))
        self.assertEqual(
            (reservation.state, reservation.remaining_quantity), ("consumed", 0)
        )
        self.assertEqual(self._get(self.protected), 0)

    def test_own_reservation_is_consumed_before_the_customers(self):
        """E5: the soft reservation of the quotation is consumed first."""
        general = self._reserve(2)
        own = self._create_order((self.protected, 5))
        special = self._reserve_for(own, 4)
        own.action_confirm()
        self.assertEqual(special.state, "consumed")
        self.assertEqual(general.remaining_quantity, 1)

    def test_confirmed_order_grows_into_the_reservation_of_its_customer(self):
        """E5: additional demand consumes soft reservations of the customer."""
        order = self._confirm((self.protected, 2))
        reservation = self._reserve(8)
        order.order_line.product_uom_qty = 6
        self.assertEqual(reservation.remaining_quantity, 4)
        self.assertEqual(self._get_reserved(order), 6)
        self.assertEqual(self._get(self.protected), 0)

    def test_increase_pending_approval_keeps_the_reservation(self):
        """E5, B4: it is consumed with the decision, not with the request."""
        self.company.shortage_policy = "pending"
        order = self._confirm((self.protected, 2))
        reservation = self._reserve(5)
        order.order_line.product_uom_qty = 12
        self.assertEqual(order.order_line.product_uom_qty, 2)
        self.assertEqual(reservation.remaining_quantity, 5)
        self._as("manager", order.override_ids).action_approve("worth it")
        self.assertEqual(order.order_line.product_uom_qty, 12)
        self.assertEqual(reservation.state, "consumed")

    def test_owner_is_served_before_other_backorders(self):
        """E5: accepted backorders do not take reserved stock."""
        own = self._create_order((self.protected, 8))
        self._reserve_for(own, 8)
        general = self._reserve(2)
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
        """E5: stock that is gone is not available to the owner either."""
        rival = self._create_rival_order(4)
        rival.action_confirm()
        own = self._create_order((self.protected, 6))
        self._reserve_for(own, 6)
        self._set_stock(self.protected, 7)
        with self.assertRaisesRegex(OrderValidationError, r"available 3\.0"):
            own.action_confirm()

    def test_expired_reservation_helps_its_owner_no_more(self):
        """E5: after the expiry the owner competes like other orders."""
        own = self._create_order((self.protected, 8))
        reservation = self._reserve_for(own, 8)
        self._let_expire(reservation)
        self._create_rival_order(10).action_confirm()
        with self.assertRaisesRegex(OrderValidationError, r"available 0\.0"):
            own.action_confirm()

    def test_cancelled_quotation_releases_its_reservation(self):
        """E5: it is not needed anymore."""
        own = self._create_order((self.protected, 8))
        reservation = self._reserve_for(own, 8)
        own.action_cancel()
        self.assertEqual(reservation.state, "released")
        self.assertEqual(self._get(self.protected), 10)

    def test_deleted_quotation_releases_its_reservation(self):
        """E5: only the record of the soft reservation remains."""
        own = self._create_order((self.protected, 8))
        reservation = self._reserve_for(own, 8)
        own.unlink()
        self.assertEqual(reservation.state, "released")
        self.assertEqual(self._get(self.protected), 10)

    def test_changed_quotation_leaves_its_reservation(self):
        """E5: editing a quotation neither reserves nor releases anything."""
        own = self._create_order((self.protected, 4))
        reservation = self._reserve_for(own, 4)
        own.order_line.product_uom_qty = 9
        own.order_line.create({"order_id": own.id, "product_id": self.backorderable.id})
        self.assertEqual(
            (reservation.state, reservation.remaining_quantity), ("active", 4)
        )

    def test_quotation_pending_approval_counts_once(self):
        """E5: it commits its whole demand; its soft reservation is not added."""
        self.company.shortage_policy = "pending"
        own = self._create_order((self.protected, 12))
        reservation = self._reserve_for(own, 8)
        own.action_confirm()
        self.assertTrue(own.requires_inventory_override)
        self.assertEqual(self._get(self.protected), -2)
        self._as("manager", own.override_ids).action_reject("too much")
        self.assertEqual(self._get(self.protected), 2)
        self.assertEqual(reservation.state, "active")

    def test_signed_order_keeps_its_reservation_until_its_delivery_is_approved(self):
        """E5: until the decision, other orders are not served from it."""
        own = self._create_order((self.protected, 12))
        reservation = self._reserve_for(own, 8)
        backordered = self._confirm_short(5)
        self.assertEqual(self._get_reserved(backordered), 2)
        own.sudo().signature = SIGNATURE
        own.action_confirm()
        self.assertEqual((own.state, reservation.state), ("sale", "active"))
        backordered.picking_ids.action_assign()
        self.assertEqual(self._get_reserved(backordered), 2)
        self._as("manager", own.override_ids).action_approve("worth it")
        self.assertEqual(reservation.state, "consumed")
        self.assertEqual(self._get_reserved(own), 8)

    # ------------------------------------------------------------------
    # Never reserved for anybody else
    # ------------------------------------------------------------------

    def test_delivery_reserves_what_is_not_soft_reserved(self):
        """E5: a delivery without an order gets the rest."""
        self._reserve(6)
        delivery = self._create_delivery(10)
        delivery.action_assign()
        self.assertEqual(delivery.move_ids.quantity, 4)

    def test_transfer_to_another_warehouse_reserves_what_is_not_soft_reserved(self):
        """E5: so does a transfer between warehouses."""
        self._reserve(6)
        other = self._create_warehouse("Second", "SEC")
        transfer = self._create_delivery(
            10,
            destination=other.lot_stock_id,
            picking_type=self.warehouse.int_type_id,
        )
        transfer.action_assign()
        self.assertEqual(transfer.move_ids.quantity, 4)

    def test_soft_reserved_stock_does_not_change_hands_with_the_order(self):
        """E5: an order that took reserved stock keeps its customer."""
        self._reserve(6)
        order = self._confirm((self.protected, 6))
        other = self.env["res.partner"].create({"name": "Another Customer"})
        with self.assertRaisesRegex(UserError, "reserved for its customer"):
            order.partner_id = other
        self.assertEqual(order.partner_id, self.customer)

    def test_consumption_by_production_reserves_what_is_not_soft_reserved(self):
        """E5: so does whatever takes goods to production."""
        self._reserve(6)
        production = self.env["stock.location"].search(
            [("usage", "=", "production"), ("company_id", "=", self.company.id)],
            limit=1,
        )
        taking = self._create_delivery(
            10, destination=production, picking_type=self.warehouse.int_type_id
        )
        taking.action_assign()
        self.assertEqual(taking.move_ids.quantity, 4)

    def test_picking_step_reserves_what_is_not_soft_reserved(self):
        """E5: the first step of a delivery in two steps takes it already."""
        self.warehouse.delivery_steps = "pick_ship"
        self._reserve(6)
        order = self._confirm_short(10)
        pick = order.picking_ids.filtered(
            lambda picking: picking.location_id == self.stock
        )
        self.assertEqual(pick.move_ids.quantity, 4)

    def test_transfer_within_the_warehouse_is_free(self):
        """E5: stock is reserved per warehouse; goods may be moved within it."""
        self._reserve(8)
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

    def test_several_deliveries_share_what_is_not_soft_reserved(self):
        """E5: reserved in one go, they get no more together than one would."""
        self._reserve(6)
        deliveries = self.env["stock.picking"].union(
            *(self._create_delivery(3) for _ in range(3))
        )
        deliveries.move_ids._do_unreserve()
        deliveries.move_ids._action_assign()
        self.assertEqual(sum(deliveries.move_ids.mapped("quantity")), 4)

    def test_reservation_reads_once_for_many_moves(self):
        """E5: what reservations leave is read once for all moves."""
        self._reserve(6)
        moves = self.env["stock.move"].union(
            *(self._create_delivery(1).move_ids for _ in range(4))
        )
        moves._do_unreserve()
        calls = []
        get_free = type(self.reservations)._get_free
        self.patch(
            type(self.reservations),
            "_get_free",
            lambda reservations, *args: (
                calls.append(args) or get_free(reservations, *args)
            ),
        )
        moves._action_assign()
        self.assertEqual(len(calls), 1)

    def test_expired_reservation_is_free_for_all_orders(self):
        """E5: from that minute on, without the scheduled action."""
        self._let_expire(self._reserve(6))
        delivery = self._create_delivery(10)
        self.assertEqual(delivery.move_ids.quantity, 10)

    def test_arriving_stock_serves_the_queue_and_leaves_the_reservation(self):
        """E5, C2: arriving stock goes to backordered orders; reserved stock stays."""
        self._reserve(10)
        backordered = self._confirm_short(5)
        self.assertEqual(self._get_reserved(backordered), 0)
        self._receive(self.protected, 3)
        self._run_retries()
        self.assertEqual(self._get_reserved(backordered), 3)
        own = self._confirm((self.protected, 10))
        self.assertEqual(self._get_reserved(own), 10)

    def test_owner_is_served_ahead_of_the_queue(self):
        """E5, C3: the order is reserved immediately, ahead of the queue."""
        own = self._create_order((self.protected, 10))
        self._reserve_for(own, 10)
        backordered = self._confirm_short(5)
        self.retries._enqueue({(self.protected.id, self.warehouse.id): "test"})
        own.action_confirm()
        self._run_retries()
        self.assertEqual(self._get_reserved(own), 10)
        self.assertEqual(self._get_reserved(backordered), 0)

    def test_reserved_before_stays_reserved_when_stock_is_lost(self):
        """E5: earlier promises are not stopped by a later soft reservation."""
        rival = self._create_rival_order(4)
        rival.action_confirm()
        self._reserve(6)
        self._set_stock(self.protected, 7)
        self._validate(rival.picking_ids, 4)
        self.assertEqual(rival.picking_ids.state, "done")

    def test_undue_demand_is_not_covered_by_what_is_soft_reserved(self):
        """E5, C1: an order reserved manually falls short when the rest is reserved."""
        self.warehouse.out_type_id.reservation_method = "manual"
        rival = self._create_rival_order(4)
        rival.action_confirm()
        self._reserve(6)
        self.assertEqual(rival.order_line.backorder_qty, 0)
        self._set_stock(self.protected, 7)
        self._run_retries()
        self.assertEqual(rival.order_line.backorder_qty, 3)

    # ------------------------------------------------------------------
    # Manual picking
    # ------------------------------------------------------------------

    def test_manually_picked_delivery_takes_no_soft_reserved_stock(self):
        """E5: the refusal names the soft reservation, its customer and expiry."""
        reservation = self._reserve(6)
        delivery = self._create_delivery(5)
        self.assertEqual(delivery.move_ids.quantity, 4)
        with self.assertRaisesRegex(
            InsufficientStockError,
            rf"Protected: 1\.0 Units too many from {self.warehouse.name};"
            rf" {reservation.name}: 6\.0 for Patient Customer until",
        ):
            self._validate(delivery, 5)
        self._validate(delivery, 4)
        self.assertEqual(delivery.state, "done")
        self.assertEqual(self._get(self.protected, "pickable"), 6)

    def test_soft_reserved_stock_is_not_reserved_by_hand(self):
        """E5: already saving the quantity is refused, not only the delivery."""
        self._reserve(6)
        delivery = self._create_delivery(5)
        with self.assertRaisesRegex(InsufficientStockError, "reserved for others"):
            delivery.move_ids.quantity = 5
        self.assertEqual(delivery.move_ids.quantity, 4)

    def test_backordered_order_is_not_delivered_from_what_is_soft_reserved(self):
        """E5: its demand is promised, but not from this stock."""
        self._reserve(10)
        backordered = self._confirm_short(5)
        with self.assertRaisesRegex(InsufficientStockError, "reserved for others"):
            self._validate(backordered.picking_ids, 5)

    def test_quantity_added_to_a_finished_delivery_takes_nothing_soft_reserved(self):
        """E5: quantities entered afterwards are checked as well."""
        delivery = self._create_delivery(2)
        self._validate(delivery, 2)
        self._reserve(6)
        with self.assertRaisesRegex(InsufficientStockError, "reserved for others"):
            delivery.move_ids.move_line_ids.quantity = 5
        delivery.move_ids.move_line_ids.quantity = 4

    def test_lines_may_be_split_and_swapped(self):
        """E5: the sum counts, not the single line on the way to it."""
        self._force_stock(self.protected, 2, self.shelf)
        self._reserve(6)
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
        self._reserve(6)
        for phase in ("soft", "dark"):
            self.company.promise_phase = phase
            delivery = self._create_delivery(1)
            self._validate(delivery, 1)
            self._validate(self._create_delivery(1), 1)
        with self.subTest("nothing was taken so far"):
            self.assertFalse(self._get_events("reservation:taken"))
        for number, phase in enumerate(("soft", "dark"), 1):
            self.company.promise_phase = phase
            self._validate(self._create_delivery(2), 2)
            events = self._get_events("reservation:taken", product_id=self.protected)
            self.assertEqual(len(events), number)
            self.assertEqual(events[0].quantity, 2)

    def test_facts_are_not_refused(self):
        """E5: counted, scrapped or quarantined stock is gone, reserved or not."""
        self._reserve(10)
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

    def test_transfers_and_reservations_never_exceed_stock(self):
        """E5: whatever is tried in the hard phase, their sum stays within stock."""
        own = self._create_rival_order(3)
        steps = [
            lambda: self._reserve(4),
            lambda: self._create_rival_order(4).action_confirm(),
            lambda: self._reserve_for(own, 3),
            lambda: self._confirm_short(6),
            lambda: self._validate(self._create_delivery(3), 3),
            lambda: own.action_confirm(),
            lambda: self._create_delivery(9),
            lambda: self._receive(self.protected, 2),
            lambda: self._reserve(2),
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
            soft_reserved = self._get(self.protected, "held")
            self.assertLessEqual(reserved + soft_reserved, stock)
        self.assertEqual(
            outcomes,
            [True, True, False, True, False, False, True, True, False, True, True],
        )

    # ------------------------------------------------------------------
    # Ending
    # ------------------------------------------------------------------

    def test_release_serves_backordered_orders(self):
        """E5, C2: the stock goes to the queue, and the log says why."""
        reservation = self._reserve(10)
        backordered = self._confirm_short(5)
        reservation.action_release("customer decided otherwise")
        self.assertEqual(
            (reservation.state, reservation.remaining_quantity), ("released", 0)
        )
        self._run_retries()
        self.assertEqual(self._get_reserved(backordered), 5)
        [event] = self._get_events("reservation:released", product_id=self.protected)
        self.assertEqual(event.reason, "customer decided otherwise")
        allocated = self._get_events("order:allocated", order_id=backordered)
        self.assertIn(reservation.name, allocated[0].trigger_source)

    def test_expiry_serves_backordered_orders(self):
        """E5, C2: the scheduled action marks what has expired, and enqueues a retry."""
        reservation = self._reserve(10)
        other = self._reserve(1, product_id=self._stock_other().id)
        backordered = self._confirm_short(5)
        self._let_expire(reservation)
        due = self.reservations._take_due()
        self.assertEqual(due, reservation)
        due._settle("expired")
        self.assertEqual((reservation.state, other.state), ("expired", "active"))
        self._run_retries()
        self.assertEqual(self._get_reserved(backordered), 5)
        [event] = self._get_events("reservation:expired", product_id=self.protected)
        self.assertEqual(event.quantity, 10)
        self.assertFalse(self.reservations._take_due())

    def _stock_other(self):
        self._set_stock(self.backorderable, 1)
        return self.backorderable

    def test_ended_reservation_stays_as_it_is(self):
        """E5: it is neither released twice nor extended nor deleted while active."""
        reservation = self._reserve(2)
        with self.assertRaisesRegex(UserError, "Release the soft reservation"):
            reservation.unlink()
        reservation.action_release("enough")
        later = fields.Datetime.now() + timedelta(hours=1)
        with self.assertRaisesRegex(UserError, "has ended already"):
            reservation.action_release("again")
        with self.assertRaisesRegex(UserError, "has ended already"):
            reservation.action_extend(later)
        with self.assertRaisesRegex(UserError, "A reason is required"):
            self._reserve(2).action_release(" ")

    def test_reservation_is_extended(self):
        """E5: its owner gives it more time, and the log knows."""
        reservation = self._reserve(2)
        later = fields.Datetime.now().replace(microsecond=0) + timedelta(hours=99)
        reservation.action_extend(fields.Datetime.to_string(later))
        self.assertEqual(reservation.expiry_date, later)
        [event] = self._get_events("reservation:extended", product_id=self.protected)
        self.assertEqual(event.payload["reservation"], reservation.name)
        self.assertLess(event.payload["previouslyExpired"], event.payload["expires"])

    def test_extensions_add_up_to_the_longest_reservation(self):
        """E5, C10: salespeople cannot exceed the limit by extending; operators can."""
        self.company.write(
            {"soft_reservation_duration": 4, "soft_reservation_max_duration": 10}
        )
        reservation = self._reserve(2, user_id=self.users["sales"].id)
        self.env.cr.execute(
            "UPDATE stock_soft_reservation"
            " SET create_date = create_date - interval '8 hours' WHERE id = %s",
            [reservation.id],
        )
        reservation.invalidate_recordset()
        later = fields.Datetime.now() + timedelta(hours=5)
        with self.assertRaisesRegex(ValidationError, "reserved for 10 hours at most"):
            self._as("sales", reservation).action_extend(later)
        self._as("operator", reservation).action_extend(later)
        self.assertEqual(reservation.expiry_date, later.replace(microsecond=0))

    def test_expired_reservation_is_not_extended(self):
        """E5: others may have the stock by now."""
        reservation = self._reserve(2)
        self._let_expire(reservation)
        with self.assertRaisesRegex(UserError, "has expired"):
            reservation.action_extend(fields.Datetime.now() + timedelta(hours=1))

    # ------------------------------------------------------------------
    # From the quotation
    # ------------------------------------------------------------------

    def test_salesperson_reserves_from_a_quotation(self):
        """E5: the wizard proposes the missing quantity, up to the available one."""
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
        wizard.action_reserve()
        reservation = order.soft_reservation_ids
        self.assertEqual(
            (reservation.quantity, reservation.partner_id, reservation.user_id),
            (7, self.customer, self.users["sales"]),
        )
        self.assertEqual(order.soft_reservation_count, 1)
        self.assertEqual(order.stock_reserved_until, reservation.expiry_date)
        again = self._open_as("sales", order.action_open_soft_reservation())
        self.assertEqual(again.line_ids.missing_quantity, 5)
        self.assertEqual(again.line_ids.quantity, 3)
        action = order.action_release_soft_reservations()
        decision = Form.from_action(
            self._as("sales", self.env["res.users"]).env, action
        )
        decision.reason = "not any more"
        decision.save().action_release()
        self.assertEqual(reservation.state, "released")
        self.assertEqual(order.soft_reservation_count, 0)

    def _open_as(self, role, action):
        return self._as(role, self.env[action["res_model"]]).browse(action["res_id"])

    def test_nothing_is_reserved_for_an_order_or_a_service(self):
        """E5: the button and the server apply the same conditions."""
        order = self._confirm((self.protected, 1))
        self.assertFalse(order.can_reserve_stock)
        with self.assertRaisesRegex(UserError, "nothing to reserve"):
            order.action_open_soft_reservation()
        with self.assertRaisesRegex(ValidationError, "not a quotation anymore"):
            self._reserve_for(order, 1)

    # ------------------------------------------------------------------
    # Who may
    # ------------------------------------------------------------------

    def test_who_may_reserve(self):
        """E5, C10: salespeople and operators reserve, viewers only read."""
        for role in ("sales", "operator", "manager", "finance"):
            reservation = self._as(role, self.reservations).create(
                {
                    "product_id": self.protected.id,
                    "warehouse_id": self.warehouse.id,
                    "quantity": 1,
                    "partner_id": self.customer.id,
                }
            )
            self.assertEqual(reservation.user_id, self.users[role], role)
        with self.assertRaises(AccessError):
            self._as("viewer", self.reservations).create(
                {
                    "product_id": self.protected.id,
                    "warehouse_id": self.warehouse.id,
                    "quantity": 1,
                }
            )

    def test_who_may_release_and_extend(self):
        """E5, C10: salespeople their own, operators any, viewers none."""
        later = fields.Datetime.now() + timedelta(hours=30)
        reservation = self._reserve(1)
        for role in ("sales", "viewer"):
            own = self._as(role, reservation)
            self.assertFalse(own.can_change)
            with self.assertRaisesRegex(AccessError, reservation.name):
                own.action_release("mine now")
            with self.assertRaisesRegex(AccessError, reservation.name):
                own.action_extend(later)
        self._as("operator", reservation).action_extend(later)
        self._as("operator", reservation).action_release("agreed")
        order = self._create_order((self.protected, 1), user_id=self.users["sales"].id)
        for own in (
            self._reserve(1, user_id=self.users["sales"].id),
            self._reserve_for(order, 1),
        ):
            self._as("sales", own).action_extend(later)
            self._as("sales", own).action_release("done")
            self.assertEqual(own.state, "released")

    def test_nobody_writes_a_reservation(self):
        """E5: what only the server decides comes neither by write nor by default."""
        reservation = self._reserve(1)
        for role in ("sales", "operator", "finance"):
            for values in ({"quantity": 5}, {"user_id": self.users[role].id}):
                with self.assertRaisesRegex(AccessError, "Use the buttons"):
                    self._as(role, reservation).write(values)
            with self.assertRaises(AccessError):
                self._as(role, reservation).unlink()
        values = {
            "product_id": self.protected.id,
            "warehouse_id": self.warehouse.id,
            "quantity": 1,
            "partner_id": self.customer.id,
        }
        with self.assertRaisesRegex(AccessError, "cannot be edited"):
            self._as("sales", self.reservations).create(
                {**values, "consumed_quantity": -9}
            )
        reservation = (
            self._as("sales", self.reservations)
            .with_context(default_consumed_quantity=-9, default_state="released")
            .create(values)
        )
        self.assertEqual(
            (reservation.state, reservation.consumed_quantity), ("active", 0)
        )

    def test_companies_are_kept_apart(self):
        """E5, C10: soft reservations of other companies are not accessible."""
        reservation = self._reserve(4)
        other = self.env["res.company"].sudo().create({"name": "Others"})
        stranger = new_test_user(
            self.env,
            "hold_stranger",
            groups="backorder_atp.group_finance_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        theirs = self.reservations.with_user(stranger).with_context(
            allowed_company_ids=other.ids
        )
        self.assertFalse(theirs.search([("id", "=", reservation.id)]))
        with self.assertRaises(AccessError):
            theirs.browse(reservation.id).action_release("take over")
        with self.assertRaises(AccessError):
            theirs.create(
                {
                    "product_id": self.protected.id,
                    "warehouse_id": self.warehouse.id,
                    "quantity": 1,
                    "partner_id": self.customer.id,
                }
            )
