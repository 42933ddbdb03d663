# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from ..exceptions import OrderValidationError
from .common import BackorderCommon


class SplitCommon(BackorderCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._create_product("Other", allow_backorder="yes")
        cls.tax = cls.env["account.tax"].create(
            {
                "name": "7.7 %",
                "amount": 7.7,
                "company_id": cls.company.id,
                "country_id": cls.env.ref("base.be").id,
                "tax_group_id": cls.env["account.tax.group"]
                .create({"name": "Taxes", "company_id": cls.company.id})
                .id,
            }
        )

    def _confirm_backordered(self, *lines, **values):
        """Confirm an order for 3 of ``other``, all in stock, and for 10 with 4 in
        stock."""
        self._set_stock(self.other, 3)
        self._set_stock(self.backorderable, 4)
        return self._confirm(
            (self.other, 3), (self.backorderable, 10), *lines, **values
        )

    def _split(self, order, **options):
        result = order.split_backorder(True, **options)
        return order.browse(result["backorderOrderId"])

    def _get_quantities(self, order):
        return {
            line.product_id: line.product_uom_qty
            for line in order.order_line
            if not line.display_type
        }

    def _get_reserved(self, order):
        return sum(order.order_line.move_ids.mapped("quantity"))


@tagged("post_install", "-at_install")
class TestSplit(SplitCommon):
    # ------------------------------------------------------------------
    # Moved and remaining items
    # ------------------------------------------------------------------

    def test_allocated_items_stay_and_backordered_items_move(self):
        """C7: both orders have their items and the right state."""
        order = self._confirm_backordered()
        result = order.split_backorder(True)
        child = order.browse(result["backorderOrderId"])
        self.assertEqual(
            self._get_quantities(order), {self.other: 3, self.backorderable: 4}
        )
        self.assertEqual(self._get_quantities(child), {self.backorderable: 6})
        self.assertEqual(
            (order.backorder_state, child.backorder_state), ("allocated", "backordered")
        )
        self.assertEqual(child.state, "sale")
        self.assertEqual(child.backorder_parent_id, order)
        self.assertEqual(order.backorder_child_ids, child)
        self.assertEqual(child.order_line.backorder_origin_line_id, order.order_line[1])

    def test_result_is_spelled_like_the_procedure(self):
        """C7: the result names both orders and their items."""
        order = self._confirm_backordered()
        result = order.split_backorder(True)
        child = order.backorder_child_ids
        self.assertEqual(
            (
                result["originalOrderId"],
                result["originalOrderNumber"],
                result["originalStatus"],
            ),
            (order.id, order.name, "allocated"),
        )
        self.assertEqual(
            (result["backorderOrderId"], result["backorderOrderNumber"]),
            (child.id, child.name),
        )
        self.assertEqual(
            [(item["lineId"], item["quantity"]) for item in result["shippableItems"]],
            [(line.id, line.product_uom_qty) for line in order.order_line],
        )
        self.assertEqual(
            [
                (item["productId"], item["sku"], item["quantity"])
                for item in result["backorderedItems"]
            ],
            [(self.backorderable.id, self.backorderable.default_code, 6)],
        )

    def test_lines_may_go_whole(self):
        """C7: undivided, a partially allocated line moves with its reservation."""
        order = self._confirm_backordered()
        line = order.order_line[1]
        child = self._split(order, split_lines=False)
        self.assertEqual(self._get_quantities(order), {self.other: 3})
        self.assertEqual(child.order_line, line)
        self.assertEqual(self._get_reserved(child), 4)
        self.assertEqual(child.backorder_state, "partially_allocated")
        self.assertEqual(order.backorder_state, "allocated")

    def test_line_without_stock_goes_as_it_is(self):
        """C7: the same line moves, with its text, price and deliveries."""
        order = self._confirm_backordered(
            {"product_id": self.protected.id, "product_uom_qty": 0}
        )
        self.protected.allow_backorder = "yes"
        line = order.order_line[2]
        line.product_uom_qty = 2
        move = line.move_ids
        child = self._split(order)
        self.assertIn(line, child.order_line)
        self.assertEqual(line.move_ids, move)
        self.assertEqual(move.picking_id.sale_id, child)

    def test_services_and_notes_stay(self):
        """C7: only lines delivered from stock are moved."""
        service = self.env["product.product"].create(
            {"name": "Service", "type": "service", "list_price": 30}
        )
        order = self._confirm_backordered(
            (service, 1), {"display_type": "line_note", "name": "Ring twice"}
        )
        child = self._split(order)
        self.assertEqual(child.order_line.product_id, self.backorderable)
        self.assertIn(service, order.order_line.product_id)
        self.assertIn("Ring twice", order.order_line.mapped("name"))

    def test_order_that_ships_complete_can_be_split(self):
        """C7: it is backordered although stock is available for a part."""
        order = self._confirm_backordered(picking_policy="one")
        self.assertEqual(order.backorder_state, "backordered")
        child = self._split(order)
        self.assertEqual(
            (order.backorder_state, child.backorder_state), ("allocated", "backordered")
        )
        self.assertEqual(child.picking_policy, "one")

    def test_agreement_is_kept(self):
        """C7: the new order has all terms of the original, and no second email is
        sent."""
        fiscal_position = self.env["account.fiscal.position"].create(
            {"name": "Abroad", "company_id": self.company.id}
        )
        address = self.env["res.partner"].create(
            {"name": "Back Door", "parent_id": self.customer.id, "type": "delivery"}
        )
        tag = self.env["crm.tag"].create({"name": "Careful"})
        order = self._confirm_backordered(
            partner_shipping_id=address.id,
            client_order_ref="PO 12",
            commitment_date="2031-05-06 07:08:09",
            tag_ids=[Command.set(tag.ids)],
            fiscal_position_id=fiscal_position.id,
            payment_term_id=self.env.ref("account.account_payment_term_30days").id,
            backorder_priority="high",
            note="<p>Terms</p>",
            user_id=self.users["sales"].id,
        )
        order.date_order = "2026-01-02 03:04:05"
        order.message_subscribe(partner_ids=self.customer.ids)
        mails = self.env["mail.mail"].search_count([])
        child = self._split(order)
        for name in (
            "partner_id", "partner_invoice_id", "partner_shipping_id",
            "client_order_ref", "commitment_date", "date_order", "tag_ids",
            "fiscal_position_id", "payment_term_id", "pricelist_id", "currency_id",
            "warehouse_id", "company_id", "user_id", "team_id", "note",
            "backorder_priority", "picking_policy", "message_partner_ids",
        ):  # fmt: skip
            self.assertEqual(child[name], order[name], name)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        self.assertEqual(child.origin, order.name)

    def test_prices_are_kept(self):
        """C7: price, discount, taxes and analytics are kept on both lines."""
        plan = self.env["account.analytic.plan"].create({"name": "Plan"})
        account = self.env["account.analytic.account"].create(
            {"name": "Account", "plan_id": plan.id, "company_id": self.company.id}
        )
        order = self._confirm_backordered()
        line = order.order_line[1]
        line.write(
            {
                "price_unit": 12.34,
                "discount": 7.5,
                "tax_ids": [Command.set(self.tax.ids)],
                "analytic_distribution": {str(account.id): 100},
                "name": "As agreed",
                "customer_lead": 9,
            }
        )
        line.technical_price_unit = 12.34  # as if set by the pricelist
        self.backorderable.list_price = 99
        part = self._split(order).order_line
        for name in (
            "price_unit", "discount", "tax_ids", "analytic_distribution", "name",
            "customer_lead", "product_uom_id", "warehouse_id",
        ):  # fmt: skip
            self.assertEqual(part[name], line[name], name)
        self.assertEqual((line.price_unit, line.discount), (12.34, 7.5))

    # ------------------------------------------------------------------
    # Amounts
    # ------------------------------------------------------------------

    def _price(self, order, price, discount):
        order.order_line.write(
            {
                "price_unit": price,
                "discount": discount,
                "tax_ids": [Command.set(self.tax.ids)],
            }
        )

    def _assert_amounts_kept(self, rounding, **values):
        self.company.tax_calculation_rounding_method = rounding
        is_changed_somewhere = False
        for price, discount in ((3.33, 12.5), (0.07, 3.0), (3.01, 5.07)):
            order = self._confirm_backordered(
                (self.other, 7), (self.other, 1), **values
            )
            self._price(order, price, discount)
            names = ("amount_untaxed", "amount_tax", "amount_total")
            before = [order[name] for name in names]
            child = self._split(order)
            after = [order[name] + child[name] for name in names]
            for name, was, now in zip(names, before, after, strict=True):
                self.assertFalse(
                    order.currency_id.compare_amounts(was, now), (name, was, now)
                )
            is_changed_somewhere |= any(child.order_line.mapped("extra_tax_data"))
            child.merge_backorder()
            for name, was in zip(names, before, strict=True):
                self.assertFalse(order.currency_id.compare_amounts(was, order[name]))
            order._action_cancel()
        return is_changed_somewhere

    def test_totals_are_kept_to_the_cent(self):
        """C7: the rounding difference is added to the backorder order."""
        self.assertTrue(self._assert_amounts_kept("round_per_line"))

    def test_totals_are_kept_where_taxes_round_globally(self):
        """C7: the same if taxes are rounded once for the document."""
        self.assertTrue(self._assert_amounts_kept("round_globally"))

    def test_totals_are_kept_in_a_currency_without_cents(self):
        """C7: the same in another currency with another rounding."""
        yen = self.env.ref("base.JPY")
        yen.active = True
        pricelist = self.env["product.pricelist"].create(
            {"name": "Yen", "currency_id": yen.id, "company_id": self.company.id}
        )
        self.assertTrue(
            self._assert_amounts_kept("round_per_line", pricelist_id=pricelist.id)
        )

    def test_amount_of_each_line_is_kept(self):
        """C7: for each line, also without taxes; the invoice has the same amounts."""
        order = self._confirm_backordered((self.other, 1))
        order.order_line.tax_ids = False
        line = order.order_line[1]
        line.write({"price_unit": 0.37, "discount": 5.5})
        whole = line.price_subtotal
        child = self._split(order)
        part = child.order_line.filtered("backorder_origin_line_id")
        self.assertAlmostEqual(line.price_subtotal + part.price_subtotal, whole, 2)
        self.assertAlmostEqual(
            child.amount_untaxed, sum(child.order_line.mapped("price_subtotal")), 2
        )

    # ------------------------------------------------------------------
    # Stock
    # ------------------------------------------------------------------

    def test_reservations_are_not_touched(self):
        """C7: the same rows stay reserved, and nothing is free in between."""
        order = self._confirm_backordered()
        rows = order.order_line.move_ids.move_line_ids
        before = {row: (row.quantity, row.move_id) for row in rows}
        figures = self._get(self.backorderable, "committed")
        child = self._split(order)
        self.assertEqual(rows.exists(), rows)
        self.assertEqual({row: (row.quantity, row.move_id) for row in rows}, before)
        self.assertEqual(self._get(self.backorderable, "committed"), figures)
        self.assertFalse(self._get_reserved(child))
        self.assertEqual(self._get_quants(self.backorderable).reserved_quantity, 4)

    def test_transfers_are_separate(self):
        """C7: each order has its own transfer with its own name."""
        order = self._confirm_backordered()
        child = self._split(order)
        for own in (order, child):
            self.assertEqual(len(own.picking_ids), 1)
            picking = own.picking_ids
            self.assertEqual(picking.move_ids.sale_line_id.order_id, own)
            self.assertEqual((picking.sale_id, picking.origin), (own, own.name))
            self.assertEqual(picking.reference_ids, own.stock_reference_ids)
        self.assertFalse(order.stock_reference_ids & child.stock_reference_ids)

    def test_stock_that_arrives_goes_to_the_backorder(self):
        """C7, C2: the retry allocates stock to the new order."""
        order = self._confirm_backordered()
        child = self._split(order)
        self._receive(self.backorderable, 6)
        self._run_retries()
        self.assertEqual(child.backorder_state, "allocated")
        self.assertFalse(child.backordered_since)
        self._validate(order.picking_ids)
        self._validate(child.picking_ids)
        self.assertEqual(order.order_line.mapped("qty_delivered"), [3, 4])
        self.assertEqual(child.order_line.qty_delivered, 6)

    def test_orders_can_be_changed_afterwards(self):
        """C7, B4: quantities can be raised and lowered without duplicate deliveries."""
        order = self._confirm_backordered()
        child = self._split(order)
        child.order_line.product_uom_qty = 8
        order.order_line[1].product_uom_qty = 5
        self.assertEqual(sum(child.order_line.move_ids.mapped("product_uom_qty")), 8)
        moves = order.order_line[1].move_ids
        self.assertEqual(sum(moves.mapped("product_uom_qty")), 5)

    def test_moved_demand_is_not_checked_again(self):
        """C7, B4: a backorder stays confirmed even if backorders are no longer
        allowed."""
        order = self._confirm_backordered()
        self.backorderable.allow_backorder = "no"
        child = self._split(order)
        self.assertEqual(child.order_line.product_uom_qty, 6)
        with self.assertRaises(OrderValidationError):
            child.order_line.product_uom_qty = 7
        self.assertEqual(order.override_ids, order.override_ids.browse())

    def test_delivered_part_stays(self):
        """C7: shipped quantities stay on the original order."""
        order = self._confirm_backordered()
        self._validate(order.picking_ids)
        rest = order.picking_ids.filtered(lambda picking: picking.state != "done")
        child = self._split(order)
        self.assertEqual(
            self._get_quantities(order), {self.other: 3, self.backorderable: 4}
        )
        self.assertEqual(order.order_line.mapped("qty_delivered"), [3, 4])
        self.assertEqual(self._get_quantities(child), {self.backorderable: 6})
        self.assertEqual(child.picking_ids, rest)
        self.assertEqual(order.delivery_status, "full")

    def _invoice(self, order, quantity):
        """Invoice ``quantity`` of the second line before it is delivered."""
        line = order.order_line[1]
        self._invoice_line(line, quantity)
        self.assertEqual(line.qty_invoiced, quantity)

    def test_invoiced_part_stays(self):
        """C7: invoiced quantities stay on the invoiced order."""
        order = self._confirm_backordered()
        self._invoice(order, 7)
        child = self._split(order)
        self.assertEqual(order.order_line[1].product_uom_qty, 7)
        self.assertEqual(child.order_line.product_uom_qty, 3)
        self.assertEqual(order.backorder_state, "partially_allocated")
        self.assertEqual(order.order_line[1].backorder_qty, 3)

    def test_order_that_is_invoiced_completely_stays_whole(self):
        """C7: nothing is left to move, and the message says so."""
        order = self._confirm_backordered()
        self._invoice(order, 10)
        with self.assertRaisesRegex(UserError, "already invoiced"):
            order.split_backorder(True)
        self.assertFalse(order.backorder_child_ids)

    def test_units_are_converted(self):
        """C7: a dozen with seven units in stock."""
        dozen = self.env.ref("uom.product_uom_dozen")
        self._set_stock(self.backorderable, 7)
        order = self._confirm(
            {
                "product_id": self.backorderable.id,
                "product_uom_id": dozen.id,
                "product_uom_qty": 1,
            }
        )
        child = self._split(order)
        self.assertAlmostEqual(order.order_line.product_uom_qty, 0.58)
        self.assertAlmostEqual(child.order_line.product_uom_qty, 0.42)
        self.assertEqual(sum(child.order_line.move_ids.mapped("product_qty")), 5)
        self.assertEqual(order.backorder_state, "allocated")

    def test_combo_moves_as_a_whole(self):
        """C7: a combo is not divided; it moves if nothing of it has shipped."""
        combos = self.env["product.combo"].create(
            [
                {
                    "name": product.name,
                    "combo_item_ids": [Command.create({"product_id": product.id})],
                }
                for product in (self.other, self.backorderable)
            ]
        )
        menu = self.env["product.product"].create(
            {
                "name": "Menu",
                "type": "combo",
                "combo_ids": [Command.set(combos.ids)],
                "list_price": 20,
            }
        )
        self._set_stock(self.other, 4)
        order = self._create_order((self.other, 1), (menu, 2))
        head = order.order_line[1]
        self.env["sale.order.line"].create(
            [
                {
                    "order_id": order.id,
                    "product_id": combo.combo_item_ids.product_id.id,
                    "product_uom_qty": 2,
                    "combo_item_id": combo.combo_item_ids.id,
                    "linked_line_id": head.id,
                }
                for combo in combos
            ]
        )
        order.action_confirm()
        total, lines = order.amount_total, order.order_line
        child = self._split(order)
        self.assertEqual(self._get_quantities(order), {self.other: 1})
        self.assertEqual(
            self._get_quantities(child),
            {menu: 2, self.other: 2, self.backorderable: 2},
        )
        self.assertEqual(self._get_reserved(child), 2)
        child.merge_backorder()
        self.assertEqual((order.order_line, order.amount_total), (lines, total))

    def test_monitor_phase(self):
        """C7, B9: orders can be split in the monitor phase."""
        self.company.promise_phase = "dark"
        child = self._split(self._confirm_backordered())
        self.assertEqual(child.backorder_state, "backordered")
        self.assertFalse(self._get_events("order:would_block", order_id=child))

    def test_two_step_delivery(self):
        """C7: picked goods stay on the original order, the rest moves."""
        self.warehouse.delivery_steps = "pick_ship"
        order = self._confirm_backordered()
        self._validate(order.picking_ids)
        self.assertEqual(order.backorder_state, "partially_allocated")
        child = self._split(order)
        self.assertEqual(self._get_quantities(child), {self.backorderable: 6})
        self.assertEqual(order.backorder_state, "allocated")
        self._receive(self.backorderable, 6)
        self._run_retries()
        for own in (order, child):
            while todo := own.picking_ids.filtered(
                lambda picking: picking.state not in ("done", "cancel")
            ):
                for picking in todo:
                    self._validate(picking)
            self.assertEqual(
                own.order_line.mapped("qty_delivered"),
                own.order_line.mapped("product_uom_qty"),
            )
        self.assertFalse(order.picking_ids & child.picking_ids)

    def test_pull_chain(self):
        """C7: every step of the moved goods moves too, and stays linked."""
        self.warehouse.delivery_steps = "pick_ship"
        route = self.warehouse.delivery_route_id
        pick = route.rule_ids.filtered(lambda rule: rule.action == "pull")
        push = route.rule_ids - pick
        output = self.warehouse.wh_output_stock_loc_id
        customers = self.env.ref("stock.stock_location_customers")
        push.write(
            {
                "action": "pull",
                "location_src_id": output.id,
                "location_dest_id": customers.id,
                "procure_method": "make_to_order",
            }
        )
        pick.write(
            {
                "location_dest_id": output.id,
                "procure_method": "make_to_stock",
            }
        )
        order = self._confirm_backordered()
        ship = order.order_line[1].move_ids.filtered("move_orig_ids")
        self.assertEqual(ship.product_uom_qty, 10)
        child = self._split(order)
        own = child.order_line.move_ids
        self.assertEqual(own.mapped("product_uom_qty"), [6, 6])
        last = own.filtered("move_orig_ids")
        self.assertEqual(last.move_orig_ids, own - last)
        self.assertEqual(
            (ship.product_uom_qty, ship.move_orig_ids.product_uom_qty), (4, 4)
        )
        self.assertEqual(ship.move_orig_ids.move_dest_ids, ship)
        self.assertEqual(
            (order.backorder_state, child.backorder_state), ("allocated", "backordered")
        )
        child.merge_backorder()
        self.assertEqual(ship.product_uom_qty, 10)
        self.assertEqual(ship.move_orig_ids.product_uom_qty, 10)

    # ------------------------------------------------------------------
    # Age and queue
    # ------------------------------------------------------------------

    def test_age_and_position_in_the_queue_are_kept(self):
        """C7, C3: a backorder of 14 days keeps its age and position."""
        order = self._confirm_backordered()
        since = fields.Datetime.now() - timedelta(days=14)
        order.backordered_since = since
        later = self._confirm((self.backorderable, 6))
        self.env.cr.execute(
            "UPDATE sale_order SET create_date = create_date + interval '1 hour'"
            " WHERE id = %s",
            [later.id],
        )
        later.invalidate_recordset()
        child = self._split(order)
        self.env.cr.execute(
            "UPDATE sale_order SET create_date = create_date + interval '2 hours'"
            " WHERE id = %s",
            [child.id],
        )
        child.invalidate_recordset()
        self.assertEqual(child.backordered_since, since)
        self.assertEqual(child.backorder_age, 14)
        self.assertFalse(order.backordered_since)
        child.order_line.name = "An edit moves nothing"
        child.action_fulfil()
        self.assertEqual(child.backordered_since, since)
        queue = self.retries._get_queue(self.backorderable, self.warehouse)
        self.assertEqual([row["order_id"] for row in queue], [child.id, later.id])
        self.assertEqual((later | child)._sort_by_queue()[:1], child)
        self._receive(self.backorderable, 6)
        self._run_retries()
        self.assertEqual(
            (child.backorder_state, later.backorder_state), ("allocated", "backordered")
        )

    def test_backorder_can_be_split_again(self):
        """C7: the root stays the first order."""
        order = self._confirm_backordered()
        child = self._split(order)
        self._receive(self.backorderable, 2)
        self._run_retries()
        grandchild = self._split(child)
        self.assertEqual(grandchild.backorder_parent_id, child)
        self.assertEqual(grandchild.backorder_root_id, order)
        self.assertEqual(
            [
                own.order_line.filtered(
                    lambda line: line.product_id == self.backorderable
                ).product_uom_qty
                for own in (order, child, grandchild)
            ],
            [4, 2, 4],
        )
        with self.assertRaisesRegex(UserError, "split off again"):
            child.merge_backorder()

    # ------------------------------------------------------------------
    # Log
    # ------------------------------------------------------------------

    def test_log_and_chatter_of_both_orders(self):
        """C8: the split is logged with its figures; each order names the other."""
        order = self._confirm_backordered()
        child = self._split(self._as("operator", order))
        event = self._get_events("order:split", order_id=order)
        self.assertEqual(event.payload["backorderOrderId"], child.id)
        self.assertTrue(event.payload["customerAgreed"])
        self.assertEqual(event.quantity, 6)
        self.assertEqual(event.user_id, self.users["operator"])
        self.assertEqual(event.trigger_source, "split:backorder_operator")
        opened = self._get_events("order:backordered", order_id=child)
        self.assertEqual(opened.trigger_source, "split:backorder_operator")
        resolved = self._get_events("order:backorder_resolved", order_id=order)
        self.assertEqual(resolved.payload["newStatus"], "allocated")
        self.assertFalse(self._get_events("order:allocated", order_id=child))
        self.assertIn(child.name, order.message_ids[0].body)
        self.assertIn(order.name, child.sudo().message_ids[0].body)

    # ------------------------------------------------------------------
    # Refused
    # ------------------------------------------------------------------

    def test_other_states_are_refused(self):
        """C7, C12: with the message of the procedure."""
        allocated = self._confirm_backordered()
        self._split(allocated)
        held = self._confirm((self.backorderable, 2))
        held.action_hold("later")
        orders = {
            "ALLOCATED": allocated,
            "ON_HOLD": held,
            "QUOTATION": self._create_order((self.backorderable, 1)),
        }
        for status, order in orders.items():
            with self.assertRaisesRegex(
                UserError,
                rf"Order {order.name} cannot be split \(status: {status}\)\. Only"
                " PARTIALLY_ALLOCATED or BACKORDERED orders can be split",
            ):
                order.split_backorder(True)
            with self.assertRaisesRegex(UserError, "cannot be split"):
                order.action_open_split()

    def test_nothing_allocated_is_refused(self):
        """C7: there would be nothing to ship."""
        order = self._confirm((self.backorderable, 2))
        self.assertFalse(order.is_backorder_splittable)
        with self.assertRaisesRegex(UserError, "Nothing of .* is allocated"):
            order.split_backorder(True)

    def test_split_needs_the_agreement(self):
        """C7: with the wizard or without."""
        order = self._confirm_backordered()
        for answer in (False, None, 0, "no", "false"):
            with self.assertRaisesRegex(UserError, "customer agreed"):
                order.split_backorder(answer)
        wizard = Form.from_action(self.env, order.action_open_split())
        with self.assertRaisesRegex(UserError, "customer agreed"):
            wizard.save().action_split()
        self.assertFalse(order.backorder_child_ids)

    def test_order_pending_approval_is_refused(self):
        """C7, B4: the decision comes first."""
        order = self._confirm_backordered()
        order.requires_inventory_override = True
        with self.assertRaisesRegex(UserError, "approval"):
            order.split_backorder(True)

    def test_order_with_a_pending_increase_is_refused(self):
        """C7, B4: a pending increase is not split."""
        self.company.shortage_policy = "pending"
        self._set_stock(self.protected, 1)
        order = self._confirm_backordered((self.protected, 1))
        order.order_line[2].product_uom_qty = 5
        self.assertEqual(order.override_ids.state, "pending")
        self.assertFalse(order.is_backorder_splittable)
        with self.assertRaisesRegex(UserError, "approval"):
            order.split_backorder(True)

    def test_missing_or_several_orders_are_refused(self):
        """C12: with an error that says what to do."""
        order = self._confirm_backordered()
        missing = order.copy()
        missing.unlink()
        with self.assertRaisesRegex(UserError, "Order not found"):
            missing.split_backorder(True)
        with self.assertRaisesRegex(UserError, "Select one order"):
            (order | order.copy()).split_backorder(True)

    def test_second_split_finds_nothing_to_do(self):
        """C7: two clicks create one backorder order."""
        order = self._confirm_backordered()
        self._split(order)
        with self.assertRaisesRegex(UserError, "cannot be split"):
            order.split_backorder(True)
        self.assertEqual(len(order.backorder_child_ids), 1)

    def test_roles(self):
        """C10: operators and managers may split, even without the right to write
        orders."""
        for role in ("viewer", "sales"):
            order = self._confirm_backordered(user_id=self.users["sales"].id)
            own = self._as(role, order)
            for method in ("action_open_split", "get_split_preview", "merge_backorder"):
                with self.assertRaises(AccessError):
                    getattr(own, method)()
            with self.assertRaises(AccessError):
                own.split_backorder(True)
            order._action_cancel()
        for role in ("operator", "manager", "finance"):
            order = self._confirm_backordered()
            own = self._as(role, order)
            wizard = Form.from_action(own.env, own.action_open_split())
            self.assertEqual(len(wizard.ship_line_ids), 2)
            wizard.customer_agreed = True
            wizard.save().action_split()
            self.assertEqual(len(order.backorder_child_ids), 1)
            self._as(role, order.backorder_child_ids).merge_backorder()
            self.assertFalse(order.backorder_child_count)
            order._action_cancel()

    def test_other_company_is_out_of_reach(self):
        """C10: record rules apply although the server writes as superuser."""
        order = self._confirm_backordered()
        other = self.env["res.company"].create({"name": "Others"})
        stranger = self._create_user(
            "stranger", "backorder_atp.group_backorder_operator"
        )
        stranger.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        own = order.with_user(stranger).with_context(allowed_company_ids=other.ids)
        with self.assertRaises(AccessError):
            own.split_backorder(True)

    def test_links_are_written_by_the_server_only(self):
        """C7: users cannot jump the queue by setting an older order as the original."""
        order = self._confirm_backordered()
        child = self._split(order)
        sales = self._as("sales", order)
        with self.assertRaises(AccessError):
            sales.backorder_child_ids = [Command.clear()]
        with self.assertRaises(AccessError):
            self._as("sales", child).backorder_parent_id = False
        with self.assertRaises(AccessError):
            self._as("sales", child.order_line).backorder_origin_line_id = False
        sneaky = (
            self._as("sales", self.env["sale.order"])
            .with_context(default_backorder_parent_id=order.id)
            .create({"partner_id": self.customer.id, "company_id": self.company.id})
        )
        self.assertFalse(sneaky.backorder_parent_id)
        self.assertFalse(child.copy().backorder_parent_id)

    # ------------------------------------------------------------------
    # Wizard
    # ------------------------------------------------------------------

    def test_wizard_shows_both_orders(self):
        """C7: what stays and what moves, for both ways of splitting."""
        order = self._confirm_backordered()
        wizard = Form.from_action(self.env, order.action_open_split())
        sides = ("ship_line_ids", "backorder_line_ids")

        def show():
            return [
                [
                    (line["product_id"], line["quantity"])
                    for line in getattr(wizard, side)._records
                ]
                for side in sides
            ]

        self.assertEqual(
            show(),
            [
                [(self.other.id, 3), (self.backorderable.id, 4)],
                [(self.backorderable.id, 6)],
            ],
        )
        wizard.split_lines = False
        self.assertEqual(show(), [[(self.other.id, 3)], [(self.backorderable.id, 10)]])
        wizard.customer_agreed = True
        action = wizard.save().action_split()
        [link] = action["params"]["links"]
        self.assertEqual(link["label"], order.backorder_child_ids.name)
        self.assertEqual(self._get_quantities(order), {self.other: 3})

    def test_smart_buttons_lead_both_ways(self):
        """C7: from the order to its backorder and back."""
        order = self._confirm_backordered()
        child = self._split(order)
        self.assertEqual(order.action_view_backorder_children()["res_id"], child.id)
        self.assertEqual(child.action_view_backorder_parent()["res_id"], order.id)
