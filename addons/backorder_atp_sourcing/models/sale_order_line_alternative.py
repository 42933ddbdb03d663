# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

# After a change of one of these, the choice of a warehouse for the line is discarded.
CHOICE_FIELDS = {"product_id", "route_ids"}

# Added at installation, see ``add_columns``.
CHOICE_COLUMNS = {
    "sale_order": {"is_warehouse_automatic": "boolean"},
    "sale_order_line": {"warehouse_choice": "varchar"},
}


class SaleOrderLine(models.Model):
    """Alternatives for a line that is short or late."""

    _inherit = "sale.order.line"

    warehouse_choice = fields.Selection(
        [("automatic", "Automatically"), ("hand", "Manually")],
        "Warehouse Chosen",
        readonly=True,
        copy=False,
        help="How a warehouse other than that of the order was chosen for this line.",
        server_only=True,
    )
    has_alternatives = fields.Boolean(compute="_compute_has_alternatives")

    @api.depends(
        "is_promise_short",
        "backorder_product_qty",
        "expected_promise_date",
        "is_expected_promise_covered",
        "company_id.promise_alternatives",
    )
    def _compute_has_alternatives(self):
        """Whether the line needs alternatives; they are only computed on demand."""
        offered = self.filtered(
            lambda line: (line.company_id.sudo().promise_alternatives or "off") != "off"
        )
        needing = offered._filter_in_need()
        for line in self:
            line.has_alternatives = line in needing

    def write(self, vals):
        if CHOICE_FIELDS & vals.keys() and "warehouse_choice" not in vals:
            self.filtered("warehouse_choice").sudo().warehouse_choice = False
        return super().write(vals)

    # ------------------------------------------------------------------
    # Demand of a line
    # ------------------------------------------------------------------

    def _filter_served_from_stock(self):
        """Return the lines that take, or will take, stock from a warehouse."""
        lines = self.filtered(
            lambda line: (
                line.state in ("draft", "sent", "sale")
                and line._needs_stock()
                and line._get_serving_warehouse()
                and line._get_open_demand() > 0
            )
        )
        return lines - lines._filter_own_supply()

    def _filter_in_need(self):
        """Return the lines that are short, or promised later than they could be."""
        served = self._filter_served_from_stock()
        quoted = served.filtered(lambda line: line.state != "sale")
        days = quoted._get_best_promise_days()
        return served.filtered(
            lambda line: (
                line._is_quoted_late(days[line])
                if line in quoted
                else line.backorder_product_qty > 0
            )
        )

    def _get_best_promise_days(self):
        """Return ``{line: the day it could be promised for if all was in stock}``.

        The requested day, or the next working day of the company.
        """
        stock_days = {
            line: (line._get_serving_warehouse(), line._get_stock_day())
            for line in self
        }
        availability = self.env["stock.availability"].sudo()
        days = availability._get_promised_days(set(stock_days.values()))
        return {
            line: max(days[key], line._get_wanted_day())
            for line, key in stock_days.items()
        }

    def _is_quoted_late(self, best_day):
        if self.is_promise_short or not self.is_expected_promise_covered:
            return True
        return self.expected_promise_date > best_day

    def _get_serving_warehouse(self):
        return self.mapped(lambda line: line.warehouse_id or line.order_id.warehouse_id)

    def _get_open_demand(self):
        """Return the open quantity, in the product's unit."""
        if self.state != "sale":
            return self._get_product_qty()
        return self._to_product_unit(self.open_qty)

    def _get_covered_qty(self):
        """Return the part of it that is reserved or covered, in the product's unit."""
        if self.state != "sale":
            return 0.0
        return max(0.0, self._get_open_demand() - self.backorder_product_qty)

    def _get_open_components(self):
        """Return ``{product: open quantity}``."""
        components, ordered = {}, self._get_product_qty()
        share = self._get_open_demand() / ordered if ordered else 0.0
        for product, quantity in self._get_promise_components():
            product = product._origin
            components[product] = components.get(product, 0.0) + quantity * share
        return components

    def _get_stock_day(self):
        """Return the day on which the stock is needed for the requested day."""
        availability = self.env["stock.availability"]
        security = availability._get_security(self._get_serving_warehouse())
        today = availability._get_today(self.company_id)
        return max(self._get_wanted_day() - security, today)

    def _round_down_to_line_unit(self, quantity):
        """Round ``quantity`` (product's unit) down to whole units of the line."""
        uom, product_uom = self.product_uom_id, self.product_id.uom_id
        in_line_unit = product_uom._convert_quantity(
            quantity, uom, rounding_method="DOWN"
        )
        return uom._convert_quantity(in_line_unit, product_uom, round=False)

    def _get_substitute_qty(self, substitute):
        """Return the quantity of ``substitute`` for the line, in its unit."""
        return self.product_uom_id._convert_quantity(
            self.product_uom_qty, substitute.uom_id, round=False
        )

    def _get_substitute_components(self, substitute, quantity):
        """Return ``{product: quantity}`` that ``substitute`` takes from stock."""
        [components] = substitute._get_components(
            [(substitute, quantity)], self.company_id or self.env.company
        )
        return components

    # ------------------------------------------------------------------
    # Permitted alternatives
    # ------------------------------------------------------------------

    def _may_move(self):
        """Whether another warehouse may serve the line; not if it has routes."""
        self.ensure_one()
        here = self._get_serving_warehouse()
        return not self.route_ids and not self._get_move_obstacle(here)

    def _may_ship_from_elsewhere(self):
        """Whether the line may ship from another warehouse than the other lines."""
        lines = self.order_id.order_line._filter_served_from_stock()
        is_together = self.company_id.sudo().promise_ship_together and len(lines) > 1
        return not is_together and self._may_move()

    def _may_be_split_over_warehouses(self):
        """Whether a quotation's line may be shipped in parts."""
        return (
            self.state in ("draft", "sent")
            and self.order_id.picking_policy == "direct"
            and not self.combo_item_id
            and not self.linked_line_ids
        )

    def _may_be_substituted(self):
        return not self._get_substitution_obstacle()

    def _is_warehouse_open(self):
        """Whether the warehouse of the line was not chosen by hand."""
        if self.warehouse_choice:
            return self.warehouse_choice == "automatic"
        return self._get_serving_warehouse() == self.order_id.warehouse_id

    # ------------------------------------------------------------------
    # Choosing
    # ------------------------------------------------------------------

    def action_open_alternatives(self):
        """Show the alternatives for this line."""
        return self.env["backorder.alternatives"]._open(self.order_id, self)

    def action_split_over_warehouses(self, parts):
        """Ship this line of a quotation from several warehouses.

        The line keeps the first part, the others become lines after it, at the same
        price. Everything is checked again when the order is confirmed.

        :param parts: ``[(warehouse_id, quantity), ...]`` in the line's unit, each
            warehouse once, adding up to what is ordered
        :return: the lines that were added
        :raise AccessError: for users who may not change the order
        :raise UserError: when the line cannot be split, or the parts do not add up
        """
        self.ensure_one()
        self.order_id.check_access("write")
        warehouses = self.env["stock.warehouse"].browse(id_ for id_, _qty in parts)
        self._check_movable(warehouses)
        self._check_split_over_warehouses(parts)
        line = self.sudo()
        with self.env["backorder.event"]._caused_by(f"move:{self.order_id.name}"):
            added = line._split_over_warehouses(parts)
            for part in line + added:
                part._log_move(part.warehouse_id)
        return added.with_env(self.env)

    def _check_split_over_warehouses(self, parts):
        uom = self.product_uom_id
        obstacle = False
        if not self._may_be_split_over_warehouses():
            obstacle = self.env._(
                "only quotation lines that may be delivered in parts can be shipped"
                " from several warehouses."
            )
        elif len({id_ for id_, _quantity in parts}) < len(parts) or any(
            uom.compare(quantity, 0) <= 0 for _id, quantity in parts
        ):
            obstacle = self.env._(
                "enter each warehouse once, with a quantity greater than zero."
            )
        elif uom.compare(sum(row[1] for row in parts), self.product_uom_qty):
            obstacle = self.env._(
                "the quantities must add up to the %(ordered)s %(unit)s ordered.",
                ordered=uom.round(self.product_uom_qty),
                unit=uom.name,
            )
        self._refuse_obstacle(obstacle)

    def _split_over_warehouses(self, parts):
        (warehouse_id, quantity), *others = parts
        values = [
            self.copy_data(
                {
                    **self._prepare_agreed_price(),
                    "order_id": self.order_id.id,
                    "product_uom_qty": quantity,
                }
            )[0]
            for _id, quantity in others
        ]
        self.write({**self._prepare_agreed_price(), "product_uom_qty": quantity})
        self._ship_by_hand_from(warehouse_id)
        added = self.create(values)
        for line, (id_, _quantity) in zip(added, others, strict=True):
            line._ship_by_hand_from(id_)
        return added

    def _prepare_agreed_price(self):
        return {"price_unit": self.price_unit, "discount": self.discount}

    def _ship_by_hand_from(self, warehouse_id):
        self.write({"warehouse_id": warehouse_id, "warehouse_choice": "hand"})

    def _choose_warehouse(self, rows):
        """Ship these lines of a quotation from the best warehouse.

        :param rows: their alternatives, the best first
        """
        places = [row for row in rows if row.kind in ("own", "order", "warehouse")]
        if places[0].is_here:
            return
        order, before = self.order_id, self.order_id.warehouse_id
        self._quote_from(places[0].warehouse)
        self.warehouse_choice = "automatic"
        if order.warehouse_id != before:
            order.is_warehouse_automatic = True
        self.env["backorder.event"]._log(
            "order:warehouse_chosen", **self._prepare_choice_event(places[0])
        )

    def _prepare_choice_event(self, row):
        company = self.company_id.sudo()
        rules = dict(company._fields["promise_alternative_rule"].selection)
        return {
            "order": self.order_id,
            "product": row.product if len(self) == 1 else None,
            "warehouse": row.warehouse,
            "quantity": row.quantity if len(self) == 1 else 0.0,
            "reason": rules[company.promise_alternative_rule],
            "payload": {
                "lineIds": self.ids,
                "rule": company.promise_alternative_rule,
                "to": row.warehouse.name,
                "requested": row.quantity,
                "availableNow": row.available_qty,
                "onTime": row.on_time_qty,
                "coveredFrom": fields.Date.to_string(row.stock_day) or None,
            },
        }
