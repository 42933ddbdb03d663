# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from .common import BackorderCommon

# Table 4.1: unmatched items, stock of the first and the second product of two
# ordered each, shipping policy, state.
TABLE = [
    (1, 0, 0, "direct", "on_hold"),
    (1, 2, 0, "direct", "partially_allocated"),
    (1, 2, 2, "direct", "partially_allocated"),
    (0, 0, 0, "direct", "backordered"),
    (0, 0, 0, "one", "backordered"),
    (0, 1, 0, "one", "backordered"),
    (0, 2, 0, "one", "backordered"),
    (0, 1, 0, "direct", "partially_allocated"),
    (0, 2, 0, "direct", "partially_allocated"),
    (0, 2, 2, "direct", "allocated"),
    (0, 2, 2, "one", "allocated"),
]


class BackorderStateCommon(BackorderCommon):
    def _create_by_table(self, unmatched, first, second, policy):
        products = [
            self._create_product(name, allow_backorder="yes")
            for name in ("First", "Second")
        ]
        for product, quantity in zip(products, (first, second), strict=True):
            self._set_stock(product, quantity)
        items = [Command.create({"reference": "??"}) for _item in range(unmatched)]
        return self._confirm(
            *((product, 2) for product in products),
            picking_policy=policy,
            unmatched_line_ids=items,
        )

    def _confirm_made_to_order(self):
        product = self._create_bought_to_order()
        return product, self._confirm((product, 4))

    def _create_drop_ship_route(self):
        return self.env["stock.route"].create(
            {
                "name": "Drop Ship",
                "product_selectable": True,
                "company_id": self.company.id,
                "rule_ids": [
                    Command.create(
                        {
                            "name": "Vendor to customer",
                            "action": "buy",
                            "picking_type_id": self.warehouse.in_type_id.id,
                            "location_src_id": self.env.ref(
                                "stock.stock_location_suppliers"
                            ).id,
                            "location_dest_id": self.env.ref(
                                "stock.stock_location_customers"
                            ).id,
                            "company_id": self.company.id,
                        }
                    )
                ],
            }
        )


