# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class SaleOrderLine(models.Model):
    """Substitutes for lines that are short."""

    _inherit = "sale.order.line"

    has_substitutes = fields.Boolean(compute="_compute_has_substitutes")

    def _compute_has_substitutes(self):
        self.has_substitutes = False
        rows = self.env["product.substitute"].sudo()
        for line in self._filter_short():
            product = line.product_id._origin
            line.has_substitutes = bool(rows._get_substitutes(product))

    def action_open_substitutes(self):
        """Show the substitutes of this line and their available quantities."""
        return self.env["backorder.substitution"]._open(self)

    def action_substitute(
        self, substitute_id, quantity, price_rule="new", warehouse_id=None
    ):
        """Sell a substitute instead of ``quantity`` of this line.

        The substitute gets a line of its own, which is checked like any change of
        the order; the quantity of this line is reduced.

        :param substitute_id: id of the ``product.product``, one of the substitutes
        :param quantity: in the unit of this line
        :param price_rule: ``new``, its own price by the order's price list, or
            ``keep``, unit price and discount of this line
        :param warehouse_id: id of the ``stock.warehouse`` it ships from, for a
            quotation; by default that of this line
        :return: the new line
        :raise AccessError: for users who may not change the order and are not
            operators
        :raise UserError: when it is not a substitute, or the line is delivered or
            invoiced in part
        :raise OrderValidationError: when there is not enough of the substitute
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
        """Whether ``quantity`` of ``substitute``, in its unit, covers the backorder."""
        unit = self.product_id.uom_id
        return unit._has_common_reference(substitute.uom_id) and (
            quantity
            >= unit._convert_quantity(self.backorder_product_qty, substitute.uom_id)
        )

    # ------------------------------------------------------------------
    # Checks
    # ------------------------------------------------------------------

    def _check_substitutor(self):
        if not self.order_id.has_access("write"):
            self.env["backorder.supply"]._check_operator()
        self.check_access("read")

    def _check_substitution(self, substitute, quantity):
        obstacle = self._get_substitution_obstacle() or self._get_misfit(
            substitute, quantity
        )
        self._refuse_obstacle(obstacle)

    def _get_substitution_obstacle(self):
        """Return why this line cannot be replaced, or False."""
        order = self.order_id
        if order.state == "cancel":
            return self.env._("the order is cancelled.")
        if order.locked:
            return self.env._("the order is locked. Unlock it first.")
        if order._is_delivery_withheld():
            return self.env._("the order is pending a stock approval.")
        if self.qty_delivered or self.qty_invoiced:
            return self.env._(
                "part of it is delivered or invoiced. Split the order, or add the"
                " substitute manually."
            )
        if self.combo_item_id or self.product_type == "combo":
            return self.env._("it is part of a combo. Change the combo instead.")
        return False

    def _get_misfit(self, substitute, quantity):
        """Return why this substitute or quantity is not possible, or False."""
        rows = self.env["product.substitute"]._get_substitutes(self.product_id)
        uom = self.product_uom_id
        if substitute not in [row[0] for row in rows]:
            return self.env._(
                "%s is not one of its substitutes. Add it on the product first.",
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
                "the quantity must be greater than zero, and at most the %(ordered)s"
                " %(unit)s ordered.",
                ordered=uom.round(self.product_uom_qty),
                unit=uom.name,
            )
        return False

    # ------------------------------------------------------------------
    # Replacing
    # ------------------------------------------------------------------

    def _substitute(self, substitute, quantity, price_rule, warehouse_id=None):
        """Lower this line by ``quantity`` and add a line for the substitute."""
        values = self._prepare_substitute(substitute, quantity, price_rule)
        order, product = self.order_id, self.product_id
        left = self.product_uom_qty - quantity
        is_replaced = order.state != "sale" and not self.product_uom_id.compare(left, 0)
        if not is_replaced:
            self.product_uom_qty = left
        warehouse = (
            self.env["stock.warehouse"].browse(warehouse_id) or self.warehouse_id
        )
        line = self._create_in_warehouse(values, warehouse)
        line.name = "\n".join([line.name, self._get_substitute_note(product)])
        line._log_substitution(product, quantity, price_rule)
        if is_replaced:
            self.unlink()
        return line

    def _create_in_warehouse(self, values, warehouse):
        """Create a line that ships from ``warehouse``, also if its order does not.

        A new line ships from the warehouse of its order, so the quantity is set
        after the warehouse.
        """
        if warehouse in (self.order_id.warehouse_id, warehouse.browse()):
            return self.create(values)
        line = self.create({**values, "product_uom_qty": 0.0})
        terms = {
            name: values[name]
            for name in ("product_uom_qty", "price_unit", "discount")
            if name in values
        }
        line.write({**terms, "warehouse_id": warehouse.id, "warehouse_choice": "hand"})
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
        """Return the text for the customer, in the customer's language."""
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
