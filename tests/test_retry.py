# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import BackorderCommon


class RetryCommon(BackorderCommon):
    def _confirm_backordered(self, quantity=2, **values):
        order = self._confirm((self.backorderable, quantity), **values)
        self.assertIn(order.backorder_state, ("backordered", "partially_allocated"))
        return order

    def _confirm_many(self, number, **values):
        return self.env["sale.order"].union(
            *(self._confirm_backordered(1, **values) for _index in range(number))
        )

    def _assert_allocated_by(self, order, source):
        """The order is allocated, and the log has the cause."""
        self._run_retries()
        self.assertEqual(order.backorder_state, "allocated")
        event = self._get_events("order:allocated", order_id=order)[0]
        self.assertIn(source, event.trigger_source)
        self.assertFalse(self.retries.search([]))

    def _categorize(self):
        self.backorderable.categ_id = self.env["product.category"].create(
            {"name": "Any"}
        )
        return self.backorderable.categ_id


@tagged("post_install", "-at_install")
class TestRetry(RetryCommon):
    def test_receipt(self):
        """C2: a receipt."""
        order = self._confirm_backordered()
        receipt = self._receive(self.backorderable, 2)
        self._assert_allocated_by(order, f"receiving:{receipt.name}")

    def test_receipt_into_a_child_location(self):
        """C2: a receipt into a sublocation of the stock location."""
        order = self._confirm_backordered()
        receipt = self._receive(self.backorderable, 2, self.shelf)
        self._assert_allocated_by(order, f"receiving:{receipt.name}")

    def test_purchase_in_several_steps(self):
        """C1, C2: goods in Input cover an order, and are reserved once pickable."""
        self.warehouse.reception_steps = "two_steps"
        order = self._confirm_backordered()
        receipt = self._receive(
            self.backorderable, 2, self.warehouse.wh_input_stock_loc_id
        )
        self._run_retries()
        self.assertEqual(order.backorder_state, "none")
        self.assertFalse(order.order_line.allocated_qty)
        store = self._create_picking(
            self.warehouse.int_type_id,
            receipt.location_dest_id,
            self.stock,
            (self.backorderable, 2),
        )
        self._validate(store, 2)
        self._assert_allocated_by(order, f"transfer:{store.name}")

    def test_count(self):
        """C2: a count that finds more."""
        order = self._confirm_backordered()
        self._set_stock(self.backorderable, 2)
        self._assert_allocated_by(order, "cycle-count")

    def test_adjustment(self):
        """C2: a manual adjustment, however the quantity is changed."""
        order = self._confirm_backordered()
        self._force_stock(self.backorderable, 2, self.shelf)
        self._assert_allocated_by(order, "stock-changed")

    def test_customer_return(self):
        """C2: a customer return."""
        self._set_stock(self.backorderable, 2)
        shipped = self._confirm((self.backorderable, 2))
        self._validate(shipped.picking_ids, 2)
        order = self._confirm_backordered()
        wizard = Form(
            self.env["stock.return.picking"].with_context(
                active_id=shipped.picking_ids.id, active_model="stock.picking"
            )
        ).save()
        wizard.product_return_moves.quantity = 2
        returned = wizard._create_return()
        self._validate(returned, 2)
        self._assert_allocated_by(order, f"return:{returned.name}")

    def test_internal_transfer_into_a_pickable_location(self):
        """C2: goods that leave quarantine."""
        cage = self._create_quarantine()
        self._force_stock(self.backorderable, 2, cage)
        order = self._confirm_backordered()
        transfer = self._create_picking(
            self.warehouse.int_type_id, cage, self.shelf, (self.backorderable, 2)
        )
        self._validate(transfer, 2)
        self._assert_allocated_by(order, f"transfer:{transfer.name}")

    def test_production(self):
        """C2: manufactured goods."""
        order = self._confirm_backordered()
        made = self.env["stock.move"].create(
            {
                "product_id": self.backorderable.id,
                "product_uom_qty": 2,
                "location_id": self.env["stock.location"]
                .search(
                    [("usage", "=", "production"), ("company_id", "=", self.company.id)]
                )
                .id,
                "location_dest_id": self.stock.id,
                "company_id": self.company.id,
            }
        )
        made._action_confirm()
        made.quantity, made.picked = 2, True
        made._action_done()
        self._assert_allocated_by(order, "production")

    def test_cancelled_order(self):
        """C2: the reservation of a cancelled order."""
        self._set_stock(self.backorderable, 2)
        holder = self._confirm((self.backorderable, 2))
        order = self._confirm_backordered()
        holder._action_cancel()
        self._assert_allocated_by(order, f"cancel:{holder.name}")

    def test_cancelled_delivery(self):
        """C2: the reservation of a cancelled delivery."""
        self._set_stock(self.backorderable, 2)
        holder = self._confirm((self.backorderable, 2))
        order = self._confirm_backordered()
        holder.picking_ids.action_cancel()
        self._assert_allocated_by(order, f"cancel:{holder.picking_ids.name}")

    def test_unreserved_goods_follow_the_queue(self):
        """C2: unreserved goods go to the first order in the queue."""
        self._set_stock(self.backorderable, 2)
        holder = self._confirm((self.backorderable, 2))
        order = self._confirm_backordered(backorder_priority="urgent")
        holder.picking_ids.do_unreserve()
        self._assert_allocated_by(order, "unreserve")
        self.assertEqual(holder.backorder_state, "backordered")

    def test_decreased_order(self):
        """C2, B4: the quantity released by a decreased order."""
        self._set_stock(self.backorderable, 4)
        holder = self._confirm((self.backorderable, 4))
        order = self._confirm_backordered()
        holder.order_line.product_uom_qty = 2
        self._run_retries()
        self.assertEqual(order.backorder_state, "allocated")
        self.assertEqual(holder.backorder_state, "allocated")

    def test_location_becomes_pickable(self):
        """C2: a change of the kind of a location."""
        cage = self._create_quarantine()
        self._force_stock(self.backorderable, 2, cage)
        order = self._confirm_backordered()
        self._run_retries()
        cage.own_availability_kind = False
        self._assert_allocated_by(order, "location:")

    def test_change_of_policy_and_safety_stock(self):
        """C2: a change of policy or safety stock retries backorders."""
        self._confirm_backordered()
        self._run_retries()
        level = self.env["stock.policy"].create(
            {
                "product_id": self.backorderable.id,
                "warehouse_id": self.warehouse.id,
                "safety_stock_quantity": 2,
            }
        )
        self.assertFalse(self.retries.search([]))
        for record, values in (
            (level, {"safety_stock_quantity": 1}),
            (level, {"allow_backorder": "yes"}),
            (self.backorderable, {"allow_backorder": "inherit"}),
            (self.backorderable.product_tmpl_id, {"allow_backorder": "yes"}),
            (
                self.backorderable.categ_id or self._categorize(),
                {"allow_backorder": "no"},
            ),
            (self.company, {"allow_backorder": True}),
        ):
            with self.subTest(record=record, values=values):
                record.write(values)
                self.assertEqual(self.retries.search([]).product_id, self.backorderable)
                self._run_retries()

    def test_hold_released(self):
        """C2, C4: an order on hold gets nothing until it is released."""
        order = self._confirm_backordered()
        self._run_retries()
        order.action_hold("asked to wait")
        self._receive(self.backorderable, 2)
        self._run_retries()
        self.assertEqual(order.backorder_state, "on_hold")
        self.assertFalse(order.order_line.allocated_qty)
        order.action_release_hold("go on")
        self._assert_allocated_by(order, "hold-released")

    def test_stock_that_leaves_again_triggers_no_retry(self):
        """C2: a rise and fall in one transaction is no rise."""
        self._confirm_backordered()
        self._run_retries()
        self._force_stock(self.backorderable, 2)
        self._force_stock(self.backorderable, -2)
        self.env.cr.flush()
        self.assertFalse(self.retries.search([]))

    def test_no_auto_reservation(self):
        """C2: if automatic reservation is disabled, receipts reserve nothing."""
        order = self._confirm_backordered()
        self.env["ir.config_parameter"].set_param("stock.picking_no_auto_reserve", "1")
        self._receive(self.backorderable, 2)
        self._run_retries()
        self.assertEqual(order.backorder_state, "backordered")

    def test_priority_then_first_come(self):
        """C3: priority first, then creation."""
        late = self._confirm_backordered(1)
        low = self._confirm_backordered(1, backorder_priority="low")
        urgent = self._confirm_backordered(1, backorder_priority="urgent")
        high = self._confirm_backordered(1, backorder_priority="high")
        early = self._confirm_backordered(1)
        self.env.cr.execute(
            "UPDATE sale_order SET create_date = create_date - interval '1 day'"
            " WHERE id = %s",
            [early.id],
        )
        self.env.invalidate_all()
        queue = [urgent, high, early, late, low]
        for served in range(1, 6):
            self._receive(self.backorderable, 1)
            self._run_retries()
            self.assertEqual(
                [order.backorder_state == "allocated" for order in queue],
                [position < served for position in range(5)],
            )

    def test_demand_without_an_order_is_in_the_queue(self):
        """C3: a transfer of high priority comes before an order of medium priority."""
        order = self._confirm_backordered(1)
        transfer = self._create_picking(
            self.warehouse.out_type_id,
            self.stock,
            self.env.ref("stock.stock_location_customers"),
            (self.backorderable, 1),
            priority="1",
        )
        self._receive(self.backorderable, 1)
        self._run_retries()
        self.assertEqual(transfer.state, "assigned")
        self.assertEqual(order.backorder_state, "backordered")

    def test_retry_continues_beyond_its_batch(self):
        """C3: no further receipt is needed."""
        self.company.backorder_retry_batch = 2
        orders = self._confirm_many(7)
        self._force_stock(self.backorderable, 6)
        self._run_retries()
        self.assertEqual(
            orders.mapped("backorder_state"), ["allocated"] * 6 + ["backordered"]
        )

    def test_receiver_reserves_only_the_head_of_the_queue(self):
        """C2, C3: validating a receipt does not wait for the whole queue."""
        orders = self._confirm_many(25)
        self._receive(self.backorderable, 25)
        states = orders.mapped("backorder_state")
        self.assertEqual(states, ["allocated"] * 20 + ["backordered"] * 5)
        self._run_retries()
        self.assertEqual(set(orders.mapped("backorder_state")), {"allocated"})

    def test_ships_complete_or_keeps_nothing(self):
        """C3: an order that ships complete is reserved entirely or not at all."""
        other = self._create_product("Other", allow_backorder="yes")
        whole = self._confirm((self.backorderable, 2), (other, 1), picking_policy="one")
        behind = self._confirm_backordered(2)
        self._receive(self.backorderable, 2)
        self._run_retries()
        self.assertEqual(
            (whole.backorder_state, behind.backorder_state),
            ("backordered", "allocated"),
        )
        self._force_stock(self.backorderable, 2)
        self._force_stock(other, 1)
        self._run_retries()
        self.assertEqual(whole.backorder_state, "allocated")

    def test_ships_complete_keeps_nothing_from_the_confirmation_on(self):
        """C3: neither when it is confirmed nor by Check Availability."""
        self._set_stock(self.backorderable, 4)
        whole = self._confirm((self.backorderable, 10), picking_policy="one")
        self.assertEqual(whole.picking_ids.move_ids.quantity, 0)
        self.assertEqual(whole.order_line.backorder_qty, 10)
        whole.picking_ids.action_assign()
        notifications = self.env.cr.precommit.data["bus.bus.values"]
        self.assertEqual(whole.picking_ids.move_ids.quantity, 0)
        self.assertIn(whole.picking_ids.name, str(notifications))
        behind = self._confirm((self.backorderable, 4))
        self._run_retries()
        self.assertEqual(behind.backorder_state, "allocated")
        self._receive(self.backorderable, 10)
        self.assertEqual(whole.backorder_state, "allocated")

    def test_one_recorded_attempt_for_each_order(self):
        """C8: attempts without a change are logged as well, with their cause."""
        first, second, third = self._confirm_many(3)
        self._force_stock(self.backorderable, 1)
        self._run_retries()
        events = self._get_events("order:retry")
        self.assertEqual(set(events.mapped("order_id")), {*first, *second, *third})
        self.assertEqual(len(events), 3)
        by_order = {event.order_id: event.payload["newStatus"] for event in events}
        self.assertEqual(by_order[first], "allocated")
        self.assertEqual(by_order[second], "backordered")

    def test_retry_continues_where_it_stopped(self):
        """C2: the position of a retry is stored."""
        self.company.backorder_retry_batch = 2
        orders = self._confirm_many(5)
        self._run_retries()
        self._force_stock(self.backorderable, 5)
        self.env.cr.flush()
        check = self.retries._take_next()
        self.assertFalse(check._process_batch())
        self.assertEqual(
            orders.mapped("backorder_state"), ["allocated"] * 2 + ["backordered"] * 3
        )
        self.assertEqual(check.position[2], orders[1].id)
        self._run_retries()
        self.assertEqual(set(orders.mapped("backorder_state")), {"allocated"})
        self.assertEqual(len(self._get_events("order:retry")), 5)

    def test_later_arrival_starts_at_the_head(self):
        """C3: stock that arrives during a retry goes to the head of the queue."""
        self.company.backorder_retry_batch = 1
        big = self._confirm_backordered(
            5, picking_policy="one", backorder_priority="urgent"
        )
        small = self._confirm_many(2)
        self._run_retries()
        self._force_stock(self.backorderable, 2)
        self.env.cr.flush()
        self.retries._take_next()._process_batch()
        self._force_stock(self.backorderable, 5)
        self._run_retries()
        self.assertEqual(big.backorder_state, "allocated")
        self.assertEqual(small.mapped("backorder_state"), ["allocated"] * 2)

    def test_one_failure_does_not_stop_others(self):
        """C6: an order that cannot be allocated does not affect the others."""
        first, second = self._confirm_many(2)
        self._force_stock(self.backorderable, 2)
        model = type(self.env["stock.move"])
        reserve = model._update_reserved_quantity

        def fail_for_first(moves, *args, **kwargs):
            if moves.sale_line_id.order_id == first:
                raise UserError("broken")  # pylint: disable=translation-required
            return reserve(moves, *args, **kwargs)

        with patch.object(model, "_update_reserved_quantity", fail_for_first):
            self._run_retries()
        self.assertEqual(first.backorder_state, "backordered")
        self.assertEqual(second.backorder_state, "allocated")
        self.assertEqual(
            self._get_events("order:retry", order_id=first)[0].reason, "broken"
        )

    def test_receipt_is_the_only_cause(self):
        """C8: the events of orders that joined the queue before only name the
        receipt."""
        orders = self._confirm_many(3)
        receipt = self._create_receipt(self.backorderable, 3)
        with patch.object(self.env.registry["stock.move"], "_trigger_assign"):
            self._validate(receipt, 3)
        self._run_retries()
        self.assertEqual(set(orders.mapped("backorder_state")), {"allocated"})
        events = self._get_events("order:allocated")
        events = events.filtered(lambda event: event.order_id in orders)
        self.assertEqual(
            events.mapped("trigger_source"), [f"receiving:{receipt.name}"] * 3
        )

    def test_new_backorder_is_retried(self):
        """C2: stock that arrived while an order was confirmed is not missed."""
        order = self._confirm_backordered()
        self._get_quants(self.backorderable)
        self.env.cr.flush()
        check = self.retries.search([])
        self.assertEqual(check.trigger_source, f"order:{order.name}")

    def test_scheduled_action(self):
        """C2: the scheduled action commits each batch and completes the queue."""
        orders = self._confirm_many(3)
        self._force_stock(self.backorderable, 3)
        self.env.cr.flush()
        with self.enter_registry_test_mode():
            self.env.ref(
                "backorder_atp.ir_cron_process_retries"
            ).method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(set(orders.mapped("backorder_state")), {"allocated"})
        self.assertFalse(self.retries.search([]))

    def test_other_warehouse_is_left_alone(self):
        """C2: stock is allocated to orders of its own warehouse only."""
        second = self._create_warehouse("Second", "WH2")
        order = self._confirm((self.backorderable, 2), warehouse_id=second.id)
        self._receive(self.backorderable, 2)
        self._run_retries()
        self.assertEqual(order.backorder_state, "backordered")

    def test_partly_reserved_gets_the_rest(self):
        """C2: five of seven are reserved, then two arrive."""
        self._set_stock(self.backorderable, 5)
        order = self._confirm((self.backorderable, 7))
        self._receive(self.backorderable, 2)
        self._run_retries()
        self.assertEqual(order.backorder_state, "allocated")
        self.assertEqual(order.order_line.allocated_qty, 7)

    def test_move_line_removed_manually(self):
        """C2: a reservation removed from a delivery is free for others."""
        self._set_stock(self.backorderable, 2)
        holder = self._confirm((self.backorderable, 2))
        order = self._confirm_backordered(backorder_priority="urgent")
        holder.picking_ids.write(
            {"move_line_ids": [Command.delete(holder.picking_ids.move_line_ids.id)]}
        )
        self._run_retries()
        self.assertEqual(order.backorder_state, "allocated")

    def test_linking_a_receipt_keeps_the_reservation(self):
        """C3: the rest of a delivery linked to a receipt keeps its stock."""
        product = self.backorderable
        self._set_stock(product, 6)
        move = self._confirm((product, 10)).picking_ids.move_ids
        receipt = self._create_receipt(product, 4)
        self.env["report.stock.report_reception"].action_assign(
            move.ids, [4], receipt.move_ids.ids
        )
        rest = move.picking_id.move_ids - move
        self.assertEqual(move.product_uom_qty, 4)
        self.assertEqual(rest.quantity, 6)
