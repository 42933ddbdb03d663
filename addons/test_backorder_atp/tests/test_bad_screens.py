# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from contextlib import suppress

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.backorder_atp.tests.bad_screens_common import (
    BAD_RECORDS,
    NEVER,
    BadScreensCommon,
)

# Implausible data of other addons, by addon.
BAD_RECORDS_OF_ADDONS = {
    "archived_cart": "backorder_atp_website_sale",
    "archived_carrier": "backorder_atp_delivery",
    "archived_opportunity": "backorder_atp_crm",
    "empty_kit": "backorder_atp_mrp",
    "no_size_bought": "backorder_atp_purchase",
    "no_size_cart": "backorder_atp_website_sale",
    "no_size_opportunity": "backorder_atp_crm",
    "no_size_shipment": "backorder_atp_delivery",
    "opportunity_of_never": "backorder_atp_crm",
    "cart_of_never": "backorder_atp_website_sale",
}
LEAD_BUTTONS = (
    "action_allocate_stock",
    "action_open_release_stock",
    "action_view_soft_reservations",
)


@tagged("post_install", "-at_install")
class TestBadScreens(BadScreensCommon):
    """Implausible data does not break the screens of any addon."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        modules = cls.env["ir.module.module"]._installed()
        if "purchase" in modules:
            buyer = cls.env.ref("purchase.group_purchase_manager")
            cls.users["manager"].group_ids += buyer
        cls.addons = sorted(
            name
            for name in modules
            if name.startswith("backorder_atp_") or name == "sale_customer_inventory"
        )
        cls.bad_records = BAD_RECORDS + tuple(
            name for name, addon in BAD_RECORDS_OF_ADDONS.items() if addon in modules
        )

    def test_all_screens_open_with_implausible_data(self):
        """C5, C11: including the addons for features and other apps."""
        self.assertGreater(len(self.addons), 10)
        self._assert_every_screen_opens(self.addons)

    # ------------------------------------------------------------------
    # Opportunities
    # ------------------------------------------------------------------

    def _create_lead(self, *lines, **values):
        lead = self.env["crm.lead"].create(
            {
                "name": "Odd Deal",
                "type": "opportunity",
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "user_id": self.users["sales"].id,
                "line_ids": [Command.create(line) for line in lines],
                **values,
            }
        )
        lead.probability = 50
        return lead

    def _create_bad_lead(self, **values):
        """Create an opportunity with reserved stock of an implausible product."""
        self._set_stock(self.bad, 7)
        lead = self._create_lead({"product_id": self.bad.id, "quantity": 2}, **values)
        self._as("sales", lead).action_allocate_stock()
        return lead

    def _make_opportunity_of_never(self):
        lead = self._create_bad_lead(date_deadline=NEVER.date())
        self._spoil(
            "UPDATE stock_soft_reservation SET expiry_date = %s WHERE id IN %s",
            NEVER,
            tuple(lead.soft_reservation_ids.ids),
        )

    def _make_archived_opportunity(self):
        customer = self.env["res.partner"].create({"name": "Gone"})
        self._create_bad_lead(partner_id=customer.id)
        customer.action_archive()
        self.bad.action_archive()

    def _make_no_size_opportunity(self):
        self.bad.uom_ids = self.box
        line = {"product_id": self.bad.id, "quantity": 2}
        self._create_bad_lead().line_ids = [
            Command.create({**line, "product_uom_id": self.box.id})
        ]
        boxed = self._create_product("Boxed", uom_id=self.box.id)
        self._set_stock(boxed, 3)
        self._create_lead({"product_id": boxed.id, "quantity": 2})
        self._spoil_unit()

    # ------------------------------------------------------------------
    # Carriers
    # ------------------------------------------------------------------

    def _create_carrier(self, warehouse):
        fee = self._create_product("Fee", type="service", is_storable=False)
        carrier = self.env["delivery.carrier"].create(
            {"name": "Odd Carrier", "delivery_type": "fixed", "product_id": fee.id}
        )
        self.env["delivery.carrier.warehouse"].create(
            {"carrier_id": carrier.id, "warehouse_id": warehouse.id}
        )
        return carrier

    def _create_shipment(self, line):
        """Ship ``line`` with a carrier that has a warehouse."""
        carrier = self._create_carrier(self.warehouse)
        self._set_stock(self.bad, 50)
        order = self._confirm(line, carrier_id=carrier.id)
        order.picking_ids.carrier_id = carrier
        self._as("manager", order.picking_ids).action_start_fulfilment()
        return carrier

    def _make_archived_carrier(self):
        closed = self.env["stock.warehouse"].create(
            {"name": "Closed", "code": "CLO", "company_id": self.company.id}
        )
        self._create_carrier(closed)
        closed.active = False
        self._create_shipment((self.bad, 2)).action_archive()
        self.bad.action_archive()

    def _make_no_size_shipment(self):
        self._create_shipment(self._prepare_boxes())
        self._spoil_unit()

    # ------------------------------------------------------------------
    # Purchases
    # ------------------------------------------------------------------

    def _make_no_size_bought(self):
        seller = {"partner_id": self.vendor.id, "product_uom_id": self.box.id}
        self.bad.seller_ids = [Command.create(seller)]
        self._confirm((self.bad, 5))
        purchase = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "picking_type_id": self.warehouse.in_type_id.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.bad.id,
                            "product_qty": 1,
                            "product_uom_id": self.box.id,
                        }
                    )
                ],
            }
        )
        purchase.button_confirm()
        self._spoil_unit()

    # ------------------------------------------------------------------
    # Carts
    # ------------------------------------------------------------------

    def _create_cart(self, *lines):
        website = self.env["website"].create(
            {"name": "Odd Shop", "company_id": self.company.id}
        )
        self.bad.is_published = True
        self._set_stock(self.bad, 50)
        cart = self._create_order(*lines, website_id=website.id)
        self.env["stock.soft.reservation"]._keep_cart(cart, 30)
        return cart

    def _make_archived_cart(self):
        self._create_cart((self.bad, 2))
        self.bad.action_archive()

    def _make_no_size_cart(self):
        self._create_cart(self._prepare_boxes())
        self._spoil_unit()

    def _make_cart_of_never(self):
        cart = self._create_cart((self.bad, 2))
        for name in ("date_order", "commitment_date", "validity_date"):
            self._spoil(
                f"UPDATE sale_order SET {name} = %s WHERE id = %s", NEVER, cart.id
            )

    # ------------------------------------------------------------------
    # Kits
    # ------------------------------------------------------------------

    def _make_empty_kit(self):
        """A kit with a component in a unit with factor zero."""
        kit = self._create_product("Odd Kit", allow_backorder="yes")
        self.env["mrp.bom"].create(
            {
                "product_tmpl_id": kit.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [
                    Command.create(
                        {
                            "product_id": self.bad.id,
                            "product_qty": 1,
                            "product_uom_id": self.box.id,
                        }
                    )
                ],
            }
        )
        self._set_stock(self.bad, 3)
        self._confirm((kit, 2))
        self._create_order((kit, 2))
        if "crm.lead.line" in self.env:
            self._create_lead({"product_id": kit.id, "quantity": 2})
        self._spoil_unit()

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def _press_other_buttons(self):
        if "crm.lead.line" in self.env:
            self._press_lead_buttons()
        if "website" in self.env:
            self._visit_shop()

    def _press_lead_buttons(self):
        leads = self._as("manager", self.env["crm.lead"])
        for lead in leads.search([("company_id", "=", self.company.id)]):
            for button in LEAD_BUTTONS:
                self._open_dialog(lead, button)
            with self.subTest(lead=lead), self.env.cr.savepoint():
                with Form(lead) as form:
                    form.name = "Edited"
                with suppress(UserError):
                    self._quote(lead)

    def _quote(self, lead):
        """Create the quotation like the button of the opportunity."""
        orders = self._as("sales", self.env["sale.order"])
        action = lead.action_new_quotation()
        orders.with_context(**action["context"]).create({})

    def _visit_shop(self):
        """Show the products of the shop, and renew the reservations of carts."""
        carts = self._get_orders().filtered("website_id").sudo()
        for cart in carts:
            with self.subTest(cart=cart), self.env.cr.savepoint():
                self.env["stock.soft.reservation"]._keep_cart(cart, 30)
                products = cart.order_line.product_id.with_context(
                    website_id=cart.website_id.id
                )
                for product in products:
                    cart.website_id._get_product_available_qty(product)
                    product._is_sold_out()
