# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.backorder_atp.exceptions import OrderValidationError
from odoo.addons.backorder_atp_promise_date.tests.test_promise_date import PromiseCommon


class AlternativesCommon(PromiseCommon):
    """Three warehouses; orders are for Home, which a salesperson's mapping names."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse.name = "Home"
        cls.north = cls._create_warehouse("North", "NO")
        cls.south = cls._create_warehouse("South", "SO")
        cls.company.promise_alternatives = "ask"
        cls.product = cls.protected
        sales = cls.users["sales"]
        sales.with_company(cls.company).property_warehouse_id = cls.warehouse

    @classmethod
    def _create_order(cls, *lines, **values):
        values = {"user_id": cls.users["sales"].id, "team_id": False, **values}
        return super()._create_order(*lines, **values)

    @classmethod
    def _stock_north(cls, quantity, product=None):
        cls._set_stock(product or cls.product, quantity, cls.north.lot_stock_id)

    @classmethod
    def _stock_south(cls, quantity, product=None):
        cls._set_stock(product or cls.product, quantity, cls.south.lot_stock_id)

    def _ask(self, order, role="sales"):
        """Return the alternatives of an order in the format of the interface."""
        orders = self._as(role, order)
        return orders.get_promise_alternatives()[str(order.id)]

    def _find(self, order, kind, warehouse=None):
        rows = [
            row
            for row in self._ask(order)
            if row["kind"] == kind
            and (warehouse is None or row["warehouse_id"] == warehouse.id)
        ]
        self.assertEqual(len(rows), 1, f"{kind}: {rows}")
        return rows[0]

    def _get_kinds(self, order):
        return [
            (row["kind"], row["warehouse_id"])
            for row in self._ask(order)
            if row["kind"] != "order"
        ]


@tagged("post_install", "-at_install")
class TestAlternatives(AlternativesCommon):
    # ------------------------------------------------------------------
    # Availability
    # ------------------------------------------------------------------

    def test_all_alternatives_at_once(self):
        """B12: the own warehouse later, other warehouses now or later."""
        self._expect(self.product, 5, 6)
        self._stock_north(5)
        self._stock_south(2)
        self._expect(self.product, 3, 2, self.south)
        order = self._create_order((self.product, 5))
        own = self._find(order, "own")
        self.assertEqual((own["available_qty"], own["on_time_qty"]), (0, 0))
        self.assertEqual(own["date"], str(self._in(6)))
        self.assertTrue(own["is_original"])
        north = self._find(order, "warehouse", self.north)
        self.assertEqual((north["available_qty"], north["on_time_qty"]), (5, 5))
        self.assertEqual(north["date"], str(self._in(0)))
        south = self._find(order, "warehouse", self.south)
        self.assertEqual((south["available_qty"], south["on_time_qty"]), (2, 2))
        self.assertEqual(south["date"], str(self._in(2)))
        self.assertTrue(south["is_covered"])

    def test_quantity_by_the_requested_day(self):
        """B12: supply until the requested day counts, later supply does not."""
        self._expect(self.product, 4, 3, self.north)
        self._expect(self.product, 4, 5, self.north)
        order = self._create_order((self.product, 8), commitment_date=self._noon(4))
        north = self._find(order, "warehouse", self.north)
        self.assertEqual((north["available_qty"], north["on_time_qty"]), (0, 4))
        self.assertEqual(north["date"], str(self._in(5)))

    def test_promised_stock_of_the_source_is_not_offered(self):
        """B12: stock there that is promised for later is not offered."""
        self.north.out_type_id.reservation_method = "by_date"
        self._stock_north(5)
        self._sell((self.product, 4), 8, warehouse_id=self.north.id)
        order = self._create_order((self.product, 5))
        north = self._find(order, "warehouse", self.north)
        self.assertEqual((north["available_qty"], north["on_time_qty"]), (1, 1))
        self.assertFalse(north["date"])
        self._expect(self.product, 9, 9, self.north)
        north = self._find(order, "warehouse", self.north)
        self.assertEqual(north["available_qty"], 1)
        self.assertEqual(north["date"], str(self._in(9)))

    def test_safety_stock_of_the_source_is_not_offered(self):
        """B12: neither its safety stock nor its soft reservations are offered."""
        self._stock_north(5)
        self.env["stock.policy"].create(
            {
                "product_id": self.product.id,
                "warehouse_id": self.north.id,
                "safety_stock_quantity": 2,
            }
        )
        order = self._create_order((self.product, 5))
        self.assertEqual(self._find(order, "warehouse", self.north)["available_qty"], 3)

    def test_warehouse_without_stock_is_not_listed(self):
        """B12: a warehouse without any, now or ever, is not listed."""
        order = self._create_order((self.product, 5))
        self.assertEqual(self._get_kinds(order), [("own", self.warehouse.id)])

    def test_nothing_short_has_no_alternatives(self):
        self._set_stock(self.product, 5)
        self._stock_north(5)
        order = self._create_order((self.product, 5))
        self.assertEqual(self._ask(order), [])
        self.assertFalse(order.has_alternatives)

    def test_lines_of_one_order_share_stock_elsewhere(self):
        """B12: stock taken by one line is not offered to the next one."""
        self._set_stock(self.product, 4)
        order = self._create_order((self.product, 4), (self.product, 4))
        own = self._find(order, "own")
        self.assertEqual(own["line_id"], order.order_line[1].id)
        self.assertEqual(own["available_qty"], 0)

    def test_units_of_the_line(self):
        """B12: quantities are in the product's unit."""
        self._stock_north(30)
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self._create_order(
            {
                "product_id": self.product.id,
                "product_uom_qty": 3,
                "product_uom_id": dozen.id,
            }
        )
        north = self._find(order, "warehouse", self.north)
        self.assertEqual((north["quantity"], north["available_qty"]), (36, 30))

    def test_many_lines_need_no_more_queries(self):
        """B12: lines, warehouses and substitutes together, not one after the other."""
        products = [self._create_product(f"Part {n}") for n in range(12)]
        for product in products:
            self._stock_north(2, product)

        def count(number):
            order = self._create_order(*[(p, 3) for p in products[:number]])
            self._ask(order)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._ask(order)
            return self.env.cr.sql_log_count - before

        few, many = count(2), count(12)
        # only the lead time of what nothing covers is looked up by product
        self.assertLess(many - few, 10 * 6)

    # ------------------------------------------------------------------
    # Together and brought
    # ------------------------------------------------------------------

    def test_several_warehouses_together(self):
        """B12: own warehouse first, then those with the most; only if it is more."""
        self._set_stock(self.product, 2)
        self._stock_north(3)
        self._stock_south(4)
        order = self._create_order((self.product, 8))
        split = self._find(order, "split")
        self.assertEqual(split["on_time_qty"], 8)
        self.assertEqual(split["date"], str(self._in(0)))
        self.assertEqual(
            [(part["warehouse_id"], part["quantity"]) for part in split["parts"]],
            [(self.warehouse.id, 2), (self.south.id, 4), (self.north.id, 2)],
        )
        self._stock_north(8)
        self.assertNotIn("split", [row["kind"] for row in self._ask(order)])

    def test_rest_of_a_split_stays_on_the_line(self):
        """B12: the rest of a split stays in the warehouse of the order."""
        self._set_stock(self.product, 2)
        self._expect(self.product, 5, 3)
        self._stock_north(3)
        order = self._create_order((self.product, 8))
        split = self._find(order, "split")
        self.assertEqual(split["on_time_qty"], 5)
        self.assertEqual(split["date"], str(self._in(3)))
        self.assertEqual(split["parts"][0]["quantity"], 5)

    def test_parts_are_whole_units_of_the_line(self):
        """B12: a dozen is not divided for a split."""
        self._set_stock(self.product, 20)
        self._stock_north(20)
        order = self._create_order(
            {
                "product_id": self.product.id,
                "product_uom_qty": 2,
                "product_uom_id": self._create_pack(12).id,
            }
        )
        split = self._find(order, "split")
        self.assertEqual([part["quantity"] for part in split["parts"]], [1, 1])

    @classmethod
    def _create_pack(cls, size):
        unit = cls.env.ref("uom.product_uom_unit")
        pack = cls.env["uom.uom"].create(
            {
                "name": f"Pack of {size}",
                "relative_factor": size,
                "relative_uom_id": unit.id,
            }
        )
        cls.env["decimal.precision"].search([("name", "=", "Product Unit")]).digits = 0
        return pack

    def test_order_shipped_complete_is_not_split(self):
        self._set_stock(self.product, 2)
        self._stock_north(3)
        order = self._create_order((self.product, 5), picking_policy="one")
        self.assertNotIn("split", [row["kind"] for row in self._ask(order)])

    def test_transfer_has_a_lead_time(self):
        """B12: the day it can leave the source, plus the days of the route."""
        self.warehouse.resupply_wh_ids = self.north
        route = self.warehouse._get_resupply_route(self.north)
        route.rule_ids[:1].delay = 3
        self._set_stock(self.product, 1)
        self._stock_north(4)
        order = self._create_order((self.product, 5))
        transfer = self._find(order, "transfer")
        self.assertEqual(transfer["source_id"], self.north.id)
        self.assertEqual(transfer["lead_days"], 3)
        self.assertEqual(transfer["on_time_qty"], 1)
        self.assertEqual(transfer["date"], str(self._in(3)))
        order.commitment_date = self._noon(3)
        self.assertEqual(self._find(order, "transfer")["on_time_qty"], 5)

    # ------------------------------------------------------------------
    # Substitutes
    # ------------------------------------------------------------------

    def test_substitutes_from_the_best_warehouse(self):
        """B12: each substitute once, from the best warehouse."""
        here, there = self._create_product("Here"), self._create_product("There")
        service = self.env["product.product"].create(
            {"name": "Coupon", "type": "service"}
        )
        for substitute in (here, there, service):
            self.env["product.substitute"].create(
                {
                    "product_tmpl_id": self.product.product_tmpl_id.id,
                    "substitute_id": substitute.id,
                    "note": f"Is {substitute.name}",
                }
            )
        self._set_stock(here, 5)
        self._stock_north(5, here)
        self._stock_north(5, there)
        order = self._create_order((self.product, 5))
        rows = {
            row["product_id"]: row
            for row in self._ask(order)
            if row["kind"] == "substitute"
        }
        self.assertEqual(rows[here.id]["warehouse_id"], self.warehouse.id)
        self.assertEqual(rows[there.id]["warehouse_id"], self.north.id)
        self.assertEqual(rows[there.id]["note"], "Is There")
        self.assertEqual(rows[service.id]["available_qty"], 5)

    # ------------------------------------------------------------------
    # The best
    # ------------------------------------------------------------------

    def _prepare_contest(self):
        """Wanted in 4 days: North has all now; South most by then; here, all later."""
        self._expect(self.product, 10, 6)
        self._set_stock(self.product, 7)
        self._expect(self.product, 9, 3, self.south)
        self._expect(self.product, 1, 9, self.south)
        self._stock_north(8)
        return self._create_order((self.product, 10), commitment_date=self._noon(4))

    def _get_best(self, order):
        places = ("own", "warehouse")
        return [row for row in self._ask(order) if row["kind"] in places][0]

    def test_rules_choose_differently(self):
        """B12: everything now, most by the requested day, everything earliest."""
        order = self._prepare_contest()
        for rule, best in (
            ("full", self.warehouse),
            ("most", self.south),
            ("earliest", self.warehouse),
        ):
            self.company.promise_alternative_rule = rule
            self.assertEqual(self._get_best(order)["warehouse_id"], best.id, rule)
        self._stock_north(10)
        for rule in ("full", "most", "earliest"):
            self.company.promise_alternative_rule = rule
            self.assertEqual(self._get_best(order)["warehouse_id"], self.north.id, rule)

    def test_of_equals_the_original_is_best(self):
        """B12: a line is only moved if that is better."""
        self._stock_north(2)
        self._set_stock(self.product, 2)
        order = self._create_order((self.product, 5))
        for rule in ("full", "most", "earliest"):
            self.company.promise_alternative_rule = rule
            self.assertTrue(self._get_best(order)["is_original"], rule)

    # ------------------------------------------------------------------
    # The whole order
    # ------------------------------------------------------------------

    def test_whole_order(self):
        """B12: how many lines each warehouse could serve, now and on time."""
        other = self._create_product("Other")
        self._set_stock(other, 5)
        self._stock_north(5)
        self._stock_north(5, other)
        order = self._create_order((self.product, 5), (other, 5))
        rows = {
            row["warehouse_id"]: row
            for row in self._ask(order)
            if row["kind"] == "order"
        }
        self.assertEqual(rows[self.north.id]["available_qty"], 2)
        self.assertEqual(rows[self.warehouse.id]["available_qty"], 1)
        self.assertNotIn(self.south.id, rows)

    def test_lines_shipped_together_move_together(self):
        """B12: if orders ship from one warehouse, only all lines move."""
        self.company.promise_ship_together = True
        other = self._create_product("Other")
        self._set_stock(other, 5)
        self._stock_north(5)
        order = self._create_order((self.product, 5), (other, 5))
        self.assertEqual(self._get_kinds(order), [("own", self.warehouse.id)])

    # ------------------------------------------------------------------
    # Who may ask
    # ------------------------------------------------------------------

    def test_who_may_see_them(self):
        """B12, C10: internal users who may read the order; no portal users."""
        order = self._create_order((self.product, 5))
        self.assertTrue(self._ask(order, "operator"))
        portal = self.env["res.users"].create(
            {
                "name": "Portal",
                "login": "portal_alternatives",
                "partner_id": self.customer.id,
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
                "company_id": self.company.id,
                "company_ids": [Command.set(self.company.ids)],
            }
        )
        order.message_subscribe(self.customer.ids)
        with self.assertRaisesRegex(AccessError, "Only internal users"):
            order.with_user(portal).get_promise_alternatives()


