# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from contextlib import contextmanager
from math import floor

from odoo import api, models
from odoo.exceptions import ValidationError

# Payment methods with which Odoo confirms an order before it is paid.
PAID_LATER = ("cash_on_delivery", "on_site")


class SaleOrder(models.Model):
    """A cart of the shop: its limits, and late payments."""

    _inherit = "sale.order"

    # ------------------------------------------------------------------
    # Confirming
    # ------------------------------------------------------------------

    def action_confirm(self):
        with self._keeping_warehouse():
            return super().action_confirm()

    def _send_payment_succeeded_for_order_mail(self):
        with self._keeping_warehouse():
            return super()._send_payment_succeeded_for_order_mail()

    def _keeping_warehouse(self):
        """Keep the warehouse shown to the customer when the salesperson changes."""
        carts = self.filtered(
            lambda order: order.warehouse_id and order._is_cart_promised()
        )
        return self.env.protecting([self._fields["warehouse_id"]], carts)

    # ------------------------------------------------------------------
    # Warehouse
    # ------------------------------------------------------------------

    @api.depends("website_id.warehouse_id")
    def _compute_warehouse_id(self):
        """Apply the mappings to shop orders, too."""
        result = super()._compute_warehouse_id()
        for order in self.filtered("website_id"):
            if order.state in ("draft", "sent") or not order.ids:
                order.warehouse_id = order._get_mapped_warehouse()
        return result

    def _get_channel_warehouses(self):
        """Return the shop's warehouse before that of its sales team."""
        return [self.website_id.sudo().warehouse_id, *super()._get_channel_warehouses()]

    def _get_mapped_salesperson(self):
        """Return the salesperson of the shop if the cart has none yet."""
        salesperson = super()._get_mapped_salesperson()
        return salesperson or self.website_id.sudo().salesperson_id

    def _is_warehouse_ambiguous(self):
        """A pickup location chosen by the customer is not ambiguous."""
        return not self.pickup_location_data and super()._is_warehouse_ambiguous()

    # ------------------------------------------------------------------
    # Verdict
    # ------------------------------------------------------------------

    def _is_prepaid(self):
        """An order to be paid later, as agreed in the shop, counts as prepaid."""
        if super()._is_prepaid():
            return True
        later = self.sudo().transaction_ids.filtered(
            lambda payment: (
                payment.state == "pending"
                and payment.provider_id.custom_mode in PAID_LATER
            )
        )
        return bool(later) and self.sudo()._is_paid_as_it_is(later)

    # ------------------------------------------------------------------
    # Lines on trial
    # ------------------------------------------------------------------

    def _get_trial_lines(self, quantities, warehouse=None):
        """Return new lines of an order like this one, not stored.

        :param quantities: ``{product: quantity}`` in the product's unit
        :param warehouse: another one to deliver from
        """
        self.ensure_one()
        order = self.new(self._prepare_trial_order(warehouse or self.warehouse_id))
        lines = self.env["sale.order.line"].sudo()
        return lines.union(
            *(
                lines.new(
                    {
                        "order_id": order,
                        "product_id": product.id,
                        "product_uom_id": product.uom_id.id,
                        "product_uom_qty": quantity,
                        "state": "draft",
                    }
                )
                for product, quantity in quantities.items()
            )
        )

    def _prepare_trial_order(self, warehouse):
        return {
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "state": "draft",
            "team_id": self.team_id.id,
            "warehouse_id": warehouse.id,
            "website_id": self.website_id.id,
        }

    # ------------------------------------------------------------------
    # Cart
    # ------------------------------------------------------------------

    def _is_cart_promised(self):
        """Whether this is a cart of a shop that sells what can be promised."""
        return self.website_id._is_promise_kept()

    def _with_shop(self):
        """Return this cart with the shop in the context."""
        if not self._is_cart_promised():
            return self
        return self.with_context(website_id=self.website_id.id)

    # ------------------------------------------------------------------
    # How much
    # ------------------------------------------------------------------

    def _get_shop_warehouse_id(self):
        """Return the warehouse that the order will get, not that of the website."""
        if not self._is_cart_promised():
            return super()._get_shop_warehouse_id()
        return self.warehouse_id.id

    def _get_free_qty(self, product):
        """Return the quantity available to this cart, in the product's unit.

        What other products of the cart need is taken off; its own lines and soft
        reservations are not.
        """
        if not self._is_cart_promised():
            return super()._get_free_qty(product)
        return (
            product.sudo()
            .with_context(
                shop_order_id=self.id,
                warehouse_id=self._get_shop_warehouse_id(),
                website_id=self.website_id.id,
            )
            .shop_available_qty
        )

    def _verify_cart_after_update(self):
        """Reserve the products of the cart, if the shop reserves stock for carts."""
        result = super()._verify_cart_after_update()
        if self._is_cart_promised():
            self.env["stock.soft.reservation"]._keep_cart(
                self, self.website_id.promise_cart_reservation_minutes
            )
            self.env["product.product"]._forget_shop_stock()
        return result

    def _verify_updated_quantity(
        self, order_line, product_id, new_qty, uom_id, **kwargs
    ):
        quantity, warning = super(
            SaleOrder, self._with_shop()
        )._verify_updated_quantity(order_line, product_id, new_qty, uom_id, **kwargs)
        if not self._is_cart_promised():
            return quantity, warning
        if warning:
            return max(0, quantity), warning
        product = self.env["product.product"].browse(product_id)
        uom = self.env["uom.uom"].browse(uom_id)
        return self._limit_cart_quantity(order_line, product, quantity, uom)

    def _limit_cart_quantity(self, order_line, product, quantity, uom):
        """Return ``quantity``, or the available part of it, and the warning.

        For products that Odoo does not limit, such as kits that are not tracked.

        :param order_line: the line that is to have ``quantity``, in ``uom``, if any
        """
        if not product._in_shop(self.website_id).is_shop_limited:
            return quantity, ""
        others = self._get_cart_qty(product.id)
        if order_line:
            others -= order_line.product_uom_id._convert_quantity(
                order_line.product_uom_qty, product.uom_id, round=False
            )
        left = self._get_cart_limit(product) - others
        left = uom.round(product.uom_id._convert_quantity(left, uom, round=False))
        left = max(0, int(left))
        if quantity <= left:
            return quantity, ""
        return left, self._get_limit_warning(order_line, product, quantity, left)

    def _get_cart_limit(self, product):
        """Return how much of ``product`` the cart may contain, in its unit."""
        return self._get_free_qty(product)

    def _get_limit_warning(self, order_line, product, quantity, left):
        if not left and order_line:
            return self.env._(
                "Some products became unavailable and your cart has been updated."
                " We're sorry for the inconvenience."
            )
        if not left:
            return self.env._(
                "%(product_name)s has not been added to your cart since it is not"
                " available.",
                product_name=product.name,
            )
        if order_line:
            return order_line._set_shop_warning_stock(
                f"{quantity:g}", f"{left:g}", save=False
            )
        return self.env._(
            "You ask for %(desired_qty)s products but only %(available_qty)s is"
            " available.",
            desired_qty=f"{quantity:g}",
            available_qty=f"{left:g}",
        )

    def _all_product_available(self):
        """Send reminders only while the products are available to this cart."""
        if not self._is_cart_promised():
            return super()._all_product_available()
        cart = self.with_context(website_id=self.website_id.id, shop_order_id=self.id)
        return super(SaleOrder, cart)._all_product_available()

    def _get_cart_demand(self):
        """Return ``{component: {product: quantity}}`` that this cart needs."""
        return self.env["stock.availability"]._group_by_component(
            self.order_line._get_promise_demand()
        )

    # ------------------------------------------------------------------
    # Payment
    # ------------------------------------------------------------------

    def _check_cart_is_ready_to_be_paid(self):
        if not self._is_cart_promised():
            return super(SaleOrder, self._with_shop())._check_cart_is_ready_to_be_paid()
        with self._claiming_cart() as demand:
            self._check_cart_stock(demand)
            result = super(
                SaleOrder, self._with_shop()
            )._check_cart_is_ready_to_be_paid()
            self._keep_while_paying()
        return result

    def _check_before_payment(self):
        """Accept a payment only for what can be promised, also in the portal.

        :raise ValidationError: naming each product of which there is not enough
        """
        if self._is_cart_promised() and self.state in ("draft", "sent"):
            with self._claiming_cart() as demand:
                self._check_cart_stock(demand)
                self._keep_while_paying()

    @contextmanager
    def _claiming_cart(self):
        """Claim the stock of this cart, and yield its demand."""
        demand = self.order_line._get_promise_demand()
        claimed = self.env["promise.decision"]._get_claimed(demand)
        with self.env["stock.promise.guard"]._claiming(claimed):
            yield demand

    def _check_cart_stock(self, demand):
        """Refuse a payment for what could not be delivered."""
        if any(not warehouse for _line, _product, warehouse, _quantity in demand):
            raise ValidationError(
                self.env._(
                    "We cannot deliver your order at the moment. Please contact us."
                )
            )
        if shortages := self._get_shop_shortages(demand):
            for line, message in shortages.items():
                line.shop_warning = message
            raise ValidationError("\n".join(dict.fromkeys(shortages.values())))

    def _keep_while_paying(self):
        if self._is_cart_promised():
            self.env["stock.soft.reservation"]._keep_cart(
                self, self.website_id.promise_payment_reservation_minutes
            )

    def _get_shop_shortages(self, demand=None):
        """Return ``{line: message}`` for the lines of this cart that are short.

        :param demand: of this cart, if known
        """
        if not self._is_cart_promised() or self.state != "draft" and demand is None:
            return {}
        if demand is None:
            demand = self.order_line._get_promise_demand()
        shortages = self.env["promise.decision"]._find_shortages(demand, self)
        return {
            row.line: self._get_shortage_message(row.line)
            for row in shortages
            if row.product.uom_id.compare(row.shortfall, 0) > 0
        }

    def _get_shortage_message(self, line):
        """Return the message of the shop about a line that is short."""
        product = line.product_id
        requested = self._get_cart_qty(product.id)
        available = floor(min(requested, self._get_free_qty(product)))
        return line._set_shop_warning_stock(f"{requested:g}", available, save=False)

    # ------------------------------------------------------------------
    # In words
    # ------------------------------------------------------------------

    def _get_shop_promises(self):
        """Return ``{line: availability text}`` of the lines that are late."""
        self.ensure_one()
        if not self._is_cart_promised() or not self.website_id.promise_show_dates:
            return {}
        if self.state not in ("draft", "sent"):
            return self.order_line._describe_promised()
        promises = self.order_line.filtered(
            lambda line: line._needs_stock()
        )._get_promises(by_order=True)
        return {
            line: text
            for line, promise in promises.items()
            if (text := line._describe_shop_promise(promise))
        }
