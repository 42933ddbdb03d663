# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.backorder_atp.exceptions import OrderValidationError

from .common import ShopCommon


@tagged("post_install", "-at_install")
class TestPayment(ShopCommon):
    """A payment that arrives after stock is gone (A5)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["account.chart.template"].try_loading(
            "generic_coa", cls.company, install_demo=False
        )
        cls.customer.email = "patient@example.com"
        cls.method = cls.env["payment.method"].create(
            {"name": "Pigeon", "code": "pigeon", "active": True}
        )
        cls.provider = cls._create_provider()
        journal = cls.env["account.journal"].search(
            [("company_id", "=", cls.company.id), ("type", "=", "bank")], limit=1
        )
        journal.inbound_payment_method_line_ids[:1].payment_provider_id = cls.provider

    @classmethod
    def _create_provider(cls, **values):
        return cls.env["payment.provider"].create(
            {
                "name": "Pigeon Post",
                "company_id": cls.company.id,
                "state": "test",
                "is_published": True,
                "payment_method_ids": [Command.set(cls.method.ids)],
                **values,
            }
        )

    def _pay(self, order, provider=None):
        """Start the payment of the whole order."""
        return self.env["payment.transaction"].create(
            {
                "amount": order.amount_total,
                "currency_id": order.currency_id.id,
                "operation": "online_direct",
                "partner_id": order.partner_id.id,
                "payment_method_id": self.method.id,
                "provider_id": (provider or self.provider).id,
                "reference": f"{order.name}-1",
                "sale_order_ids": [Command.set(order.ids)],
            }
        )

    def _lose_stock(self):
        self._confirm((self.protected, 3))

    def test_payment_after_stock_is_gone(self):
        """A5: paid, confirmed, notified and invoiced; only the delivery is withheld."""
        self.env["ir.config_parameter"].set_param("sale.automatic_invoice", "True")
        cart = self._create_cart((self.protected, 2))
        transaction = self._pay(cart)
        self._lose_stock()
        mails = self.env["mail.mail"].search([])
        transaction._set_done()
        transaction._post_process()
        self.assertEqual(cart.state, "sale")
        self.assertTrue(cart.requires_inventory_override)
        self.assertFalse(cart.picking_ids)
        self.assertEqual(cart.invoice_ids.state, "posted")
        self.assertIn(cart.invoice_ids.payment_state, ("paid", "in_payment"))
        self.assertTrue(transaction.is_post_processed)
        subjects = (self.env["mail.mail"].search([]) - mails).mapped("subject")
        subjects += cart.message_ids.mapped("subject")
        sent = [subject for subject in subjects if subject and cart.name in subject]
        self.assertTrue(sent, subjects)

    def test_withheld_delivery_is_released_by_approval(self):
        """A5, B5: after the approval, it is delivered like any other backorder."""
        cart = self._create_cart((self.protected, 2))
        transaction = self._pay(cart)
        self._lose_stock()
        transaction._set_done()
        transaction._post_process()
        request = cart.override_ids
        self._as("manager", request).action_approve("The customer has paid")
        self.assertTrue(cart.picking_ids)
        self.assertFalse(cart.requires_inventory_override)

    def test_payment_in_time(self):
        """A5: stock reserved during the payment is reserved for the order."""
        cart = self._create_cart((self.protected, 3))
        self.env["stock.soft.reservation"]._keep_cart(cart, 15)
        transaction = self._pay(cart)
        with self.assertRaisesRegex(OrderValidationError, "available 0"):
            self._confirm((self.protected, 1))
        transaction._set_done()
        transaction._post_process()
        self.assertEqual(cart.backorder_state, "allocated")
        self.assertFalse(cart.requires_inventory_override)

    def test_paying_later_is_not_refused(self):
        """A5: cash on delivery confirms the order immediately."""
        provider = self._create_provider(
            code="custom", custom_mode="cash_on_delivery", name="Cash"
        )
        cart = self._create_cart((self.protected, 2))
        transaction = self._pay(cart, provider)
        self._lose_stock()
        transaction._set_pending()
        transaction._post_process()
        self.assertEqual(cart.state, "sale")
        self.assertTrue(cart.requires_inventory_override)

    def test_unpaid_order_is_still_refused(self):
        """B9: an employee cannot confirm a cart beyond stock in hard."""
        cart = self._create_cart((self.protected, 9))
        with self.assertRaisesRegex(OrderValidationError, "Protected"):
            cart.action_confirm()