@tagged("post_install", "-at_install")
class TestAlternativesAsked(AlternativesCommon):
    """The company shows alternatives to choose from."""

    def _open(self, record, role="sales"):
        action = self._as(role, record).action_open_alternatives()
        return self._as(role, self.env[action["res_model"]]).browse(action["res_id"])

    def _choose(self, record, kind, warehouse=None, role="sales"):
        rows = self._open(record, role).line_ids.filtered(
            lambda row: (
                row.kind == kind and (not warehouse or row.warehouse_id == warehouse)
            )
        )
        self.assertEqual(len(rows), 1)
        return rows.action_choose()

    def test_off_by_default(self):
        """B12, B9: alternatives are off for a new company."""
        self.assertEqual(
            self.env["res.company"].create({"name": "New"}).promise_alternatives, "off"
        )
        self.company.promise_alternatives = "off"
        order = self._create_order((self.product, 5))
        self.assertFalse(order.has_alternatives)

    def test_offered_where_something_is_late(self):
        """B12: also if there is enough, but not by the requested day."""
        self._expect(self.product, 5, 6)
        order = self._create_order((self.product, 5), commitment_date=self._noon(2))
        self.assertTrue(order.order_line.has_alternatives)
        order.commitment_date = self._noon(7)
        self.assertTrue(order.order_line.has_alternatives, "short today")
        self._set_stock(self.product, 9)
        self.env.invalidate_all()
        self.assertFalse(order.order_line.has_alternatives)

    def test_weekend_is_not_late(self):
        """B12: a line delayed to the next working day only is not late."""
        self._set_stock(self.product, 5)
        calendar = self.company.resource_calendar_id
        today = str(self.today.weekday())
        calendar.attendance_ids.filtered(lambda day: day.dayofweek == today).unlink()
        order = self._create_order((self.product, 5))
        self.assertEqual(order.expected_promise_date, self._in(1))
        self.assertFalse(order.has_alternatives)

    def _get_offer(self, order, kind):
        found = order.get_promise_alternatives()[str(order.id)]
        [row] = [row for row in found if row["kind"] == kind and row["may_choose"]]
        return row

    def _choose_offer(self, line, row):
        return line.action_choose_alternative(
            row["kind"], row["product_id"], row["warehouse_id"], row["source_id"] or 0
        )

    def test_alternative_is_applied_from_the_banner(self):
        """B12: one button on the order, with what was done."""
        self._stock_north(5)
        order = self._as("sales", self._create_order((self.product, 5)))
        row = self._get_offer(order, "warehouse")
        action = self._choose_offer(order.order_line, row)
        self.assertEqual(order.order_line.warehouse_id, self.north)
        self.assertEqual(action["params"]["type"], "success")
        self.assertFalse(order.promise_outlook)

    def test_offer_that_is_gone_is_refused(self):
        """B12: others may have sold what was shown."""
        self._stock_north(5)
        order = self._as("sales", self._create_order((self.product, 5)))
        row = self._get_offer(order, "warehouse")
        other = self._create_order((self.product, 5), warehouse_id=self.north.id)
        other.action_confirm()
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "no longer available"):
            self._choose_offer(order.order_line, row)
        self.assertEqual(order.order_line.warehouse_id, self.warehouse)

    def test_line_goes_to_another_warehouse(self):
        """B12: the line is checked again, with the promise of the other warehouse."""
        self._stock_north(5)
        other = self._create_product("Other")
        self._set_stock(other, 1)
        order = self._create_order((self.product, 5), (other, 1))
        line = order.order_line[0]
        self.assertFalse(line.is_expected_promise_covered)
        action = self._choose(line, "warehouse", self.north)
        self.assertEqual(action["tag"], "soft_reload")
        self.assertEqual(line.warehouse_id, self.north)
        self.assertEqual(order.warehouse_id, self.warehouse)
        self.assertTrue(line.is_expected_promise_covered)
        self.assertEqual(line.expected_promise_date, self._in(0))
        self.assertTrue(self._get_events("supply:order_moved", order_id=order))
        order.action_confirm()
        self.assertEqual(
            order.picking_ids.location_id,
            self.north.lot_stock_id | self.warehouse.lot_stock_id,
        )

    def test_chosen_warehouse_is_checked_at_confirmation(self):
        """B12: a choice is not a promise: the confirmation checks it again."""
        self._stock_north(5)
        order = self._create_order((self.product, 5))
        self._choose(order, "warehouse", self.north)
        self._set_stock(self.product, 1, self.north.lot_stock_id)
        with self.assertRaisesRegex(
            OrderValidationError, "available 1.0 Units in North"
        ):
            order.action_confirm()

    def test_one_after_the_other(self):
        """B12: after a choice, the alternatives of the rest are computed again."""
        other = self._create_product("Other")
        self._stock_north(5)
        self._stock_south(5, other)
        order = self._create_order((self.product, 5), (other, 5))
        wizard = self._open(order)
        row = wizard.line_ids.filtered(
            lambda row: (
                row.kind == "warehouse" and row.sale_line_id == order.order_line[0]
            )
        )
        action = row.action_choose()
        left = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(left.short_line_ids, order.order_line[1])

    def test_whole_order_goes(self):
        other = self._create_product("Other")
        self._stock_north(5)
        self._stock_north(5, other)
        order = self._create_order((self.product, 5), (other, 5))
        self._choose(order, "order", self.north)
        self.assertEqual(order.warehouse_id, self.north)
        self.assertEqual(order.order_line.warehouse_id, self.north)
        self.assertFalse(order.has_alternatives)

    def test_line_is_split(self):
        """B12: one line for each warehouse, at the agreed price."""
        self._set_stock(self.product, 2)
        self._stock_north(3)
        order = self._create_order(
            {"product_id": self.product.id, "product_uom_qty": 5, "price_unit": 77}
        )
        self._choose(order.order_line, "split")
        self.assertEqual(
            [
                (line.warehouse_id, line.product_uom_qty, line.price_unit)
                for line in order.order_line
            ],
            [(self.warehouse, 2, 77), (self.north, 3, 77)],
        )
        order.action_confirm()
        self.assertEqual(
            {
                (picking.location_id, picking.state, picking.move_ids.product_uom_qty)
                for picking in order.picking_ids
            },
            {
                (self.warehouse.lot_stock_id, "assigned", 2),
                (self.north.lot_stock_id, "assigned", 3),
            },
        )

    def test_impossible_splits_are_refused(self):
        """B12: quantities add up, each warehouse once, quotations only."""
        order = self._create_order((self.backorderable, 5))
        line = self._as("sales", order.order_line)
        here, there = self.warehouse.id, self.north.id
        for parts, message in (
            ([(here, 2), (there, 2)], "add up to the 5"),
            ([(here, 2), (here, 3)], "each warehouse once"),
            ([(here, 6), (there, -1)], "greater than zero"),
        ):
            with self.assertRaisesRegex(UserError, message):
                line.action_split_over_warehouses(parts)
        order.action_confirm()
        with self.assertRaisesRegex(UserError, "only quotation lines"):
            self._as("manager", order.order_line).action_split_over_warehouses(
                [(here, 2), (there, 3)]
            )

    def test_substitute_from_elsewhere(self):
        """B12: the substitute ships from where it is."""
        substitute = self._create_product("Instead", list_price=9)
        self.env["product.substitute"].create(
            {
                "product_tmpl_id": self.product.product_tmpl_id.id,
                "substitute_id": substitute.id,
            }
        )
        self._stock_north(5, substitute)
        order = self._create_order((self.product, 5))
        self.assertTrue(self._open(order).has_substitutes)
        self._choose(order, "substitute")
        self.assertEqual(order.order_line.product_id, substitute)
        self.assertEqual(order.order_line.warehouse_id, self.north)
        order.action_confirm()
        self.assertEqual(order.picking_ids.state, "assigned")

    def test_transfer_by_operators_only(self):
        """B12, C10: salespeople see it, operators do it."""
        self.warehouse.resupply_wh_ids = self.north
        self._stock_north(5)
        order = self._create_order((self.product, 5))
        row = self._open(order).line_ids.filtered(lambda row: row.kind == "transfer")
        self.assertFalse(row.can_choose)
        with self.assertRaisesRegex(AccessError, "role"):
            row.action_choose()
        self._choose(order, "transfer", role="operator")
        moves = self.env["stock.move"].search(
            [
                ("product_id", "=", self.product.id),
                ("location_id", "=", self.north.lot_stock_id.id),
            ]
        )
        self.assertEqual(sum(moves.mapped("product_uom_qty")), 5)

    def test_confirmed_order_is_moved_by_operators(self):
        """B12, D9: a backordered order is moved, and checked like new demand."""
        self.product.allow_backorder = "yes"
        order = self._create_order((self.product, 5))
        order.action_confirm()
        self._stock_north(5)
        self.assertTrue(order.has_alternatives)
        rows = self._open(order).line_ids.filtered(lambda row: row.kind == "warehouse")
        self.assertFalse(rows.can_choose)
        self._choose(order, "warehouse", self.north, role="operator")
        self.assertEqual(order.order_line.backorder_qty, 0)
        self.assertEqual(
            order.picking_ids.filtered(lambda p: p.state == "assigned").location_id,
            self.north.lot_stock_id,
        )

    def test_reserved_part_keeps_the_line_here(self):
        """B12: a partly reserved line is not moved."""
        self.product.allow_backorder = "yes"
        self._set_stock(self.product, 2)
        order = self._create_order((self.product, 5))
        order.action_confirm()
        self._stock_north(5)
        rows = self._open(order, "operator").line_ids
        self.assertEqual(rows.mapped("kind"), ["own"])
        self.assertEqual(rows.available, "2 of 5 Units")

    def test_what_is_reserved_is_not_transferred_again(self):
        """B12: only the missing quantity is transferred, not that of other orders."""
        self.warehouse.resupply_wh_ids = self.north
        self.product.allow_backorder = "yes"
        self._set_stock(self.product, 2)
        order = self._create_order((self.product, 8))
        order.action_confirm()
        self._confirm((self.product, 9), warehouse_id=self.warehouse.id)
        self._stock_north(9)
        rows = self._open(order, "operator").line_ids
        own = rows.filtered(lambda row: row.kind == "own")
        self.assertEqual(own.available, "2 of 8 Units")
        transfer = rows.filtered(lambda row: row.kind == "transfer")
        self.assertEqual(transfer.transfer_qty, 6)

    def test_nothing_to_choose(self):
        self._set_stock(self.product, 5)
        covered, empty = self._create_order((self.product, 5)), self._create_order()
        for order in (covered, empty):
            with self.assertRaisesRegex(UserError, "Nothing on S.* is short or late"):
                self._open(order)

    def test_viewers_choose_nothing(self):
        """C10: users who may not change the order and are not operators are refused."""
        order = self._create_order((self.product, 5))
        with self.assertRaisesRegex(AccessError, "role"):
            self._open(order, "viewer")


