# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from markupsafe import Markup

from odoo import models

SHORT_ACTIVITY = "backorder_atp.mail_activity_type_alert"


class PosOrder(models.Model):
    _inherit = "pos.order"

    def _get_pos_source(self):
        """Return the trigger source of the events, e.g. ``pos:Shop - 000001``.

        Closing a session books all of its orders at once.
        """
        named = self if len(self) == 1 else self.session_id
        return f"pos:{','.join(named.mapped('name'))}"

    # ------------------------------------------------------------------
    # Shipped later
    # ------------------------------------------------------------------

    def _check_shipped_later(self, lines):
        """Log and notify of sales beyond what can be promised.

        The order is paid, so nothing is refused. Its delivery is in the queue, like
        that of an order paid in the web shop.
        """
        self.ensure_one()
        short = self.sudo()._find_short_later(lines)
        if not short:
            return
        self.sudo()._log_short_later(short)
        if self.company_id.sudo().promise_phase != "dark":
            self.sudo()._notify_of_short_later(short)

    def _find_short_later(self, lines):
        """Return ``{product: (quantity, missing quantity)}``, in its unit.

        The deliveries exist already and are part of the committed quantity. They also
        deliver the settled sales orders, which are therefore excluded.
        """
        sold = defaultdict(float)
        for line in lines.filtered(lambda line: line.product_id.is_storable):
            sold[line.product_id] += line.qty
        warehouse = self._get_shipping_warehouse()
        products = self.env["product.product"].union(*sold)
        left = self.env["stock.availability"].get_availability(
            products, warehouse, self._get_settled_orders()
        )
        policies = self.env["stock.policy"]._get_warehouse_policies(products, warehouse)
        short = {}
        for product, quantity in sold.items():
            key = product.id, warehouse.id
            missing = min(quantity, -left[key]["atp"])
            if not policies[key][0] and product.uom_id.compare(missing, 0) > 0:
                short[product] = (quantity, missing)
        return short

    def _get_settled_orders(self):
        """Return the sales orders settled by these orders; to be extended."""
        return self.env["sale.order"]

    def _get_shipping_warehouse(self):
        config = self.config_id
        return config.warehouse_id or config.picking_type_id.warehouse_id

    def _log_short_later(self, short):
        is_dark = self.company_id.promise_phase == "dark"
        self.env["backorder.event"]._log_many(
            [
                {
                    "event_type": "order:would_block" if is_dark else "order:oversold",
                    "company": self.company_id,
                    "product": product,
                    "warehouse": self._get_shipping_warehouse(),
                    "quantity": missing,
                    "reason": self.name,
                    "payload": {
                        "posOrder": self.name,
                        "required": quantity,
                        "shortfall": missing,
                    },
                }
                for product, (quantity, missing) in short.items()
            ]
        )

    def _notify_of_short_later(self, short):
        """Schedule an activity on the delivery for the responsible user."""
        user = self.company_id._get_backorder_responsible()
        delivery = self.picking_ids.filtered(
            lambda picking: picking.state not in ("done", "cancel")
        )[:1]
        if not user or not delivery:
            return
        localized = self.with_context(lang=user.lang)
        delivery.with_context(lang=user.lang).activity_schedule(
            SHORT_ACTIVITY,
            user_id=user.id,
            summary=localized.env._(
                "Sold at the point of sale beyond what can be promised"
            ),
            note=Markup("<br/>").join(
                localized.env._(
                    "%(missing)s of %(quantity)s %(unit)s of %(product)s are missing.",
                    missing=product.uom_id.round(missing),
                    quantity=product.uom_id.round(quantity),
                    unit=product.uom_id.name,
                    product=product.display_name,
                )
                for product, (quantity, missing) in short.items()
            ),
        )
