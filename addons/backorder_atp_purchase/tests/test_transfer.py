# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.backorder_atp_sourcing.tests.test_transfer import TransferCommon


@tagged("post_install", "-at_install")
class TestTransferPurchase(TransferCommon):
    def test_cancelled_rest_of_a_receipt_is_shown(self):
        """D9: the rest will not be delivered, although it was ordered."""
        purchase = self._purchase(7)
        purchase.button_confirm()
        receipt = purchase.picking_ids
        receipt.move_ids.quantity = 3
        receipt.move_ids.picked = True
        receipt.with_context(cancel_backorder=True)._action_done()
        row = self._get_uncounted()["closed"]
        self.assertEqual((row["quantity"], row["record"]), (4, purchase))

    def test_confirming_needs_the_right_to_purchase(self):
        """C10: the dialog grants no additional rights."""
        purchase = self._purchase(7)
        with self.assertRaises(AccessError):
            self._open().uncounted_ids.action_confirm()
        self.assertEqual(purchase.state, "draft")

    def test_late_receipt_is_shown(self):
        """D9: it counts as incoming, but its date has passed."""
        purchase = self._purchase(7)
        purchase.button_confirm()
        purchase.picking_ids.move_ids.date = fields.Datetime.now() - timedelta(days=2)
        row = self._get_uncounted()["late"]
        self.assertEqual((row["quantity"], row["record"]), (7, purchase))

    def test_purchase_pending_approval_is_not_counted(self):
        """D9: only users who may approve it can resolve it."""
        self.company.write(
            {"po_double_validation": "two_step", "po_double_validation_amount": 1}
        )
        purchase = self._purchase(7, price_unit=100)
        self.users["operator"].group_ids += self.env.ref("purchase.group_purchase_user")
        purchase.with_user(self.users["operator"]).button_confirm()
        self.assertEqual(purchase.state, "to approve")
        uncounted = self._open().uncounted_ids
        self.assertTrue(uncounted.is_to_approve)
        with self.assertRaisesRegex(UserError, "Only a purchase administrator"):
            uncounted.action_approve()
        self.users["operator"].group_ids += self.env.ref(
            "purchase.group_purchase_manager"
        )
        uncounted.action_approve()
        self.assertEqual(purchase.state, "purchase")

    def test_purchase_is_opened_by_purchasers_only(self):
        """C10: users with stock rights alone cannot see its form."""
        self._purchase(7)
        self.assertFalse(self._open().uncounted_ids.can_open)
        self.users["operator"].group_ids += self.env.ref("purchase.group_purchase_user")
        uncounted = self._open().uncounted_ids
        self.assertTrue(uncounted.can_open)
        self.assertEqual(
            uncounted.action_open_document()["res_model"], "purchase.order"
        )

    def test_received_purchase_is_shown_as_counted_in_stock(self):
        """D9: received goods are no longer incoming."""
        purchase = self._purchase(7)
        purchase.button_confirm()
        self._validate(purchase.picking_ids, 7)
        row = self._get_uncounted()["received"]
        self.assertEqual((row["quantity"], row["record"]), (7, purchase))

    def test_request_for_quotation_is_not_counted_until_confirmed(self):
        """D9: it is shown with the reason; the button confirms it."""
        purchase = self._purchase(7)
        self.users["operator"].group_ids += self.env.ref("purchase.group_purchase_user")
        uncounted = self._open().uncounted_ids
        self.assertEqual(
            (uncounted.kind, uncounted.quantity, uncounted.document),
            ("request", 7, purchase.display_name),
        )
        self.assertIn("not ordered yet", uncounted.reason)
        uncounted.action_confirm()
        self.assertEqual(purchase.state, "purchase")
        self.assertFalse(self._get_uncounted())
