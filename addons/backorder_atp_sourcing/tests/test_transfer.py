# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).


from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.backorder_atp.exceptions import OrderValidationError
from odoo.addons.backorder_atp.tests.common import BackorderCommon


class TransferCommon(BackorderCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.supply = cls.env["backorder.supply"]
        cls.north = cls._create_warehouse("North", "NOR")
        cls.stocked = cls.backorderable
        cls.order = cls._confirm((cls.stocked, 10), warehouse_id=cls.warehouse.id)

    def _stock_north(self, quantity, product=None):
        self._set_stock(product or self.stocked, quantity, self.north.lot_stock_id)

    def _open(self, records=None, role="operator"):
        action = self._as(role, records or self.order).action_open_transfer()
        return self._as(role, self.env[action["res_model"]]).browse(action["res_id"])

    def _transfer(self, wizard):
        """Transfer what is proposed; return the pickings."""
        wizard.action_transfer()
        event = self._get_events("supply:transfer_created")[:1]
        return self.env["stock.picking"].search(
            [("name", "in", event.payload["transfers"])], order="id"
        )

    def _move(self, lines, role="operator"):
        self._as(role, lines).action_move_to_warehouse(self.north.id)

    def _purchase(self, quantity, **values):
        return self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "picking_type_id": self.warehouse.in_type_id.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.stocked.id,
                            "product_qty": quantity,
                            **values,
                        }
                    )
                ],
            }
        )

    def _get_uncounted(self):
        rows = self.stocked._get_uncounted_supply(self.warehouse)
        return {row["kind"]: row for row in rows}


