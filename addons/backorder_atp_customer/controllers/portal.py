# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request, route

from odoo.addons.sale.controllers.portal import CustomerPortal


class BackorderPortal(CustomerPortal):
    """Customers decide about the backordered items of their orders.

    Access is the same as for the page of the order: the customer's account, or the
    token of the link in the email.
    """

    @route(
        '/my/orders/<int:order_id>/backorder/<any("split","cancel"):decision>',
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
    )
    def portal_backorder_confirm(self, order_id, decision, access_token=None, **_kw):
        """Show the result before the customer confirms."""
        order, refusal = self._open_backorder_order(order_id, decision, access_token)
        if refusal:
            return refusal
        values = self._prepare_backorder_values(order, access_token)
        return request.render(
            f"backorder_atp_customer.portal_backorder_{decision}", values
        )

    @route(
        '/my/orders/<int:order_id>/backorder/<any("split","wait","cancel"):decision>',
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def portal_backorder_decide(self, order_id, decision, access_token=None, **_kw):
        """Perform the customer's choice and show the order again."""
        order, refusal = self._open_backorder_order(order_id, decision, access_token)
        if refusal:
            return refusal
        try:
            with request.env.cr.savepoint():
                order._customer_decides(decision, self._get_backorder_customer(order))
        except UserError as error:
            return self._render_backorder_error(order, str(error), access_token)
        return request.redirect(
            order.get_portal_url(query_string=f"&message=backorder_{decision}")
        )

    def _open_backorder_order(self, order_id, decision, access_token):
        """Return the order, and a page with the reason if it is not possible."""
        order = self._get_backorder_order(order_id, access_token)
        if not order:
            return None, request.redirect("/my")
        obstacle = self._get_backorder_obstacle(order, decision)
        if obstacle:
            return order, self._render_backorder_error(order, obstacle, access_token)
        return order, None

    def _get_backorder_order(self, order_id, access_token):
        """Return the order with sudo, or None without access."""
        try:
            order = self._document_check_access(
                "sale.order", order_id, access_token=access_token
            )
        except (AccessError, MissingError):
            return None
        return order.with_user(request.env.user).sudo()

    def _get_backorder_obstacle(self, order, decision):
        if request.env.user._is_internal():
            return request.env._(
                "Only the customer can choose here. Use the buttons on the order"
                " instead."
            )
        return order._get_decision_obstacle(decision)

    def _get_backorder_customer(self, order):
        """Return the user's partner, or else the recipient of the link."""
        user = request.env.user
        return order.partner_id if user._is_public() else user.partner_id.sudo()

    def _prepare_backorder_values(self, order, access_token):
        return {
            "sale_order": order,
            "page_name": "order",
            "access_token": access_token,
            "res_company": order.company_id,
        }

    def _render_backorder_error(self, order, error, access_token):
        values = self._prepare_backorder_values(order, access_token)
        return request.render(
            "backorder_atp_customer.portal_backorder_error",
            {**values, "error": error},
            status=409,
        )