@tagged("post_install", "-at_install")
class TestAlternativesAutomatic(AlternativesCommon):
    """The best warehouse is chosen automatically."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.promise_alternatives = "automatic"

    def test_chosen_as_the_quotation_is_saved(self):
        """B12: the log records the choice and its rule."""
        self._stock_north(5)
        with Form(self._as("sales", self.env["sale.order"])) as form:
            form.partner_id = self.customer
            form.team_id = self.env["crm.team"]
            with form.order_line.new() as line:
                line.product_id = self.product
                line.product_uom_qty = 5
        order = form.record
        self.assertEqual(order.order_line.warehouse_id, self.north)
        self.assertEqual(order.order_line.expected_promise_date, self._in(0))
        event = self._get_events("order:warehouse_chosen", order_id=order)
        self.assertEqual(len(event), 1)
        self.assertEqual(event.warehouse_id, self.north)
        self.assertEqual(event.payload["availableNow"], 5)
        self.assertEqual(event.reason, "Everything available now")

    def test_chosen_at_confirmation(self):
        """B12: the warehouse is chosen again with the current stock."""
        order = self._create_order((self.product, 5))
        self.assertEqual(order.warehouse_id, self.warehouse)
        self._stock_south(5)
        order.action_confirm()
        self.assertEqual(order.picking_ids.location_id, self.south.lot_stock_id)
        self.assertEqual(order.order_line.allocated_qty, 5)

    def test_automatic_choice_is_updated(self):
        """B12: an automatic choice follows the stock."""
        other = self._create_product("Other")
        self._set_stock(other, 1)
        self._stock_north(5)
        order = self._create_order((self.product, 5), (other, 1))
        self.assertEqual(order.order_line[0].warehouse_id, self.north)
        self._set_stock(self.product, 0, self.north.lot_stock_id)
        self._stock_south(5)
        order.action_confirm()
        self.assertEqual(order.order_line[0].warehouse_id, self.south)
        self.assertEqual(order.order_line[1].warehouse_id, self.warehouse)

    def test_nothing_is_chosen_without_a_gain(self):
        self._stock_north(3)
        self._set_stock(self.product, 5)
        order = self._create_order((self.product, 5))
        self._stock_north(9)
        order.action_confirm()
        self.assertEqual(order.picking_ids.location_id, self.stock)

    def test_order_chosen_by_hand_stays(self):
        """B12: a warehouse of the order chosen by hand is kept."""
        self._stock_north(5)
        order = self._create_order((self.product, 5), warehouse_id=self.south.id)
        self.assertEqual(order.order_line.warehouse_id, self.south)
        with self.assertRaises(OrderValidationError):
            order.action_confirm()

    def test_order_taken_back_by_hand_stays(self):
        """B12: an automatic choice that a user changed is not made again."""
        self._stock_north(5)
        order = self._create_order((self.product, 5))
        self.assertTrue(order.is_warehouse_automatic)
        self._as("sales", order).warehouse_id = self.south
        self.assertFalse(order.is_warehouse_automatic)
        order.order_line.product_uom_qty = 4
        order._choose_warehouses()
        self.assertEqual(order.order_line.warehouse_id, self.south)

    def test_line_chosen_by_hand_stays(self):
        self._stock_north(5)
        order = self._create_order((self.product, 5))
        self._as("sales", order.order_line).action_move_to_warehouse(self.warehouse.id)
        with self.assertRaises(OrderValidationError):
            order.action_confirm()
        order.order_line.product_id = self.backorderable
        self.assertFalse(order.order_line.warehouse_choice, "another product")

    def test_ambiguous_is_still_refused(self):
        """B12, A6: without a default warehouse, none is chosen."""
        self._stock_north(5)
        order = self._create_order((self.product, 5), user_id=False)
        self.assertFalse(order.warehouse_id)
        with self.assertRaisesRegex(UserError, "several are possible"):
            order.action_confirm()

    def test_route_of_the_line_decides(self):
        """B12: a line with a route of its own is not moved."""
        self._stock_north(5)
        order = self._create_order(
            {
                "product_id": self.product.id,
                "product_uom_qty": 5,
                "route_ids": [Command.set(self.warehouse.delivery_route_id.ids)],
            }
        )
        self.assertEqual(order.order_line.warehouse_id, self.warehouse)

    def test_lines_share_the_other_warehouse(self):
        """B12: two lines do not share a warehouse with enough for one."""
        self._stock_north(5)
        self._stock_south(5)
        order = self._create_order((self.product, 5), (self.product, 5))
        self.assertEqual(order.order_line.warehouse_id, self.north | self.south)
        order.action_confirm()
        self.assertEqual(order.order_line.mapped("allocated_qty"), [5, 5])

    def test_order_shipped_together(self):
        """B12: all lines are moved, or none."""
        self.company.promise_ship_together = True
        other = self._create_product("Other")
        self._set_stock(other, 5)
        self._stock_north(5)
        order = self._create_order((self.product, 5), (other, 5))
        self.assertEqual(order.order_line.warehouse_id, self.warehouse)
        self._stock_north(5, other)
        order.action_confirm()
        self.assertEqual(order.warehouse_id, self.north)
        self.assertEqual(order.picking_ids.location_id, self.north.lot_stock_id)

    def test_users_cannot_write_the_kind_of_choice(self):
        """C10: only the server records how a warehouse was chosen."""
        order = self._as("sales", self._create_order((self.product, 5)))
        with self.assertRaises(AccessError):
            order.order_line.warehouse_choice = "hand"
        with self.assertRaises(AccessError):
            order.is_warehouse_automatic = True
