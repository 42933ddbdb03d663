# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.backorder_atp.tests.common import BackorderCommon


@tagged("post_install", "-at_install")
class TestCreditImpact(BackorderCommon):
    """E3: credit figures of a customer and of a quotation."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.account_use_credit_limit = True
        cls.customer.with_company(cls.company).credit_limit = 1000
        cls._set_stock(cls.protected, 100)

    def _quote(self, amount, **values):
        line = {
            "product_id": self.protected.id,
            "product_uom_qty": 1,
            "price_unit": amount,
            "tax_ids": False,
        }
        return self._create_order(line, **values)

    def test_quotation_shows_its_credit_impact(self):
        """E3: the credit used by other orders, added by this one, and remaining."""
        self._quote(300).action_confirm()
        quotation = self._as("sales", self._quote(500))
        self.assertTrue(quotation.has_credit_limit)
        self.assertEqual(quotation.credit_limit, 1000)
        self.assertEqual(quotation.credit_used, 300)
        self.assertEqual(quotation.credit_available, 700)
        self.assertEqual(quotation.credit_impact, 500)
        self.assertEqual(quotation.credit_remaining, 200)
        self.assertEqual(quotation.credit_verdict, "within")

    def test_exactly_the_limit_may_proceed(self):
        """E3: up to the limit, but not beyond it."""
        self.assertEqual(self._quote(1000).credit_verdict, "within")
        self.assertEqual(self._quote(1000.01).credit_verdict, "beyond")

    def test_beyond_the_limit_is_shown_not_refused(self):
        """E3: whether it may proceed is shown; Odoo itself only warns."""
        quotation = self._quote(1200)
        self.assertFalse(quotation.get_credit_impact()["canProcessOrder"])
        quotation.action_confirm()
        self.assertEqual(quotation.state, "sale")

    def test_confirmed_order_does_not_count_twice(self):
        """E3: the credit that the order itself uses is subtracted first."""
        order = self._quote(600)
        before = order.get_credit_impact()
        order.action_confirm()
        self.assertEqual(order.get_credit_impact(), before)
        self.assertFalse(order.has_credit_limit)

    def test_customer_without_a_limit(self):
        """E3: without a limit, no credit is shown and every order may proceed."""
        self.customer.with_company(self.company).credit_limit = 0
        quotation = self._quote(5000)
        self.assertFalse(quotation.has_credit_limit)
        self.assertTrue(quotation.get_credit_impact()["canProcessOrder"])
        self.customer.with_company(self.company).credit_limit = 10
        self.company.account_use_credit_limit = False
        self.assertTrue(self._quote(5000).get_credit_impact()["canProcessOrder"])

    def test_credit_impact_of_a_product(self):
        """E3: of a product and a quantity, at the customer's price."""
        self.protected.list_price = 30
        customer = self._as("sales", self.customer)
        self.protected.default_code = "PRO-1"
        impact = customer.get_credit_impact(product_id=self.protected.id, quantity=40)
        self.assertEqual((impact["sku"], impact["quantity"]), ("PRO-1", 40))
        self.assertEqual(impact["totalValue"], impact["creditImpact"])
        self.assertEqual(impact["creditImpact"], 1200)
        self.assertFalse(impact["canProcessOrder"])
        self.assertEqual(impact["remainingCredit"], -200)
        for values in ({}, {"product_id": self.protected.id}, {"product_id": 0}):
            with self.assertRaisesRegex(UserError, "a quantity"):
                customer.get_credit_impact(**values)

    def test_contacts_share_the_limit_of_their_company(self):
        """E3: the limit is that of the commercial entity."""
        child = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": self.customer.id}
        )
        self._quote(300, partner_id=child.id).action_confirm()
        self.assertEqual(self._quote(1).credit_used, 300)

    def test_other_currency(self):
        """E3: the impact is in the currency of the company."""
        currency = self.env["res.currency"].create(
            {
                "name": "ZZZ",
                "symbol": "Z",
                "rate_ids": [Command.create({"name": "2020-01-01", "rate": 4})],
            }
        )
        quotation = self._quote(800, currency_id=currency.id)
        quotation.currency_id = currency
        self.assertEqual(quotation.credit_impact, 200)

    def test_each_company_has_its_own_limit(self):
        """E3: the amount due to another company does not count."""
        other = self.env["res.company"].create(
            {"name": "Other", "account_use_credit_limit": True}
        )
        self.env.user.company_ids = [Command.link(other.id)]
        self._quote(900).action_confirm()
        customer = self.customer.with_context(allowed_company_ids=other.ids)
        customer.with_company(other).credit_limit = 500
        impact = customer.get_credit_impact(amount=400)
        self.assertEqual(impact["currentCreditUsed"], 0)
        self.assertTrue(impact["canProcessOrder"])

    def test_roles(self):
        """E3: users in sales, stock decisions and accounting, but no others."""
        for role in self.users:
            impact = self._as(role, self.customer).get_credit_impact(amount=10)
            self.assertEqual(impact["creditLimit"], 1000)
        outsider = new_test_user(
            self.env,
            "outsider",
            groups="base.group_user",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        with self.assertRaisesRegex(AccessError, "sales and accounting"):
            self.customer.with_user(outsider).get_credit_impact(amount=10)
