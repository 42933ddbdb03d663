# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime, time

from odoo import models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command

from ..problems import ApiProblem, not_found


class BackorderApiOrderValues(models.AbstractModel):
    """Conversion of a request to the values of an order."""

    _name = "backorder.api.order.values"
    _description = "Backorder HTTP API: Values of Orders"
    _inherit = "backorder.api"

    # ------------------------------------------------------------------
    # A new order
    # ------------------------------------------------------------------

    def _prepare_order_values(self, payload):
        """Return the values of a new order.

        :raise ApiProblem: when a customer, warehouse or product does not exist
        """
        lines = self._match_lines(payload)
        return {
            **self._prepare_common_values(payload),
            "partner_id": self._find_customer(payload.customer_id).id,
            "company_id": self.env.company.id,
            "order_line": [
                Command.create(self._prepare_new_line(line, product))
                for line, product in lines
                if product
            ],
        }

    def _match_lines(self, payload):
        """Return ``(line, product)`` of each; without one only if that is allowed."""
        products = self._find_line_products(payload.lines)
        lines = list(zip(payload.lines, products, strict=True))
        missing = [line.sku for line, product in lines if not product]
        if missing and not payload.keep_unmatched:
            raise not_found(self.env._("Part not found: %s", ", ".join(missing)))
        return lines

    def _add_unmatched(self, order, payload):
        """Record the items that match no product; they put the order on hold."""
        if payload.keep_unmatched:
            self.env["backorder.unmatched.line"].create(
                [
                    self._prepare_unmatched(order, line)
                    for line, product in self._match_lines(payload)
                    if not product
                ]
            )

    def _prepare_unmatched(self, order, line):
        return {
            "order_id": order.id,
            "reference": line.sku,
            "quantity": line.quantity,
            "price_unit": line.unit_price or 0.0,
        }

    def _prepare_common_values(self, payload):
        values = {}
        if payload.customer_reference:
            values["client_order_ref"] = payload.customer_reference
        if payload.requested_date:
            noon = datetime.combine(payload.requested_date, time(12))
            values["commitment_date"] = noon
        if payload.warehouse_id:
            values["warehouse_id"] = self._find_warehouse(payload.warehouse_id).id
        if payload.priority:
            values["backorder_priority"] = payload.priority.value
        if payload.allow_partial is not None:
            values["picking_policy"] = "direct" if payload.allow_partial else "one"
        return values

    def _prepare_new_line(self, line, product):
        self._check_sellable(product)
        self._check_quantity(product.uom_id, line.quantity, product)
        return {
            "product_id": product.id,
            "product_uom_id": product.uom_id.id,
            "product_uom_qty": line.quantity,
            **self._prepare_line_terms(line),
        }

    def _prepare_line_terms(self, line):
        values = {}
        if line.unit_price is not None:
            values["price_unit"] = line.unit_price
        if line.description:
            values["name"] = line.description
        return values

    def _check_sellable(self, product):
        if not product.sale_ok:
            raise ValidationError(
                self.env._("%s is not for sale.", product.display_name)
            )

    def _check_quantity(self, unit, quantity, product):
        if unit.is_zero(quantity):
            raise ValidationError(
                self.env._(
                    "The quantity of %(product)s, %(quantity)s, is below the rounding"
                    " of the unit %(unit)s.",
                    product=product.display_name,
                    quantity=quantity,
                    unit=unit.name,
                )
            )

    # ------------------------------------------------------------------
    # Changes
    # ------------------------------------------------------------------

    def _prepare_changes(self, order, payload):
        """Return the values to write on ``order``."""
        values = self._prepare_common_values(payload)
        if values.get("warehouse_id") == order.warehouse_id.id:
            del values["warehouse_id"]
        if "warehouse_id" in values and order.state == "sale":
            raise UserError(
                self.env._(
                    "The warehouse of %s cannot be changed, as the order is confirmed."
                    " Change the warehouse of its open items in Odoo instead.",
                    order.name,
                )
            )
        commands = self._prepare_line_commands(order, payload.lines)
        return {**values, "order_line": commands} if commands else values

    def _prepare_line_commands(self, order, changes):
        commands, seen = [], self.env["sale.order.line"]
        for change in changes:
            line = self._find_order_line(order, change)
            if line & seen:
                raise ValidationError(
                    self.env._(
                        "%s is listed twice. List each line once.", line.display_name
                    )
                )
            seen |= line
            if line:
                commands.append(self._prepare_line_change(order, line, change))
            elif change.quantity:
                product = self._require_line_product(change)
                commands.append(Command.create(self._prepare_new_line(change, product)))
        return commands

    def _find_order_line(self, order, change):
        """Return the line that a change refers to; none if it is to be added."""
        if change.line_id:
            line = order.order_line.filtered(lambda line: line.id == change.line_id)
            if not line.product_id:
                raise not_found(
                    self.env._(
                        "Line not found on %(order)s: %(line)s",
                        order=order.name,
                        line=change.line_id,
                    )
                )
            return line
        product = self._require_line_product(change)
        lines = order.order_line.filtered(lambda line: line.product_id == product)
        if len(lines) > 1:
            raise ApiProblem(
                409,
                "ambiguous",
                "Ambiguous",
                self.env._(
                    "%(order)s has several lines of %(product)s. Use lineId instead.",
                    order=order.name,
                    product=product.display_name,
                ),
            )
        return lines

    def _require_line_product(self, change):
        [product] = self._find_line_products([change])
        if not product:
            raise not_found(self.env._("Part not found: %s", change.sku))
        return product

    def _prepare_line_change(self, order, line, change):
        """Return the command for a line; a confirmed one is set to 0, not deleted."""
        if not change.quantity and order.state != "sale":
            return Command.delete(line.id)
        if change.quantity:
            self._check_quantity(line.product_uom_id, change.quantity, line.product_id)
        values = {
            "product_uom_qty": change.quantity,
            **self._prepare_line_terms(change),
        }
        return Command.update(line.id, values)
