# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.common import BackorderCommon


@tagged("post_install", "-at_install")
class TestEmergencyPurchase(BackorderCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.supply = cls.env["backorder.supply"]
        cls.seller = cls._add_seller(cls.backorderable, price=7.0, delay=4)
        cls.users["buyer"] = cls._create_user(
            "buyer",
            "backorder_atp.group_backorder_operator,purchase.group_purchase_user",
        )

    @classmethod
    def _add_seller(cls, product, **values):
        return cls.env["product.supplierinfo"].create(
            {
                "partner_id": cls.vendor.id,
                "product_tmpl_id": product.product_tmpl_id.id,
                "company_id": cls.company.id,
                **values,
            }
        )

    def _open(self, records, role="buyer"):
        action = self._as(role, records).action_open_purchase()
        return self._as(role, self.env[action["res_model"]]).browse(action["res_id"])

    def _buy(self, records, role="buyer"):
        """Buy what is proposed; return the purchase lines."""
        self._open(records, role).action_buy()
        return self._get_purchases(self.backorderable)

    def _get_purchases(self, product):
        return self.env["purchase.order.line"].search([("product_id", "=", product.id)])

    def _get_need(self, product=None, warehouse=None):
        product, warehouse = product or self.backorderable, warehouse or self.warehouse
        return self.supply._get_needs(product, warehouse)[product.id, warehouse.id]

    # ------------------------------------------------------------------
    # Proposals
    # ------------------------------------------------------------------

    def test_shortage_is_bought_urgently_with_a_margin(self):
        """D5: a shortage of 10 becomes 12 on an urgent request, by lead time."""
        order = self._confirm((self.backorderable, 10))
        line = self._buy(order)
        self.assertEqual((line.product_qty, line.price_unit), (12, 7))
        purchase = line.order_id
        self.assertEqual(
            (purchase.priority, purchase.is_emergency, purchase.state),
            ("1", True, "draft"),
        )
        self.assertEqual(purchase.picking_type_id, self.warehouse.in_type_id)
        self.assertEqual(purchase.origin, order.name)
        expected = fields.Datetime.now() + timedelta(days=4)
        self.assertAlmostEqual(line.date_planned, expected, delta=timedelta(minutes=5))

    def _hold(self, order):
        self._as("operator", order).action_hold("To be reviewed")

    def test_nothing_is_bought_for_orders_on_hold(self):
        """C4, D5: they need a review first; other orders are bought for."""
        self._set_stock(self.backorderable, 3)
        held = self._confirm((self.backorderable, 10))
        self._hold(held)
        purchase = self._open(held)
        self.assertEqual(
            (purchase.line_ids.held_qty, purchase.line_ids.quantity), (7, 0)
        )
        request = {
            "product_id": self.backorderable.id,
            "warehouse_id": self.warehouse.id,
        }
        with self.assertRaisesRegex(UserError, "on hold"):
            self.supply.buy([request])
        order = self._confirm((self.backorderable, 5))
        line = self._buy(order)
        self.assertEqual((line.product_qty, line.order_id.origin), (6, order.name))

    def test_schedule_buys_nothing_for_orders_on_hold(self):
        """C4, D5: not automatically either, until the order is released."""
        self.company.backorder_auto_purchase = True
        order = self._confirm((self.backorderable, 10))
        self._hold(order)
        self.supply._buy_for_company(self.company)
        self.assertFalse(self._get_purchases(self.backorderable))
        self._as("operator", order).action_release_hold("Worth buying for")
        self.supply._buy_for_company(self.company)
        self.assertEqual(self._get_purchases(self.backorderable).product_qty, 12)

    def test_purchase_is_recorded_with_what_it_was_for(self):
        """D5: the event names shortage, vendor, purchase and date."""
        line = self._buy(self._confirm((self.backorderable, 10)))
        event = self._get_events(
            "supply:purchase_created", product_id=self.backorderable
        )
        self.assertEqual((event.quantity, event.user_id), (12, self.users["buyer"]))
        self.assertEqual(event.trigger_source, "emergency-purchase:backorder_buyer")
        self.assertEqual(
            {
                name: event.payload[name]
                for name in ("shortage", "uncovered", "purchaseOrder", "vendor")
            },
            {
                "shortage": 10,
                "uncovered": 10,
                "purchaseOrder": line.order_id.name,
                "vendor": "Slow Vendor",
            },
        )

    def test_margin_is_the_company_s(self):
        """D5: the margin is a setting; 2.5 % of 10 is rounded up to a unit."""
        self.company.backorder_purchase_margin = 2.5
        line = self._buy(self._confirm((self.backorderable, 10)))
        self.assertEqual(line.product_qty, 11)

    def test_negative_margin_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "cannot be negative"):
            self.company.backorder_purchase_margin = -1

    def test_quantity_is_rounded_up_to_the_purchase_unit(self):
        """D5: 13 and 20 % are bought as two dozens, at the price of a dozen."""
        self.seller.write(
            {"product_uom_id": self.env.ref("uom.product_uom_dozen").id, "price": 60}
        )
        line = self._buy(self._confirm((self.backorderable, 13)))
        self.assertEqual((line.product_qty, line.product_uom_qty), (2, 24))
        self.assertEqual(line.price_unit, 60)

    def test_minimum_quantity_of_the_vendor_is_bought(self):
        """D5: if all minimums exceed the shortage, the lowest one is bought."""
        self.seller.min_qty = 100
        self._add_seller(self.backorderable, price=9, min_qty=50)
        line = self._buy(self._confirm((self.backorderable, 10)))
        self.assertEqual((line.product_qty, line.price_unit), (50, 9))

    def test_minimum_quantity_of_the_vendor_is_bought_once(self):
        """D5: a quantity added to an open request counts towards its minimum."""
        self.seller.write(
            {"product_uom_id": self.env.ref("uom.product_uom_dozen").id, "min_qty": 2}
        )
        order = self._confirm((self.backorderable, 1))
        line = self._buy(order)
        self.assertEqual(line.product_qty, 2)
        order.order_line.product_uom_qty = 30
        self.assertEqual(self._buy(order), line)
        self.assertEqual(line.product_qty, 3)

    def test_odoo_chooses_the_vendor(self):
        """D5: by sequence, validity and price for the quantity."""
        self.seller.date_end = fields.Date.today() - timedelta(days=1)
        other = self.env["res.partner"].create({"name": "Quick Vendor"})
        self._add_seller(self.backorderable, partner_id=other.id, price=8, sequence=2)
        self._add_seller(
            self.backorderable, partner_id=other.id, price=6, min_qty=12, sequence=3
        )
        line = self._buy(self._confirm((self.backorderable, 10)))
        self.assertEqual((line.partner_id, line.price_unit), (other, 6))

    def test_taxes_and_currency_are_the_vendor_s(self):
        """D5: Odoo prepares the line: fiscal position, taxes, currency, terms."""
        group = self.env["account.tax.group"].create(
            {"name": "VAT", "country_id": self.env.ref("base.us").id}
        )
        tax, mapped = self.env["account.tax"].create(
            [
                {
                    "name": name,
                    "amount": amount,
                    "type_tax_use": "purchase",
                    "tax_group_id": group.id,
                    "country_id": self.env.ref("base.us").id,
                }
                for name, amount in (("Domestic", 20), ("Abroad", 0))
            ]
        )
        position = self.env["account.fiscal.position"].create({"name": "Abroad"})
        mapped.write(
            {
                "fiscal_position_ids": [Command.link(position.id)],
                "original_tax_ids": [Command.link(tax.id)],
            }
        )
        self.vendor.property_account_position_id = position
        self.backorderable.supplier_taxes_id = tax
        currency = self.env.ref("base.EUR")
        currency.active = True
        self.seller.currency_id = currency
        line = self._buy(self._confirm((self.backorderable, 10)))
        self.assertEqual(line.tax_ids, mapped)
        self.assertEqual(line.order_id.fiscal_position_id, position)
        self.assertEqual(line.currency_id, currency)

    def test_one_purchase_for_each_vendor(self):
        """D5: two products of one vendor on one request, urgent ones apart."""
        routine = self.env["purchase.order"].create({"partner_id": self.vendor.id})
        self.protected.allow_backorder = "yes"
        self._add_seller(self.protected, price=1)
        order = self._confirm((self.backorderable, 1), (self.protected, 2))
        line = self._buy(order)
        purchase = line.order_id
        self.assertEqual(
            purchase.order_line.product_id, self.backorderable | self.protected
        )
        self.assertNotEqual(purchase, routine)
        self.assertFalse(routine.order_line)

    def test_routine_purchase_stays_apart_from_the_urgent_one(self):
        """D5: a reordering rule does not add to an urgent request."""
        urgent = self._buy(self._confirm((self.backorderable, 10))).order_id
        self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": self.protected.id,
                "warehouse_id": self.warehouse.id,
                "location_id": self.stock.id,
                "product_min_qty": 5,
                "product_max_qty": 5,
            }
        )
        self._add_seller(self.protected, price=1)
        self.env["stock.rule"].run_scheduler(company_id=self.company.id)
        line = self._get_purchases(self.protected)
        self.assertEqual(line.product_qty, 5)
        self.assertNotEqual(line.order_id, urgent)

    def test_received_purchase_serves_the_backorder(self):
        """D5: once confirmed and received, it is allocated to the backorder."""
        order = self._confirm((self.backorderable, 10))
        purchase = self._buy(order).order_id
        purchase.button_confirm()
        self._validate(purchase.picking_ids, 12)
        self.assertEqual(order.backorder_state, "allocated")

    # ------------------------------------------------------------------
    # Never twice
    # ------------------------------------------------------------------

    def test_requested_quantity_is_not_bought_again(self):
        """D5: an unconfirmed request covers the shortage."""
        order = self._confirm((self.backorderable, 10))
        self._buy(order)
        wizard = self._open(order)
        self.assertEqual(wizard.line_ids.requested_qty, 12)
        self.assertFalse(wizard.can_confirm)
        self.assertIn("on order", wizard.line_ids.obstacle)
        with self.assertRaisesRegex(UserError, "at least one product"):
            wizard.action_buy()
        self.assertEqual(len(self._get_purchases(self.backorderable)), 1)

    def test_ordered_quantity_is_not_bought_again(self):
        """D5: confirmed purchases, transfers and receipts cover; the rest is bought."""
        order = self._confirm((self.backorderable, 20))
        self._buy(order).order_id.button_confirm()
        self.assertEqual(self._get_need().uncovered, 0)
        self._confirm((self.backorderable, 14))
        self.assertEqual(self._get_need().ordered, 24)
        wizard = self._open(order)
        self.assertEqual(wizard.line_ids.quantity, 12)
        wizard.action_buy()
        self.assertEqual(self._get_need().requested, 12)

    def test_cancelled_purchase_covers_nothing(self):
        """D5: the quantity has to be bought again."""
        order = self._confirm((self.backorderable, 10))
        self._buy(order).order_id.button_cancel()
        self.assertEqual(self._get_need().uncovered, 10)

    def test_make_to_order_purchase_covers_no_other_order(self):
        """D5: make-to-order goods belong to their order."""
        product = self._create_bought_to_order()
        product.allow_backorder = "yes"
        self._confirm((product, 5))
        self.assertEqual(sum(self._get_purchases(product).mapped("product_qty")), 5)
        self.assertEqual(self._get_need(product).requested, 0)
        self._get_purchases(product).order_id.button_confirm()
        self.assertEqual(self._get_need(product).ordered, 0)

    def test_purchase_for_another_warehouse_covers_nothing_here(self):
        """D5: a shortage belongs to its warehouse."""
        north = self._create_warehouse("North", "NOR")
        self._confirm((self.backorderable, 10), warehouse_id=self.warehouse.id)
        self._confirm((self.backorderable, 5), warehouse_id=north.id)
        self.supply._buy({(self.backorderable.id, north.id): {"quantity": None}})
        self.assertEqual(self._get_need(warehouse=north).uncovered, 0)
        self.assertEqual(self._get_need().uncovered, 10)
        self.assertEqual(
            self._get_purchases(self.backorderable).order_id.picking_type_id,
            north.in_type_id,
        )

    def test_outdated_proposal_is_refused(self):
        """D5: another user has bought the proposed quantity in the meantime."""
        order = self._confirm((self.backorderable, 10))
        wizard = self._open(order)
        self._buy(order)
        with self.assertRaisesRegex(UserError, "has changed"):
            wizard.action_buy()
        self.assertEqual(len(self._get_purchases(self.backorderable)), 1)

    # ------------------------------------------------------------------
    # The proposal
    # ------------------------------------------------------------------

    def test_proposal_shows_its_figures(self):
        """D5: shortage, requested, incoming, to buy, vendor, price and date."""
        self._create_receipt(self.backorderable, 2)
        line = self._open(self._confirm((self.backorderable, 12))).line_ids
        self.assertEqual(
            (line.shortage_qty, line.requested_qty, line.ordered_qty, line.quantity),
            (12, 0, 2, 12),
        )
        self.assertEqual((line.price_unit, line.amount), (7, 84))
        self.assertEqual(line.date_planned, fields.Date.today() + timedelta(days=4))

    def test_quantity_and_vendor_may_be_changed(self):
        """D5: the buyer decides; the quantity follows the unit of the vendor."""
        other = self._add_seller(
            self.backorderable,
            partner_id=self.customer.id,
            price=50,
            product_uom_id=self.env.ref("uom.product_uom_dozen").id,
            sequence=9,
        )
        order = self._confirm((self.backorderable, 20))
        action = self._as("buyer", order).action_open_purchase()
        wizard = self._open_wizard(action)
        with wizard.line_ids.edit(0) as line:
            line.seller_id = other
            self.assertEqual(line.quantity, 2)
            line.quantity = 3
        wizard.save().action_buy()
        line = self._get_purchases(self.backorderable)
        self.assertEqual((line.partner_id, line.product_uom_qty), (self.customer, 36))

    def test_product_without_vendor_says_what_to_do(self):
        """D5: the other products are bought."""
        orphan = self._create_product("Orphan", allow_backorder="yes")
        order = self._confirm((self.backorderable, 1), (orphan, 1))
        wizard = self._open(order)
        line = wizard.line_ids.filtered(lambda line: line.product_id == orphan)
        self.assertIn("Add one on the Purchase tab", line.obstacle)
        wizard.action_buy()
        self.assertEqual(len(self._get_purchases(self.backorderable)), 1)
        self.assertFalse(self._get_purchases(orphan))

    def test_foreign_vendor_price_is_refused(self):
        """D5: only a vendor of the product can be chosen."""
        self._confirm((self.backorderable, 1))
        foreign = self._add_seller(self.protected, price=1)
        with self.assertRaisesRegex(UserError, "does not sell"):
            self.supply.buy(
                [
                    {
                        "product_id": self.backorderable.id,
                        "warehouse_id": self.warehouse.id,
                        "seller_id": foreign.id,
                        "quantity": 1,
                    }
                ]
            )

    def test_covered_order_has_no_proposal(self):
        """D5: a message tells that there is no shortage."""
        self._set_stock(self.protected, 5)
        with self.assertRaisesRegex(UserError, "no shortage"):
            self._open(self._confirm((self.protected, 1)))

    def test_proposal_opens_from_board_order_and_product(self):
        """D5: the same shortage from each of these screens."""
        order = self._confirm((self.backorderable, 10))
        self.env.flush_all()
        row = self.env["backorder.product"].search(
            [("product_id", "=", self.backorderable.id)]
        )
        template = self.backorderable.product_tmpl_id
        for records in (order, row, self.backorderable, template):
            line = self._open(records).line_ids
            self.assertEqual(line.quantity, 12, records)

    # ------------------------------------------------------------------
    # Roles
    # ------------------------------------------------------------------

    def test_who_may_buy(self):
        """C10: operators with purchase rights, and inventory managers."""
        order = self._confirm((self.backorderable, 10))
        for role in ("viewer", "sales"):
            with self.assertRaisesRegex(AccessError, "Operator"):
                self._open(order, role)
        wizard = self._open(order, "operator")
        self.assertFalse(wizard.can_buy)
        with self.assertRaisesRegex(AccessError, "Inventory Manager"):
            wizard.action_buy()
        self._open(order, "manager").action_buy()
        self.assertEqual(len(self._get_purchases(self.backorderable)), 1)

    def test_call_of_another_company_is_refused(self):
        """B8: users cannot buy for companies without access."""
        other = self.env["res.company"].create({"name": "Others"})
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", other.id)])
        with self.assertRaises(AccessError):
            self._as("buyer", self.supply).buy(
                [
                    {
                        "product_id": self.backorderable.id,
                        "warehouse_id": warehouse.id,
                    }
                ]
            )

    def test_buyer_without_purchase_rights_sees_the_number(self):
        """C10: an inventory manager may buy without reading purchases."""
        manager = self._create_user("pure", "backorder_atp.group_inventory_manager")
        order = self._confirm((self.backorderable, 10))
        action = (
            order.with_user(manager)
            .with_context(allowed_company_ids=self.company.ids)
            .action_open_purchase()
        )
        wizard = self.env["backorder.purchase"].browse(action["res_id"])
        result = wizard.with_user(manager).action_buy()
        name = self._get_purchases(self.backorderable).order_id.name
        self.assertIn(name, result["params"]["message"])

    # ------------------------------------------------------------------
    # By schedule
    # ------------------------------------------------------------------

    def test_schedule_buys_by_the_setting_of_the_company(self):
        """D5: opt-in; run twice, it buys once."""
        self._confirm((self.backorderable, 10))
        self._run_schedule()
        self.assertFalse(self._get_purchases(self.backorderable))
        self.company.backorder_auto_purchase = True
        for _run in range(2):
            self._run_schedule()
        self.assertEqual(self._get_purchases(self.backorderable).product_qty, 12)
        event = self._get_events("supply:purchase_created")
        self.assertEqual(event.trigger_source, "emergency-purchase:schedule")

    def _run_schedule(self):
        """Run the scheduled action without commits."""
        crons = self.env.registry["ir.cron"]
        with patch.object(crons, "_commit_progress", return_value=float("inf")):
            self.supply._cron_buy()

    def _buy_by_schedule(self):
        self.company.backorder_auto_purchase = True
        self.supply._buy_for_company(self.company)

    def test_schedule_buys_what_can_be_bought(self):
        """D5: a product without a vendor does not stop the others."""
        orphan = self._create_product("Orphan", allow_backorder="yes")
        self._confirm((orphan, 1), (self.backorderable, 10))
        self._buy_by_schedule()
        self.assertEqual(self._get_purchases(self.backorderable).product_qty, 12)

    def test_stock_below_zero_is_short_without_an_order(self):
        """D5: quantities shipped beyond stock are bought, too."""
        order = self._confirm((self.backorderable, 5))
        self._validate(order.picking_ids, 5)
        self._buy_by_schedule()
        self.assertEqual(self._get_purchases(self.backorderable).product_qty, 6)

    def test_demand_without_an_order_is_bought_for(self):
        """D5: all open demand is short, not only that of orders."""
        self._create_picking(
            self.warehouse.out_type_id,
            self.stock,
            self.env.ref("stock.stock_location_customers"),
            (self.backorderable, 5),
        )
        self._buy_by_schedule()
        self.assertEqual(self._get_purchases(self.backorderable).product_qty, 6)
