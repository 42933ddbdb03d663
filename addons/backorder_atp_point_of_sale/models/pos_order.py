# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from markupsafe import Markup

from odoo import models

SHORT_ACTIVITY = "backorder_atp.mail_activity_type_alert"


class PosOrder(models.Model):
    _inherit = "pos.order"

    def _get_till_source(self):
        """Return e.g. ``till:Shop - 000001``, as the events name it.

        A session that is closed books all its orders at once.
        """
        named = self if len(self) == 1 else self.session_id
        return f"till:{','.join(named.mapped('name'))}"

    # ------------------------------------------------------------------
    # Shipped later
    # ------------------------------------------------------------------

    def _check_shipped_later(self, lines):
        """Write down, and bring to somebody, what is sold beyond what can be promised.

        It is paid: nothing is refused. The delivery waits for its turn, like that of
        an order that was paid on the web.
        """
        self.ensure_one()
        short = self.sudo()._find_short_later(lines)
        if not short:
            return
        self.sudo()._log_short_later(short)
        if self.company_id.sudo().promise_phase != "dark":
            self.sudo()._notify_of_short_later(short)

    def _find_short_later(self, lines):
        """Return ``{product: (quantity, what is missing of it)}``, in its unit.

        The deliveries are there already, and take part in what is left. What settled
        orders ask for is delivered by them: it must not count a second time.
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
        """Return the orders that were paid here; extend where a till can do that."""
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
                        "tillOrder": self.name,
                        "required": quantity,
                        "shortfall": missing,
                    },
                }
                for product, (quantity, missing) in short.items()
            ]
        )

    def _notify_of_short_later(self, short):
        """Ask the responsible what becomes of the delivery, where it is worked on."""
        user = self.company_id._get_backorder_responsible()
        delivery = self.picking_ids.filtered(
            lambda picking: picking.state not in ("done", "cancel")
        )[:1]
        if not user or not delivery:
            return
        speaker = self.with_context(lang=user.lang)
        delivery.with_context(lang=user.lang).activity_schedule(
            SHORT_ACTIVITY,
            user_id=user.id,
            summary=speaker.env._("Sold at the till beyond what can be promised"),
            note=Markup("<br/>").join(
                speaker.env._(
                    "%(missing)s of %(quantity)s %(unit)s of %(product)s are missing.",
                    missing=product.uom_id.round(missing),
                    quantity=product.uom_id.round(quantity),
                    unit=product.uom_id.name,
                    product=product.display_name,
                )
                for product, (quantity, missing) in short.items()
            ),
        )