@tagged("post_install", "-at_install")
class TestTransfer(TransferCommon):
    def test_order_shows_stock_elsewhere(self):
        """D9: on the line and on the order, in the product's unit."""
        self._stock_north(4)
        line = self.order.order_line
        self.assertEqual(line.stock_elsewhere, "4 Units in North")
        self.assertIn("4 Units in North", self.order.stock_elsewhere)

    def test_quotation_shows_stock_elsewhere(self):
        """D9: before it is confirmed, and only on short lines."""
        self._stock_north(4)
        short = self._create_order((self.stocked, 1), warehouse_id=self.warehouse.id)
        self.assertEqual(short.order_line.stock_elsewhere, "4 Units in North")
        served = self._create_order((self.stocked, 1), warehouse_id=self.north.id)
        self.assertFalse(served.order_line.stock_elsewhere)

    def test_other_warehouse_keeps_what_it_needs(self):
        """D6: its own safety stock and demand come first."""
        self._stock_north(20)
        self.env["stock.policy"].create(
            {
                "product_id": self.stocked.id,
                "warehouse_id": self.north.id,
                "safety_stock_quantity": 5,
            }
        )
        self._confirm((self.stocked, 8), warehouse_id=self.north.id)
        line = self._open().line_ids
        self.assertEqual((line.spare_qty, line.quantity), (7, 7))
        line.quantity = 8
        with self.assertRaisesRegex(UserError, "North can only spare 7.0 Units"):
            line.transfer_id.action_transfer()

    def test_the_fullest_warehouse_comes_first(self):
        """D6: the one with the most first; the next one adds the rest."""
        south = self._create_warehouse("South", "SOU")
        self._stock_north(3)
        self._set_stock(self.stocked, 8, south.lot_stock_id)
        wizard = self._open()
        self.assertEqual(
            [(line.source_id, line.quantity) for line in wizard.line_ids],
            [(south, 8), (self.north, 2)],
        )

    def test_transfer_serves_the_backordered_order(self):
        """D6: a real internal transfer, urgent; on arrival the order is allocated."""
        self._stock_north(15)
        picking = self._transfer(self._open())
        self.assertEqual(
            (picking.location_id, picking.location_dest_id, picking.picking_type_id),
            (self.north.lot_stock_id, self.stock, self.north.int_type_id),
        )
        self.assertEqual((picking.state, picking.priority), ("assigned", "1"))
        self.assertEqual(picking.origin, self.order.name)
        self._validate(picking)
        self._run_retries()
        self.assertEqual(self.order.backorder_state, "allocated")

    def test_transfer_follows_the_resupply_route(self):
        """D6: if there is a route, each step of it, through transit."""
        self.warehouse.resupply_wh_ids = self.north
        self._stock_north(15)
        wizard = self._open()
        self.assertEqual(wizard.line_ids.route_id, self.warehouse.resupply_route_ids)
        pickings = self._transfer(wizard)
        transit = self.company.internal_transit_location_id
        leaving = pickings.filtered(lambda picking: picking.location_dest_id == transit)
        arriving = pickings - leaving
        self.assertEqual(leaving.location_id, self.north.lot_stock_id)
        self.assertEqual(arriving.location_dest_id, self.stock)
        self._validate(leaving)
        self.assertEqual(self.order.backorder_state, "backordered")
        self._validate(arriving)
        self._run_retries()
        self.assertEqual(self.order.backorder_state, "allocated")

    def test_transfer_under_way_covers_the_shortage(self):
        """D5, D6: it is neither bought nor transferred again."""
        self._stock_north(25)
        self._transfer(self._open())
        line = self._open().line_ids
        self.assertEqual(
            (line.spare_qty, line.uncovered_qty, line.quantity), (15, 0, 0)
        )

    def test_transfer_takes_from_what_can_be_promised(self):
        """D6: the quantity that the source can promise is reduced immediately."""
        self._stock_north(15)
        self._transfer(self._open())
        self.assertEqual(self._get(self.stocked, warehouse=self.north), 5)

    def test_outdated_proposal_is_refused(self):
        """D6: another user has created a transfer in the meantime."""
        self._stock_north(25)
        wizard = self._open()
        self._transfer(self._open())
        with self.assertRaisesRegex(UserError, "has changed"):
            wizard.action_transfer()

    def test_transfer_is_recorded(self):
        """D6: source, destination and transfers."""
        self._stock_north(15)
        picking = self._transfer(self._open())
        event = self._get_events("supply:transfer_created", product_id=self.stocked)
        self.assertEqual(event.quantity, 10)
        self.assertEqual(
            event.payload,
            {
                "from": "North",
                "to": self.warehouse.name,
                "transfers": [picking.name],
            },
        )

    def test_impossible_transfers_are_refused(self):
        """D6: quantity of zero, same warehouse, other company."""
        self._stock_north(15)
        other = self.env["res.company"].create({"name": "Others"})
        self.env.user.company_ids += other
        foreign = self.env["stock.warehouse"].search([("company_id", "=", other.id)])
        for source, quantity, message in (
            (self.north, 0, "greater than zero"),
            (self.warehouse, 1, "another source warehouse"),
            (foreign, 1, "inter-company sale"),
        ):
            with self.assertRaisesRegex(UserError, message):
                self.supply.transfer(
                    [
                        {
                            "product_id": self.stocked.id,
                            "source_id": source.id,
                            "warehouse_id": self.warehouse.id,
                            "quantity": quantity,
                        }
                    ]
                )

    def test_confirmed_order_is_shipped_from_there(self):
        """D9: the open delivery is cancelled and created in the other warehouse."""
        self._stock_north(15)
        wizard = self._open()
        wizard.line_ids.action_move_order()
        moves = self.order.order_line.move_ids
        self.assertEqual(
            moves.filtered(lambda move: move.state == "cancel").location_id, self.stock
        )
        self.assertEqual(
            moves.filtered(lambda move: move.state == "assigned").location_id,
            self.north.lot_stock_id,
        )
        self.assertEqual(self.order.backorder_state, "allocated")
        event = self._get_events("supply:order_moved", order_id=self.order)
        self.assertEqual((event.warehouse_id, event.quantity), (self.north, 10))

    def test_moving_is_offered_where_everything_is_there(self):
        """D9: not to a warehouse where the order would be short as well."""
        self._stock_north(9)
        self.assertFalse(self._open().line_ids.can_move)
        self._stock_north(10)
        self.assertTrue(self._open().line_ids.can_move)
        self.assertFalse(self._open(self.stocked).line_ids.can_move, "of no order")

    def test_moved_order_is_checked_again(self):
        """D9: a warehouse without enough stock is refused, and nothing changes."""
        self.stocked.allow_backorder = "no"
        self._stock_north(9)
        delivery = self.order.picking_ids
        with self.assertRaisesRegex(OrderValidationError, "available 9.0"):
            self._move(self.order.order_line)
        self.assertEqual(self.order.order_line.warehouse_id, self.warehouse)
        self.assertNotEqual(delivery.state, "cancel")

    def test_quotation_is_moved_by_its_salesperson(self):
        """D9: by users who may change it; it is checked at confirmation."""
        self._stock_north(4)
        order = self._create_order(
            (self.stocked, 4),
            warehouse_id=self.warehouse.id,
            user_id=self.users["sales"].id,
        )
        wizard = self._open(order, "sales")
        wizard.line_ids.action_move_order()
        self.assertEqual(order.warehouse_id, self.north)
        order.action_confirm()
        self.assertEqual(order.backorder_state, "allocated")

    def test_only_short_lines_of_a_quotation_move(self):
        """D9: the other lines keep their warehouse."""
        self._stock_north(4)
        self._set_stock(self.protected, 5)
        order = self._create_order(
            (self.stocked, 4), (self.protected, 5), warehouse_id=self.warehouse.id
        )
        self._move(order.order_line._filter_short())
        self.assertEqual(
            order.order_line.mapped("warehouse_id.name"), ["North", self.warehouse.name]
        )

    def test_reserved_or_shipped_lines_do_not_move(self):
        """D9: they have to be unreserved or split off first."""
        self._stock_north(15)
        self._set_stock(self.stocked, 4)
        self._run_retries()
        with self.assertRaisesRegex(UserError, "part of it is reserved"):
            self._move(self.order.order_line)
        self._validate(self.order.picking_ids, 4)
        with self.assertRaisesRegex(UserError, "already been picked or shipped"):
            self._move(self.order.order_line)

    def test_order_of_another_company_does_not_move_here(self):
        other = self.env["res.company"].create({"name": "Others"})
        self.users["operator"].company_ids += other
        foreign = self.env["stock.warehouse"].search([("company_id", "=", other.id)])
        with self.assertRaisesRegex(UserError, "another company"):
            self._as("operator", self.order.order_line).action_move_to_warehouse(
                foreign.id
            )

    def test_quarantined_stock_is_shown_with_its_location(self):
        """D9: it is in stock, but not released."""
        cage = self._create_quarantine()
        self._set_stock(self.stocked, 6, cage)
        uncounted = self._open().uncounted_ids
        self.assertEqual(
            (uncounted.kind, uncounted.quantity, uncounted.document),
            ("quarantine", 6, cage.display_name),
        )
        action = uncounted.action_open_document()
        self.assertEqual(action["res_model"], "stock.quant")

    def test_stock_of_another_company_is_shown_to_its_users(self):
        """D9: with what to do about it; not to other users."""
        other = self.env["res.company"].create({"name": "Others"})
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", other.id)])
        self._force_stock(self.stocked, 9, warehouse.lot_stock_id)
        self.assertNotIn("company", [row.kind for row in self._open().uncounted_ids])
        self.users["operator"].company_ids += other
        uncounted = self._open().uncounted_ids
        self.assertEqual((uncounted.kind, uncounted.quantity), ("company", 9))
        self.assertIn("Others", uncounted.reason)

    def test_who_may_look_for_stock(self):
        """C10: operators; for a quotation, users who may change it."""
        self._stock_north(15)
        for role in ("viewer", "sales"):
            with self.assertRaises(AccessError):
                self._open(self.stocked, role)
            with self.assertRaises(AccessError):
                self._as(role, self.order.order_line).action_move_to_warehouse(
                    self.north.id
                )
        for records in (self.stocked, self.stocked.product_tmpl_id, self.order):
            self.assertEqual(self._open(records).line_ids.quantity, 10)

    def test_who_may_transfer(self):
        """C10: salespeople see the stock, but may not transfer it."""
        self._stock_north(15)
        order = self._create_order(
            (self.stocked, 4),
            warehouse_id=self.warehouse.id,
            user_id=self.users["sales"].id,
        )
        wizard = self._open(order, "sales")
        with self.assertRaisesRegex(AccessError, "Operator"):
            wizard.action_transfer()
