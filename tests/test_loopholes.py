# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).


from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from ..exceptions import OrderValidationError
from .common import SIGNATURE, BackorderCommon


class LoopholesCommon(BackorderCommon):
    """Ways around the check of promises."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_stock(cls.protected, 5)

    def _confirm_as_sales(self, quantity=5):
        order = self._create_order(
            (self.protected, quantity), user_id=self.users["sales"].id
        )
        order = self._as("sales", order)
        order.action_confirm()
        return order

    def _create_move_on(self, picking, product, quantity):
        picking.move_ids = [
            Command.create(
                {
                    "product_id": product.id,
                    "product_uom_qty": quantity,
                    "location_id": picking.location_id.id,
                    "location_dest_id": picking.location_dest_id.id,
                }
            )
        ]
        picking.action_confirm()


@tagged("post_install", "-at_install")
class TestLoopholes(LoopholesCommon):
    def test_lowering_a_line_that_was_never_launched(self):
        """B4: lowering a line launches only available stock."""
        order = self._confirm_as_sales()
        order.sudo().picking_ids.action_cancel()
        self._confirm((self.protected, 5))
        with self.assertRaises(OrderValidationError):
            order.order_line.product_uom_qty = 4

    def test_confirmed_without_procurement(self):
        """B4: a line confirmed without demand is checked when it becomes demand."""
        order = self._create_order((self.protected, 5))
        order.with_context(skip_procurement=True).action_confirm()
        self._confirm((self.protected, 5))
        with self.assertRaises(OrderValidationError):
            order.order_line.product_uom_qty = 4

    def test_edited_before_and_after_confirmation(self):
        """B4: edits of the quotation do not hide edits of the order."""
        order = self._create_order((self.protected, 2))
        order.order_line.product_uom_qty = 3
        order.action_confirm()
        with self.assertRaises(OrderValidationError):
            order.order_line.product_uom_qty = 9

    def test_status_of_a_line(self):
        """B5: values that follow from orders and deliveries cannot be written."""
        order = self._confirm_as_sales()
        for name, value in (
            ("state", "draft"),
            ("backorder_qty", 0),
            ("backorder_product_qty", 0),
            ("allocated_qty", 5),
        ):
            with self.assertRaisesRegex(AccessError, "cannot be edited"):
                order.order_line.write({name: value})
        with self.assertRaisesRegex(AccessError, "cannot be edited"):
            order.order_line.create(
                {
                    "order_id": order.id,
                    "product_id": self.backorderable.id,
                    "product_uom_qty": 9,
                    "state": "draft",
                }
            )

    def test_defaults_of_the_caller(self):
        """B5: context defaults are treated like written values."""
        order = self._confirm_as_sales()
        lines = order.order_line.with_context(
            default_order_id=order.id, default_product_uom_qty=9
        )
        with self.assertRaises(OrderValidationError):
            lines.create({"product_id": self.protected.id})
        draft = (
            self._as("sales", self.env["sale.order"])
            .with_context(
                default_requires_inventory_override=True,
                default_backorder_state="allocated",
                default_hold_since=fields.Datetime.now(),
            )
            .create({"partner_id": self.customer.id})
        )
        self.assertFalse(draft.requires_inventory_override)
        self.assertFalse(draft.hold_since)
        self.assertEqual(draft.backorder_state, "none")

    def test_line_moved_to_a_confirmed_order(self):
        """B4: a line moved to another order is checked there."""
        order = self._confirm_as_sales(1)
        other = self._create_order((self.protected, 9))
        with self.assertRaises(OrderValidationError):
            other.order_line.order_id = order

    def test_expense_and_down_payment(self):
        """B4: Odoo delivers such lines too, so they are checked too."""
        for name in ("is_expense", "is_downpayment"):
            line = {"product_id": self.protected.id, "product_uom_qty": 6, name: True}
            with self.assertRaises(OrderValidationError):
                self._confirm(line)

    def test_move_added_to_an_order_line(self):
        """B4: demand added by a move is checked."""
        order = self._confirm((self.protected, 1))
        move = order.picking_ids.move_ids.copy({"product_uom_qty": 5})
        with self.assertRaises(OrderValidationError):
            move._action_confirm()

    def test_unit_of_a_move(self):
        """B4: a change of the unit is checked as well."""
        order = self._confirm((self.protected, 1))
        with self.assertRaises(OrderValidationError):
            order.picking_ids.move_ids.product_uom = self.env.ref(
                "uom.product_uom_dozen"
            )

    def test_line_added_to_a_delivery(self):
        """B4: a line added to a delivery does not take others' reservations."""
        other = self._confirm((self.protected, 4))
        mine = self._confirm((self.backorderable, 1)).picking_ids
        with self.assertRaises(OrderValidationError):
            self._create_move_on(mine, self.protected, 4)
        self.assertEqual(other.backorder_state, "allocated")
        self._create_move_on(mine, self.protected, 1)
        self.assertEqual(self._get(self.protected), 0)

    def test_finished_delivery_raised(self):
        """B4: nor does correcting a done delivery."""
        mine = self._confirm((self.protected, 1)).picking_ids
        self._validate(mine)
        other = self._confirm((self.protected, 4))
        with self.assertRaises(OrderValidationError):
            mine.move_line_ids.quantity = 3
        with self.assertRaises(OrderValidationError):
            mine.move_line_ids = [
                Command.create(
                    {
                        "product_id": self.protected.id,
                        "quantity": 2,
                        "location_id": mine.location_id.id,
                        "location_dest_id": mine.location_dest_id.id,
                    }
                )
            ]
        self.assertEqual(other.backorder_state, "allocated")

    def test_approval_does_not_outlive_a_cancellation(self):
        """B5: a cancelled order is checked again when it is confirmed again."""
        self.company.shortage_policy = "pending"
        order = self._confirm_as_sales(8)
        self._as("manager", order.override_ids).action_approve("once")
        self.assertEqual(order.state, "sale")
        order._action_cancel()
        order.action_draft()
        order.action_confirm()
        self.assertEqual(order.state, "draft")
        self.assertTrue(order.requires_inventory_override)

    def test_lowered_request_is_no_longer_needed(self):
        """B4: an order that fits now is confirmed and delivered."""
        self.company.shortage_policy = "pending"
        order = self._confirm_as_sales(8)
        order.order_line.product_uom_qty = 4
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertFalse(order.requires_inventory_override)
        self.assertEqual(order.sudo().override_ids.state, "withdrawn")
        self.assertEqual(order.backorder_state, "allocated")

    def test_cancelled_by_write(self):
        """B4: a request is withdrawn however its order is cancelled."""
        self.company.shortage_policy = "pending"
        order = self._confirm_as_sales(8)
        order.write({"state": "cancel"})
        self.assertEqual(self._get(self.protected), 5)

    def test_category_that_allows(self):
        """B5: moving a product to a category that allows backorders requires the
        permission."""
        editor = new_test_user(
            self.env,
            "backorder_editor",
            groups="base.group_user,product.group_product_manager",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        category = self.env["product.category"].create(
            {"name": "Loose", "allow_backorder": "yes"}
        )
        template = self.protected.product_tmpl_id.with_user(editor)
        with self.assertRaisesRegex(AccessError, "inventory manager"):
            template.categ_id = category
        template.categ_id = category.create({"name": "Strict"})
        self.backorderable.with_user(editor).copy()
        self._confirm((self.backorderable, 1))
        self._run_retries()
        self.backorderable.allow_backorder = "inherit"
        self._run_retries()
        self.backorderable.categ_id = category
        self.assertTrue(self.retries.search([]))

    def test_salesperson_cannot_sign_for_the_customer(self):
        """B5: a signature by the salesperson is refused."""
        order = self._as(
            "sales",
            self._create_order((self.protected, 9), user_id=self.users["sales"].id),
        )
        with self.assertRaisesRegex(AccessError, "Only the customer"):
            order.signature = SIGNATURE

    def test_items_of_unreadable_orders(self):
        """C10: users cannot add items to orders they may not read."""
        order = self._confirm((self.backorderable, 2), user_id=self.env.user.id)
        other = new_test_user(
            self.env,
            "backorder_own_sales",
            groups="sales_team.group_sale_salesman",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        items = self.env["backorder.unmatched.line"].with_user(other)
        with self.assertRaises(AccessError):
            items.create({"order_id": order.id, "reference": "mine now"})

    def test_price_of_an_item_requires_sales_rights(self):
        """C10: matching an item does not include the right to set its price."""
        order = self._confirm((self.backorderable, 2))
        self.backorderable.list_price = 30
        item = self._as("operator", self.env["backorder.unmatched.line"]).create(
            {
                "order_id": order.id,
                "reference": "cheap",
                "price_unit": 1,
                "product_id": self.backorderable.id,
            }
        )
        has_write = self._as("operator", order).has_access("write")
        self.assertEqual(item.sudo().sale_line_id.price_unit, 1 if has_write else 30)

    def test_nothing_is_added_to_closed_orders(self):
        """C12: a locked or cancelled order takes no more items."""
        for close in ("action_lock", "_action_cancel"):
            order = self._confirm((self.backorderable, 1))
            getattr(order, close)()
            with self.assertRaisesRegex(UserError, "locked or cancelled"):
                self.env["backorder.unmatched.line"].create(
                    {
                        "order_id": order.id,
                        "reference": "late",
                        "product_id": self.backorderable.id,
                    }
                )

    def test_portal_users_see_no_stock(self):
        """A5: availability is for employees; a shop shows selected values."""
        portal = new_test_user(self.env, "backorder_portal", groups="base.group_portal")
        with self.assertRaisesRegex(AccessError, "Only employees"):
            self.availability.with_user(portal).get_available_qty(
                self.protected.id, self.warehouse.id
            )

    def test_holding_needs_a_reason(self):
        """C4: hold and release require a reason."""
        order = self._confirm((self.backorderable, 1))
        with self.assertRaisesRegex(UserError, "A reason is required"):
            order.action_hold(" ")
        order.action_hold("why")
        with self.assertRaisesRegex(UserError, "A reason is required"):
            order.action_release_hold(False)

    def test_signed_order_confirmed_from_another_company(self):
        """A6, B4: a signed order gets a warehouse in any current company."""
        self._create_warehouse("Second", "WH2")
        order = self._create_order(
            (self.protected, 1), team_id=False, signature=SIGNATURE
        )
        elsewhere = self.env.ref("base.main_company")
        order.with_company(elsewhere).with_context(
            allowed_company_ids=(elsewhere | self.company).ids
        ).action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.warehouse_id.company_id, self.company)

    def test_matched_item_gets_stock_that_arrived_meanwhile(self):
        """C2: stock that arrived while an order was held is not missed."""
        order = self._confirm(
            (self.backorderable, 5),
            unmatched_line_ids=[Command.create({"reference": "??"})],
        )
        self._run_retries()
        self._receive(self.backorderable, 5)
        self._run_retries()
        self.assertEqual(order.backorder_state, "on_hold")
        order.unmatched_line_ids.unlink()
        self._run_retries()
        self.assertEqual(order.backorder_state, "allocated")

    def test_scheduler_skips_held_orders(self):
        """C4: Odoo's scheduler reserves nothing for an order on hold."""
        order = self._confirm((self.backorderable, 2))
        order.action_hold("wait")
        self._force_stock(self.backorderable, 2)
        transfer = self._create_picking(
            self.warehouse.int_type_id, self.stock, self.shelf, (self.protected, 2)
        )
        transfer.do_unreserve()
        self.env["stock.rule"]._run_scheduler_tasks(company_id=self.company.id)
        self.assertFalse(order.order_line.allocated_qty)
        self.assertEqual(transfer.state, "assigned")

    def test_new_order_does_not_jump_the_queue(self):
        """C3: stock that has just arrived goes to backordered orders."""
        old = self._confirm((self.backorderable, 2))
        self._run_retries()
        self._force_stock(self.backorderable, 2)
        self.env.cr.flush()
        new = self._confirm((self.backorderable, 2))
        self.assertEqual(new.backorder_state, "backordered")
        self._run_retries()
        self.assertEqual(
            (old.backorder_state, new.backorder_state), ("allocated", "backordered")
        )

    def test_held_order_delivered_manually_is_resolved(self):
        """C8: the episode ends in this case too."""
        order = self._confirm((self.backorderable, 2))
        order.action_hold("wait")
        self._validate(order.picking_ids, 2)
        self.assertEqual(order.backorder_state, "none")
        self.assertTrue(self._get_events("order:backorder_resolved", order_id=order))

    def test_failed_entry_does_not_block_the_queue(self):
        """C2: an entry that fails does not stop the following ones."""
        other = self._create_product("Other", allow_backorder="yes")
        orders = self._confirm((self.backorderable, 1)) | self._confirm((other, 1))
        self._run_retries()
        self._force_stock(self.backorderable, 1)
        self._force_stock(other, 1)
        self.env.cr.flush()
        model = type(self.retries)
        process = model._process_batch

        def fail_once(entries):
            if entries.product_id == self.backorderable:
                raise ValueError("broken")
            return process(entries)

        with (
            self.enter_registry_test_mode(),
            self.assertLogs("odoo.addons.backorder_atp", "ERROR"),
        ):
            self.patch(model, "_process_batch", fail_once)
            self.env.ref(
                "backorder_atp.ir_cron_process_retries"
            ).method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(orders.mapped("backorder_state"), ["backordered", "allocated"])
        self.assertEqual(self.retries.search([]).product_id, self.backorderable)

    def test_stock_lost_to_undue_demand(self):
        """C1: demand with manual reservation falls short when its stock is lost."""
        self.warehouse.out_type_id.reservation_method = "manual"
        self._set_stock(self.backorderable, 5)
        order = self._confirm((self.backorderable, 5))
        self._run_retries()
        self.assertEqual(order.backorder_state, "none")
        self._set_stock(self.backorderable, 0)
        self._run_retries()
        self.assertEqual(order.backorder_state, "backordered")

    def test_small_shortage_of_a_big_unit(self):
        """C1: a shortage that rounds to zero in the line's unit is still short."""
        pallet = self.env["uom.uom"].create(
            {
                "name": "Pallet",
                "relative_uom_id": self.backorderable.uom_id.id,
                "relative_factor": 1000,
            }
        )
        self._set_stock(self.backorderable, 1996)
        order = self._confirm(
            {
                "product_id": self.backorderable.id,
                "product_uom_qty": 2,
                "product_uom_id": pallet.id,
            }
        )
        self.assertEqual(order.order_line.backorder_product_qty, 4)
        self.assertEqual(order.backorder_state, "partially_allocated")

    def test_goods_picked_for_another_warehouse_are_not_promised(self):
        """B1: goods picked for a transfer are not promised again."""
        self.warehouse.delivery_steps = "pick_ship"
        pick_type = self.warehouse.pick_type_id
        self._create_picking(
            pick_type,
            self.stock,
            self.warehouse.wh_output_stock_loc_id,
            (self.protected, 4),
        )
        self.assertEqual(self._get(self.protected), 1)

    def test_short_line_considers_the_other_lines(self):
        """B1: a second line of the product shows what the first one leaves."""
        order = self._create_order((self.protected, 4), (self.protected, 4))
        order.order_line.invalidate_recordset()
        self.assertTrue(order.order_line[1].is_promise_short)
        self.assertEqual(order.order_line[1].promise_available_qty, 1)