@tagged("post_install", "-at_install")
class TestBackorderState(BackorderStateCommon):
    def test_table_of_the_procedure(self):
        """C1: every row of table 4.1."""
        for unmatched, first, second, policy, state in TABLE:
            with self.subTest(
                unmatched=unmatched, stock=(first, second), policy=policy
            ):
                order = self._create_by_table(unmatched, first, second, policy)
                self.assertEqual(order.backorder_state, state)
                self.assertEqual(bool(order.hold_reason), bool(unmatched))
                self.assertEqual(bool(order.backordered_since), state != "allocated")

    def test_manual_reservation_is_no_backorder_while_stock_lasts(self):
        """C1: demand that is not due for reservation is backordered only if stock is
        missing."""
        self.warehouse.out_type_id.reservation_method = "manual"
        self._set_stock(self.backorderable, 5)
        first = self._confirm((self.backorderable, 4))
        second = self._confirm((self.backorderable, 3))
        self.assertEqual(
            (first.backorder_state, second.backorder_state), ("none", "backordered")
        )
        self.assertEqual(second.order_line.backorder_qty, 2)
        first.picking_ids.action_assign()
        self.assertEqual(first.backorder_state, "allocated")

    def test_stock_reserved_by_others_makes_a_backorder_at_once(self):
        """C1: an order with manual reservation is backordered once its stock is
        gone."""
        self.warehouse.out_type_id.reservation_method = "manual"
        self._set_stock(self.backorderable, 5)
        order = self._confirm((self.backorderable, 5))
        self._run_retries()
        self.assertEqual(order.backorder_state, "none")
        used = self._create_picking(
            self.warehouse.int_type_id,
            self.stock,
            self.env["stock.location"].search(
                [("usage", "=", "production"), ("company_id", "=", self.company.id)]
            ),
            (self.backorderable, 5),
        )
        used.action_assign()
        self._run_retries()
        self.assertEqual(order.backorder_state, "backordered")
        self._validate(used)
        self._run_retries()
        self.assertEqual(order.order_line.backorder_qty, 5)

    def test_stock_for_undue_demand_ends_the_backorder(self):
        """C1, C2: arriving stock covers demand with manual reservation."""
        self.warehouse.out_type_id.reservation_method = "manual"
        order = self._confirm((self.backorderable, 3))
        self.assertEqual(order.backorder_state, "backordered")
        self._receive(self.backorderable, 3)
        self._run_retries()
        self.assertEqual(order.backorder_state, "none")
        self.assertFalse(order.order_line.move_ids.quantity)

    def test_reservation_by_date(self):
        """C1: before the reservation date stock covers an order, afterwards only a
        reservation."""
        self.warehouse.out_type_id.write(
            {"reservation_method": "by_date", "reservation_days_before": 1}
        )
        self._set_stock(self.backorderable, 5)
        order = self._confirm(
            (self.backorderable, 5),
            commitment_date=fields.Datetime.now() + timedelta(days=9),
        )
        self.assertEqual(order.backorder_state, "none")
        self._force_stock(self.backorderable, -5)
        with (
            freeze_time(fields.Datetime.now() + timedelta(days=9)),
            patch.object(
                self.env.registry["ir.cron"], "_commit_progress", return_value=1.0
            ),
        ):
            self.env["sale.order.line"]._cron_refresh_undue()
        self.assertEqual(order.backorder_state, "backordered")

    def test_partial_delivery(self):
        """C1: shipped quantities are allocated; the rest stays backordered."""
        self._set_stock(self.backorderable, 3)
        order = self._confirm((self.backorderable, 5))
        self._validate(order.picking_ids, 3)
        line = order.order_line
        self.assertEqual(order.backorder_state, "partially_allocated")
        self.assertEqual(
            (line.allocated_qty, line.backorder_qty, line.open_qty), (3, 2, 2)
        )
        self._receive(self.backorderable, 2)
        self.assertEqual(order.backorder_state, "allocated")
        self._validate(
            order.picking_ids.filtered(lambda picking: picking.state == "assigned")
        )
        self.assertEqual((order.backorder_state, line.open_qty), ("none", 0))

    def test_delivery_without_backorder(self):
        """C1: a delivery without a backorder leaves no backordered quantity."""
        self._set_stock(self.backorderable, 3)
        order = self._confirm((self.backorderable, 5))
        picking = order.picking_ids
        picking.move_ids.picked = True
        picking.with_context(
            skip_backorder=True, picking_ids_not_to_backorder=picking.ids
        ).button_validate()
        self.assertEqual(order.backorder_state, "none")
        self.assertFalse(order.backordered_since)

    def test_return_of_goods_is_no_demand(self):
        """C1: returned goods are neither backordered nor allocated."""
        self._set_stock(self.backorderable, 3)
        order = self._confirm((self.backorderable, 3))
        delivery = order.picking_ids
        self._validate(delivery, 3)
        wizard = Form(
            self.env["stock.return.picking"].with_context(
                active_id=delivery.id, active_model="stock.picking"
            )
        ).save()
        wizard.product_return_moves.quantity = 2
        returned = wizard._create_return()
        self.assertEqual(order.backorder_state, "none")
        self._validate(returned, 2)
        self.assertEqual(order.backorder_state, "none")

    def test_pick_pack_ship(self):
        """C1: with several steps a line is short once, not while it is picked."""
        self.warehouse.delivery_steps = "pick_pack_ship"
        self._set_stock(self.backorderable, 3)
        order = self._confirm((self.backorderable, 5))
        self.assertEqual(order.order_line.backorder_qty, 2)
        self._validate(order.picking_ids, 3)
        self.assertEqual(order.order_line.backorder_qty, 2)
        self.assertEqual(order.order_line.allocated_qty, 3)
        self.assertEqual(order.backorder_state, "partially_allocated")

    def test_episode_opens_and_closes_once(self):
        """C8: one event at the beginning and one at the end of an episode."""
        order = self._confirm((self.backorderable, 5))
        self._receive(self.backorderable, 2)
        self.assertEqual(order.backorder_state, "partially_allocated")
        order.picking_ids.do_unreserve()
        self.assertEqual(order.backorder_state, "backordered")
        order.picking_ids.action_assign()
        self._receive(self.backorderable, 3)
        opened = self._get_events("order:backordered", order_id=order)
        closed = self._get_events("order:backorder_resolved", order_id=order)
        self.assertEqual((len(opened), len(closed)), (1, 1))
        self.assertEqual(
            {
                key: value
                for key, value in opened.payload.items()
                if key not in ("timestamp", "backorderedSince", "lines")
            },
            {
                "orderId": order.id,
                "orderNumber": order.name,
                "previousStatus": "none",
                "newStatus": "backordered",
                "totalItems": 1,
                "allocatedItems": 0,
                "backorderedItems": 1,
            },
        )
        self.assertEqual(closed.payload["previousStatus"], "partially_allocated")
        self.assertEqual(closed.payload["newStatus"], "allocated")

    def test_cancel_ends_the_episode(self):
        """C8: cancelling an order ends the backorder and is logged."""
        order = self._confirm((self.backorderable, 5))
        order._action_cancel()
        self.assertEqual(order.backorder_state, "none")
        self.assertTrue(self._get_events("order:backorder_resolved", order_id=order))

    def test_start_of_the_backorder_is_never_reset(self):
        """C4: retries, edits and partial allocations do not change it."""
        with freeze_time("2026-01-01 10:00:00"):
            order = self._confirm((self.backorderable, 5))
        with freeze_time("2026-01-15 10:00:00"):
            order.action_fulfil()
            order.client_order_ref = "edited"
            self._receive(self.backorderable, 2)
            self._run_retries()
            self.assertEqual(order.backorder_age, 14)
        self.assertEqual(
            order.backordered_since, fields.Datetime.to_datetime("2026-01-01 10:00:00")
        )

    def test_allocation_writes_an_event(self):
        """C8: each allocation is logged with its lines."""
        order = self._confirm((self.backorderable, 5))
        receipt = self._receive(self.backorderable, 2)
        event = self._get_events("order:allocated", order_id=order)
        self.assertEqual(len(event), 1)
        self.assertEqual(event.trigger_source, f"receiving:{receipt.name}")
        self.assertEqual(event.payload["lines"][0]["allocated"], 2)
        self.assertEqual(event.payload["lines"][0]["backordered"], 3)

    def test_units_of_the_line(self):
        """C1: shortages are shown in the line's unit and summed in the product's
        unit."""
        dozen = self.env.ref("uom.product_uom_dozen")
        self._set_stock(self.backorderable, 12)
        order = self._confirm(
            {
                "product_id": self.backorderable.id,
                "product_uom_qty": 3,
                "product_uom_id": dozen.id,
            }
        )
        line = order.order_line
        self.assertEqual((line.backorder_qty, line.backorder_product_qty), (2, 24))
        self.assertEqual(order.backorder_shortage_qty, 24)

    def test_searchable_and_groupable(self):
        """C1: the state can be searched and grouped."""
        order = self._confirm((self.backorderable, 5))
        groups = self.env["sale.order"]._read_group(
            [("id", "=", order.id)],
            ["backorder_state", "backorder_priority"],
            ["__count"],
        )
        self.assertEqual(groups, [("backordered", "medium", 1)])

    def test_increase_within_stock_is_no_backorder(self):
        """C8: an increase within stock opens no episode."""
        self._set_stock(self.backorderable, 5)
        self._run_retries()
        order = self._confirm((self.backorderable, 2))
        order.order_line.product_uom_qty = 3
        self.env.flush_all()
        self.assertEqual(order.backorder_state, "allocated")
        self.assertFalse(self._get_events("order:backordered"))
