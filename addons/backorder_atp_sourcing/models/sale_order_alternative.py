# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError

# After a change of one of these on a quotation, the best warehouse is chosen again.
CHOICE_FIELDS = {"commitment_date", "order_line"}


class SaleOrder(models.Model):
    """Alternatives for lines of an order that are short or late."""

    _inherit = "sale.order"

    is_warehouse_automatic = fields.Boolean(
        "Warehouse Chosen Automatically",
        readonly=True,
        copy=False,
        server_only=True,
    )
    has_alternatives = fields.Boolean(compute="_compute_has_alternatives")

    @api.depends("order_line.has_alternatives")
    def _compute_has_alternatives(self):
        for order in self:
            order.has_alternatives = any(order.order_line.mapped("has_alternatives"))

    def get_promise_alternatives(self):
        """Return the alternatives for lines of these orders that are short or late.

        One statement for all lines, warehouses and substitutes.

        :return: ``{order_id: [alternative, ...]}``, suitable for JSON; for each line
            the best first, by the rule of the company. An alternative has
            ``kind`` (``own``, ``warehouse``, ``split``, ``transfer``, ``substitute``,
            or ``order`` for all lines together), ``description``, ``line_id``,
            ``product_id``, ``warehouse_id``, ``source_id`` and ``lead_days`` (of a
            transfer), ``quantity``, ``available_qty`` and ``on_time_qty`` (now, and
            by the requested day; product's unit, or numbers of lines),
            ``date`` (for all of it), ``is_covered``, ``is_original``, ``parts`` (of a
            split, in the line's unit), ``note`` and ``may_choose`` (whether the user
            may apply it)
        :raise AccessError: for users without read access to the orders, and for
            external users
        """
        self.check_access("read")
        if not self.env.user._is_internal():
            raise AccessError(
                self.env._("Only internal users can see the stock of a warehouse.")
            )
        alternatives = self.env["promise.alternative"].sudo()
        found = alternatives._get_alternatives(self.sudo().order_line._filter_in_need())
        result = {str(order.id): [] for order in self}
        for record, rows in found.items():
            order = record if record._name == "sale.order" else record.order_id
            result[str(order.id)] += map(alternatives._to_json, rows)
        return result

    def action_open_alternatives(self):
        """Show the alternatives for lines that are short or late."""
        self.ensure_one()
        return self.env["backorder.alternatives"]._open(self, self.order_line)

    # ------------------------------------------------------------------
    # Automatic choice
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        orders._choose_warehouses()
        return orders

    def write(self, vals):
        result = super().write(vals)
        if "warehouse_id" in vals:
            self.filtered(
                "is_warehouse_automatic"
            ).sudo().is_warehouse_automatic = False
        if CHOICE_FIELDS & vals.keys():
            self._choose_warehouses()
        return result

    def _prepare_promise(self):
        result = super()._prepare_promise()
        self._choose_warehouses()
        return result

    def _choose_warehouses(self):
        """Choose the best warehouse for lines that are short or late, by the setting.

        Nothing is chosen for orders without a warehouse, and a warehouse chosen by hand
        is kept. The order is checked with the chosen warehouse.
        """
        orders = self.sudo().filtered(lambda order: order._may_choose_warehouse())
        lines = orders.order_line._filter_in_need()
        if not lines:
            return
        found = self.env["promise.alternative"].sudo()._get_alternatives(lines)
        for order in lines.order_id:
            order._choose_best(lines & order.order_line, found)

    def _may_choose_warehouse(self):
        """Whether a warehouse may be chosen for this order; extend it to refuse."""
        return (
            self.state in ("draft", "sent")
            and self.company_id.promise_alternatives == "automatic"
            and self.warehouse_id
            and not self._is_delivery_withheld()
            and not self._is_warehouse_by_hand()
        )

    def _is_warehouse_by_hand(self):
        """Whether a user chose another warehouse than the default one."""
        if self.is_warehouse_automatic or not self.warehouse_id:
            return False
        return self.warehouse_id != self._get_default_warehouse()

    def _get_default_warehouse(self):
        """Return the default warehouse of the quotation."""
        certain = self._get_certain_warehouse()
        if certain or self.company_id.promise_phase == "hard":
            return certain
        return self._get_any_warehouse()

    def _choose_best(self, lines, found):
        """Choose for these lines, or for the whole order if it ships together."""
        if not self.company_id.promise_ship_together:
            for line in lines.filtered(lambda line: line._is_warehouse_open()):
                line._choose_warehouse(found[line])
        elif self in found:
            served = self.order_line._filter_served_from_stock()
            if all(line._is_warehouse_open() for line in served):
                served._choose_warehouse(found[self])
