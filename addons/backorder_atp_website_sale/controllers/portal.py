# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, MissingError
from odoo.http import route

from odoo.addons.sale.controllers.portal import PaymentPortal


class PromisePaymentPortal(PaymentPortal):
    """Payments in the portal are checked as in the shop."""

    @route()
    def portal_order_transaction(self, order_id, access_token, **kwargs):
        """Refuse a payment for what cannot be promised.

        :raise ValidationError: naming each product of which there is not enough
        """
        try:
            order = self._document_check_access("sale.order", order_id, access_token)
        except (AccessError, MissingError):
            # Odoo's own answer
            return super().portal_order_transaction(order_id, access_token, **kwargs)
        order._check_before_payment()
        return super().portal_order_transaction(order_id, access_token, **kwargs)
