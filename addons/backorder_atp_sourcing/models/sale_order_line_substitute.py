# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import UserError


class SaleOrderLine(models.Model):
    """Selling another product instead of what is short."""

    _inherit = "sale.order.line"

    has_substitutes = fields.Boolean(compute="_compute_has_substitutes")

    def _compute_has_substitutes(self):
        self.has_substitutes = False
        rows = self.env["product.substitute"].sudo()
        for line in self._filter_short():
            product = line.product_id._origin
            line.has_substitutes = bool(rows._get_substitutes(product))

    def action_open_substitutes(self):
        """Show what may be sold instead, and how much of it there is."""
        return self.env["backorder.substitution"]._open(self)

    def action_substitute(
        self, substitute_id, quantity, price_rule="new", warehouse_id=None
    ):
        """Sell a substitute instead of ``quantity`` of this line.

        The substitute gets a line of its own, judged as any change of the
        order; this line asks for that much less.

        :param substitute_id: id of the ``product.product``, one of the substitutes
        :param quantity: in the unit of this line
        :param price_rule: ``new``, its own price by the order's price list, or
            ``keep``, unit price and discount of this line
        :param warehouse_id: id of the ``stock.warehouse`` it ships from, of a
            quotation; this line's, unless said otherwise
        :return: the new line
        :raise AccessError: for whoever may neither change the order nor is an
            operator
        :raise UserError: when it is no substitute, or the line is delivered or
            invoiced in part
        :raise OrderValidationError: when there is not enough of it either
        """
        self.ensure_one()
        self._check_substitutor()
        substitute = self.env["product.product"].browse(substitute_id)
        line = self.sudo()
        line._check_substitution(substitute, quantity)
        if warehouse_id:
            self._check_movable(self.env["stock.warehouse"].browse(warehouse_id))
        with self.env["backorder.event"]._caused_by(f"substitute:{line.order_id.name}"):
            replacing = line._substitute(substitute, quantity, price_rule, warehouse_id)
        return replacing.with_env(self.env)

    def _is_replaced_by(self, substitute, quantity):
        """Whether ``quantity`` of ``substitute``, in its unit, is all that waits."""
        unit = self.product_id.uom_id
        return unit._has_common_reference(substitute.uom_id) and (
            quantity
            >= unit._convert_quantity(self.backorder_product_qty, substitute.uom_id)
        )

    # ------------------------------------------------------------------
    # Whether
    # ------------------------------------------------------------------

    def _check_substitutor(self):
        if not self.order_id.has_access("write"):
            self.env["backorder.supply"]._check_operator()
        self.check_access("read")

    def _check_substitution(self, substitute, quantity):
        obstacle = self._get_substitution_obstacle() or self._get_misfit(
            substitute, quantity
        )
        if obstacle:
            raise UserError(
                self.env._(
                    "%(order)s, %(product)s: %(obstacle)s",
                    order=self.order_id.name,
                    product=self.product_id.display_name,
                    obstacle=obstacle,
                )
            )

    def _get_substitution_obstacle(self):
        """Return why nothing can be sold instead of this line, or nothing."""
        order = self.order_id
        if order.state == "cancel":
            return self.env._("the order is cancelled.")
        if order.locked:
            return self.env._("the order is locked. Unlock it first.")
        if order._is_delivery_withheld():
            return self.env._("the order waits for a stock approval. Decide first.")
        if self.qty_delivered or self.qty_invoiced:
            return self.env._(
                "part of it is delivered or invoiced. Split the order, or add the"
                " substitute by hand."
            )
        if self.combo_item_id or self.product_type == "combo":
            return self.env._("it is part of a combo. Choose another one there.")
        return False

    def _get_misfit(self, substitute, quantity):
        """Return why this substitute or quantity does not fit, or nothing."""
        rows = self.env["product.substitute"]._get_substitutes(self.product_id)
        uom = self.product_uom_id
        if substitute not in [row[0] for row in rows]:
            return self.env._(
                "%s is none of its substitutes. Name it on the product first.",
                substitute.display_name,
            )
        if not uom._has_common_reference(substitute.uom_id):
            return self.env._(
                "%(substitute)s is not sold in %(unit)s.",
                substitute=substitute.display_name,
                unit=uom.name,
            )
        if (
            uom.compare(quantity, 0) <= 0
            or uom.compare(quantity, self.product_uom_qty) > 0
        ):
            return self.env._(
                "replace more than nothing, and at most the %(ordered)s %(unit)s"
                " ordered.",
                ordered=uom.round(self.product_uom_qty),
                unit=uom.name,
            )
        return False

    # ------------------------------------------------------------------
    # How
    # ------------------------------------------------------------------

    def _substitute(self, substitute, quantity, price_rule, warehouse_id=None):
        """Lower this line by ``quantity`` and add a line for the substitute."""
        values = self._prepare_substitute(substitute, quantity, price_rule)
        order, product = self.order_id, self.product_id
        left = self.product_uom_qty - quantity
        is_replaced = order.state != "sale" and not self.product_uom_id.compare(left, 0)
        if not is_replaced:
            self.product_uom_qty = left
        place = self.env["stock.warehouse"].browse(warehouse_id) or self.warehouse_id
        line = self._create_in_warehouse(values, place)
        line.name = "\n".join([line.name, self._get_substitute_note(product)])
        line._log_substitution(product, quantity, price_rule)
        if is_replaced:
            self.unlink()
        return line

    def _create_in_warehouse(self, values, warehouse):
        """Create a line that ships from ``warehouse``, though its order may not.

        A new line is served as its order is: it asks for nothing until it is told.
        """
        if warehouse in (self.order_id.warehouse_id, warehouse.browse()):
            return self.create(values)
        line = self.create({**values, "product_uom_qty": 0.0})
        asked = {
            name: values[name]
            for name in ("product_uom_qty", "price_unit", "discount")
            if name in values
        }
        line.write({**asked, "warehouse_id": warehouse.id, "warehouse_choice": "hand"})
        return line

    def _prepare_substitute(self, substitute, quantity, price_rule="new"):
        """Return the values of the line that replaces ``quantity`` of this one."""
        values = {
            "order_id": self.order_id.id,
            "sequence": self.sequence,
            "product_id": substitute.id,
            "product_uom_id": self.product_uom_id.id,
            "product_uom_qty": quantity,
            "analytic_distribution": self.analytic_distribution,
        }
        if self.route_ids:
            values["route_ids"] = [fields.Command.set(self.route_ids.ids)]
        if price_rule == "keep":
            values |= {"price_unit": self.price_unit, "discount": self.discount}
        return values

    def _get_substitute_price(self, substitute, quantity):
        """Return unit price and discount by the order's price list, unsaved."""
        line = self.new(
            {
                **self._prepare_substitute(substitute, quantity),
                "order_id": self.order_id.id,
            }
        )
        return line.price_unit, line.discount

    def _get_substitute_note(self, product):
        """Return what the customer reads, in his language."""
        line = self.with_context(lang=self.order_id.partner_id.lang)
        return line.env._(
            "Instead of %s", product.with_context(lang=line.env.lang).display_name
        )

    def _log_substitution(self, product, quantity, price_rule):
        self.env["backorder.event"]._log(
            "supply:substituted",
            order=self.order_id,
            product=product,
            warehouse=self.warehouse_id,
            quantity=quantity,
            payload={
                "substituteId": self.product_id.id,
                "substitute": self.product_id.display_name,
                "unit": self.product_uom_id.name,
                "priceRule": price_rule,
                "unitPrice": self.price_unit,
                "discount": self.discount,
            },
        )
