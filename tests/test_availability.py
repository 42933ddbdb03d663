# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL

from ..models.stock_availability import PLANNED_PRODUCTS
from ..planned import MAX_PLANS, executing_planned
from .common import BackorderCommon


class AvailabilityCommon(BackorderCommon):
    def _create_many(self, count):
        products = self.env["product.product"].create(
            [{"name": f"Many {number}", "is_storable": True} for number in range(count)]
        )
        self._force_stock(products[-1], 3)
        self.env.flush_all()
        return products

    def _get_plans(self):
        self.env.cr.execute("SELECT name FROM pg_prepared_statements ORDER BY name")
        return self.env.cr.fetchall()


@tagged("post_install", "-at_install")
class TestAvailability(AvailabilityCommon):
    def test_stock_less_commitments(self):
        """B1: open demand is not promised again."""
        self._set_stock(self.protected, 10)
        self._confirm((self.protected, 4))
        self.assertEqual(
            self.availability.get_available_qty(self.protected, self.warehouse), 6
        )

    def test_unreserved_demand_counts(self):
        """B1: demand that is not reserved yet is committed as well."""
        self.warehouse.out_type_id.reservation_method = "manual"
        self._set_stock(self.protected, 10)
        self._confirm((self.protected, 4))
        self.assertEqual(self._get(self.protected), 6)
        self.assertEqual(
            self.protected.with_context(warehouse_id=self.warehouse.id).free_qty, 10
        )

    def test_atp_is_signed_and_displayed_is_clamped(self):
        """A5, B1: the internal value is signed; users see zero instead of a negative
        value."""
        self._confirm((self.backorderable, 3))
        self.assertEqual(self._get(self.backorderable), -3)
        self.assertEqual(self._get(self.backorderable, "displayed"), 0)
        self.assertEqual(self._get(self.backorderable, "shortage"), 3)
        self.assertEqual(self.backorderable.promise_available_qty, 0)

    def test_kinds_of_locations(self):
        """B1: pickable and inbound stock is promised, other stock is not."""
        self.warehouse.write(
            {"reception_steps": "three_steps", "delivery_steps": "pick_pack_ship"}
        )
        for place, quantity in (
            (self.stock, 1),
            (self.warehouse.wh_input_stock_loc_id, 2),
            (self.warehouse.wh_output_stock_loc_id, 4),
            (self.warehouse.wh_pack_stock_loc_id, 8),
            (self.warehouse.wh_qc_stock_loc_id, 16),
        ):
            self._force_stock(self.protected, quantity, place)
        row = self.availability.get_availability(self.protected, self.warehouse)[
            self.protected.id, self.warehouse.id
        ]
        self.assertEqual(
            {
                name: row[name]
                for name in (
                    "on_hand",
                    "pickable",
                    "inbound",
                    "outbound",
                    "quarantined",
                    "atp",
                )
            },
            {
                "on_hand": 31,
                "pickable": 1,
                "inbound": 2,
                "outbound": 12,
                "quarantined": 16,
                "atp": 3,
            },
        )

    def test_kind_is_inherited_down_the_tree(self):
        """B1: a sublocation inherits the kind unless it has its own."""
        cage = self.env["stock.location"].create(
            {"name": "Cage", "location_id": self.stock.id}
        )
        box = self.env["stock.location"].create({"name": "Box", "location_id": cage.id})
        self._force_stock(self.protected, 5, box)
        self.assertEqual(self._get(self.protected), 5)
        cage.availability_kind = "quarantine"
        self.assertEqual(box.availability_kind, "quarantine")
        self.assertEqual(self._get(self.protected), 0)
        box.availability_kind = "pickable"
        self.assertEqual(self._get(self.protected), 5)

    def test_default_kinds_of_warehouse_locations(self):
        """B1: Input, Quality Control, Packing and Output have a kind by default."""
        warehouses = self.warehouse | self._create_warehouse("Second", "WH2")
        for warehouse in warehouses:
            self.assertEqual(warehouse.lot_stock_id.availability_kind, "pickable")
            self.assertEqual(
                warehouse.wh_input_stock_loc_id.availability_kind, "inbound"
            )
            self.assertEqual(
                warehouse.wh_qc_stock_loc_id.availability_kind, "quarantine"
            )
            self.assertEqual(
                warehouse.wh_pack_stock_loc_id.availability_kind, "outbound"
            )
            self.assertEqual(
                warehouse.wh_output_stock_loc_id.availability_kind, "outbound"
            )

    def test_minimum_of_a_reordering_rule_is_no_safety_stock(self):
        """B1: it says when to order, not what may be sold."""
        self._set_stock(self.protected, 10)
        self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": self.protected.id,
                "warehouse_id": self.warehouse.id,
                "location_id": self.stock.id,
                "product_min_qty": 8,
                "product_max_qty": 20,
            }
        )
        self.assertEqual(self._get(self.protected, "safety_stock"), 0)
        self.assertEqual(self._get(self.protected), 10)

    def test_safety_stock_by_quantity_and_percent(self):
        """B1: safety stock is deducted, by quantity and by percentage."""
        self._set_stock(self.protected, 50)
        self.env["stock.policy"].create(
            {
                "product_id": self.protected.id,
                "warehouse_id": self.warehouse.id,
                "safety_stock_quantity": 3,
                "safety_stock_percent": 10,
            }
        )
        self.assertEqual(self._get(self.protected, "safety_stock"), 8)
        self.assertEqual(self._get(self.protected), 42)

    def test_pending_orders_commit(self):
        """B1, B4: an order pending approval commits its quantity."""
        self.company.shortage_policy = "pending"
        self._set_stock(self.protected, 5)
        order = self._confirm((self.protected, 8))
        self.assertTrue(order.requires_inventory_override)
        self.assertEqual(self._get(self.protected), -3)
        order.action_cancel()
        self.assertEqual(self._get(self.protected), 5)

    def test_order_does_not_compete_with_itself(self):
        """B1: the own demand of an order is excluded."""
        self._set_stock(self.protected, 5)
        order = self._confirm((self.protected, 5))
        row = self.availability.get_availability(self.protected, self.warehouse, order)
        self.assertEqual(row[self.protected.id, self.warehouse.id]["atp"], 5)

    def test_order_line_units(self):
        """B1: quantities in different units are compared in the product's unit."""
        self._set_stock(self.protected, 30)
        dozen = self.env.ref("uom.product_uom_dozen")
        self._confirm(
            {
                "product_id": self.protected.id,
                "product_uom_qty": 2,
                "product_uom_id": dozen.id,
            }
        )
        self.assertEqual(self._get(self.protected), 6)
        self.company.shortage_policy = "pending"
        self._confirm(
            {
                "product_id": self.protected.id,
                "product_uom_qty": 1,
                "product_uom_id": dozen.id,
            }
        )
        self.assertEqual(self._get(self.protected), -6)

    def test_multi_step_demand_counts_once(self):
        """B1: a pick-pack-ship order is committed once."""
        self.warehouse.delivery_steps = "pick_pack_ship"
        self._set_stock(self.protected, 10)
        order = self._confirm((self.protected, 4))
        self.assertEqual(self._get(self.protected, "committed"), 4)
        self.assertEqual(self._get(self.protected), 6)
        self._validate(order.picking_ids)
        self.assertEqual(self._get(self.protected, "outbound"), 4)
        self.assertEqual(self._get(self.protected, "committed"), 0)
        self.assertEqual(self._get(self.protected), 6)
        self.assertEqual(self._get(self.protected, "reserved_units"), 4)

    def test_transfer_between_warehouses_leaves_one_and_enters_the_other(self):
        """B1, D1: a planned transfer is demand in one warehouse and incoming in the
        other."""
        second = self._create_warehouse("Second", "WH2")
        self._set_stock(self.protected, 9)
        self._create_picking(
            self.warehouse.int_type_id,
            self.stock,
            second.lot_stock_id,
            (self.protected, 4),
        )
        self.assertEqual(self._get(self.protected), 5)
        self.assertEqual(self._get(self.protected, "incoming", second), 4)
        self.assertEqual(self._get(self.protected, "atp", second), 0)

    def test_moves_inside_the_warehouse_change_nothing(self):
        """B1: moves within the warehouse are neither demand nor incoming."""
        self._set_stock(self.protected, 9)
        self._create_picking(
            self.warehouse.int_type_id, self.stock, self.shelf, (self.protected, 4)
        )
        self.assertEqual(self._get(self.protected), 9)
        self.assertEqual(self._get(self.protected, "incoming"), 0)

    def test_guide_figures(self):
        """D1: the guide's three consistent examples."""
        for on_hand, reserved, incoming, backordered, effective in (
            (80, 100, 50, 20, 30),
            (80, 100, 0, 20, -20),
            (50, 100, 20, 50, -30),
        ):
            product = self._create_product("Guide", allow_backorder="yes")
            self._set_stock(product, on_hand)
            self._confirm((product, reserved))
            if incoming:
                self._create_receipt(product, incoming)
            self.assertEqual(self._get(product, "on_hand"), on_hand)
            self.assertEqual(self._get(product, "reserved_units"), reserved)
            self.assertEqual(self._get(product, "incoming"), incoming)
            self.assertEqual(self._get(product, "backordered"), backordered)
            self.assertEqual(self._get(product, "effective"), effective)

    def test_consigned_stock(self):
        """B1: a customer's stock is never promised, a vendor's only if allowed."""
        quants = self.env["stock.quant"]
        quants._update_available_quantity(
            self.protected, self.stock, 5, owner_id=self.customer
        )
        quants._update_available_quantity(
            self.protected, self.stock, 3, owner_id=self.vendor
        )
        self.assertEqual(self._get(self.protected), 0)
        self.company.promise_vendor_stock = True
        self.assertEqual(self._get(self.protected), 3)

    def test_another_company_is_out_of_reach(self):
        """B1: the stock of another company's warehouse is refused."""
        other = self.env["res.company"].sudo().create({"name": "Others"})
        warehouse = (
            self.env["stock.warehouse"].sudo().search([("company_id", "=", other.id)])
        )
        with self.assertRaisesRegex(AccessError, "another company"):
            self._as("sales", self.availability).get_availability(
                self.protected, warehouse
            )

    def test_one_statement_for_many_products(self):
        """B1: the number of queries does not grow with products and warehouses."""
        products = self._create_many(PLANNED_PRODUCTS + 1)
        warehouses = self.warehouse | self._create_warehouse("Second", "WH2")
        self.env.flush_all()
        self.availability.get_availability(products[0], self.warehouse)
        # the statement, the search for its plan, the planner settings
        # and pending requests
        with self.assertQueryCount(4):
            self.availability.get_availability(products[0], self.warehouse)
        with self.assertQueryCount(4):
            self.availability.get_availability(products[:30], warehouses)
        with self.assertQueryCount(5):
            rows = self.availability.get_availability(products, warehouses)
        self.assertEqual(len(rows), 2 * len(products))

    def test_few_and_many_are_counted_alike(self):
        """B1: the prepared plan for few products gives the same result as for many."""
        products = self._create_many(PLANNED_PRODUCTS + 1)
        order = self._confirm((products[-1], 2))
        for excluded in (None, order):
            many = self.availability.get_availability(
                products, self.warehouse, excluded
            )
            few = self.availability.get_availability(
                products[-2:], self.warehouse, excluded
            )
            self.assertEqual(few, {key: many[key] for key in few})

    def test_plan_is_kept_for_other_products(self):
        """B1: other products and other orders use the same plan."""
        products = self._create_many(3)
        order = self._create_order((products[-1], 2))

        self.availability.get_availability(products[0], self.warehouse, order)
        plans = self._get_plans()
        self.assertTrue(plans)
        self.availability.get_availability(products, self.warehouse, order.copy())
        self.assertEqual(self._get_plans(), plans)

    def test_number_of_plans_is_limited(self):
        """B1: statements that are never repeated do not fill the memory."""
        for number in range(2 * MAX_PLANS):
            with executing_planned(self.env.cr, SQL("SELECT %s", number)):
                self.assertEqual(self.env.cr.fetchone(), (number,))
        self.assertLessEqual(len(self._get_plans()), MAX_PLANS)

    def test_planner_settings_are_restored(self):
        """B1: the planner settings of the transaction do not change."""
        self._create_many(PLANNED_PRODUCTS)
        cr = self.env.cr
        for jit, mode in (("on", "force_custom_plan"), ("off", "auto")):
            cr.execute(
                "SELECT set_config('jit', %s, TRUE),"
                " set_config('plan_cache_mode', %s, TRUE)",
                [jit, mode],
            )
            for count in (1, PLANNED_PRODUCTS + 1):
                products = self.env["product.product"].search([], limit=count)
                self.assertEqual(len(products), count)
                self.availability.get_availability(products, self.warehouse)
                cr.execute(
                    "SELECT current_setting('jit'), current_setting('plan_cache_mode')"
                )
                self.assertEqual(cr.fetchone(), (jit, mode))

    def test_reservation_leaves_quarantine_alone(self):
        """B1: nothing is reserved from quarantine, unless the move starts there."""
        cage = self._create_quarantine()
        self._force_stock(self.backorderable, 5, cage)
        order = self._confirm((self.backorderable, 2))
        self.assertEqual(order.order_line.allocated_qty, 0)
        scrap_out = self._create_picking(
            self.warehouse.int_type_id, cage, self.shelf, (self.backorderable, 5)
        )
        scrap_out.action_assign()
        self.assertEqual(scrap_out.state, "assigned")

    def test_quotation_shows_what_is_available(self):
        """B1: a quotation shows the available quantity during entry."""
        self._set_stock(self.protected, 5)
        order = self._create_order((self.protected, 3), (self.protected, 3))
        first, second = order.order_line
        self.assertEqual(first.promise_available_qty, 5)
        self.assertFalse(first.is_promise_short)
        self.assertEqual(second.promise_available_qty, 2)
        self.assertTrue(second.is_promise_short)

    def test_stock_by_location(self):
        """D2: every location with its quantity and reserved quantity."""
        self._set_stock(self.protected, 2)
        self._set_stock(self.protected, 5, self.shelf)
        self._set_stock(self.protected, 1, self._create_quarantine())
        self._confirm((self.protected, 3))
        rows = self.availability.get_locations(self.protected, self.warehouse)
        rows = rows[self.protected.id, self.warehouse.id]
        self.assertEqual(
            sorted((row["kind"], row["on_hand"]) for row in rows),
            [("pickable", 2), ("pickable", 5), ("quarantine", 1)],
        )
        self.assertEqual(sum(row["reserved"] for row in rows), 3)
        self.assertEqual(sum(row["available"] for row in rows), 5)
        foreign = self.env["stock.warehouse"].search(
            [("company_id", "!=", self.company.id)], limit=1
        )
        with self.assertRaisesRegex(AccessError, "another company"):
            self._as("viewer", self.availability).get_locations(self.protected, foreign)
