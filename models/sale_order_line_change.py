# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from ..decision import Demand
from ..transaction import get_preview

# Fields of a confirmed line whose change affects its demand.
DEMAND_FIELDS = {
    "order_id",
    "is_downpayment",
    "is_expense",
    "product_id",
    "product_uom_id",
    "product_uom_qty",
    "route_ids",
    "warehouse_id",
}


class SaleOrderLine(models.Model):
    """Changes of confirmed lines that increase their demand."""

    _inherit = "sale.order.line"

    # Odoo's own field: a line is confirmed with its order, never by itself.
    state = fields.Selection(server_only=True)

    @api.model_create_multi
    def create(self, vals_list):
        """Check lines added to confirmed orders before they become demand.

        A line that needs approval is added with zero and requests its quantity.
        """
        previews = self._preview_added(vals_list)
        pending = self._check_increase(
            self.browse().union(*previews.values()), {}, can_be_approved=True
        )
        requesting = {
            index: preview
            for index, preview in previews.items()
            if any(shortage.line == preview for shortage in pending)
        }
        vals_list = [
            {**vals, "product_uom_qty": 0.0} if index in requesting else vals
            for index, vals in enumerate(vals_list)
        ]
        created = super().create(vals_list)
        created._request_increase(
            pending,
            {
                preview: (created[index], preview.product_uom_qty)
                for index, preview in requesting.items()
            },
        )
        return created

    def write(self, vals):
        """Check the increase of a confirmed line's demand.

        A line whose increase needs approval keeps its quantity and requests more.
        """
        if not DEMAND_FIELDS & vals.keys():
            return super().write(vals)
        pending = self._check_write(vals)
        requesting = self.browse().union(
            *(shortage.line._origin for shortage in pending)
        )
        result = super(SaleOrderLine, self - requesting).write(vals)
        (self - requesting)._void_increases()
        rest = {name: vals[name] for name in vals.keys() - {"product_uom_qty"}}
        if requesting and rest:
            super(SaleOrderLine, requesting).write(rest)
        self._request_increase(
            pending,
            {
                shortage.line: (shortage.line._origin, shortage.line.product_uom_qty)
                for shortage in pending
            },
        )
        return result

    # ------------------------------------------------------------------
    # Checking
    # ------------------------------------------------------------------

    def _preview_added(self, vals_list):
        """Return ``{index: new line}`` of lines to be added to confirmed orders."""
        names = ["order_id", "product_id", "product_uom_id", "product_uom_qty"]
        defaults = self.default_get(names)
        vals_list = [{**defaults, **vals} for vals in vals_list]
        orders = self.env["sale.order"].browse(
            {vals["order_id"] for vals in vals_list if vals.get("order_id")}
        )
        confirmed = orders.exists().filtered(lambda order: order.state == "sale")
        return {
            index: self.new(vals)
            for index, vals in enumerate(vals_list)
            if vals.get("order_id") in confirmed.ids
        }

    def _check_write(self, vals):
        """Return the shortages that ``vals`` would cause and that need approval."""
        confirmed = self.filtered(lambda line: line.state == "sale")
        changed = self.browse().union(*(get_preview(line, vals) for line in self))
        return self._check_increase(
            changed.filtered(lambda line: line.state == "sale"),
            confirmed._get_launched_demand(),
            can_be_approved=DEMAND_FIELDS & vals.keys() == {"product_uom_qty"},
        )

    def _check_increase(self, changed, before, can_be_approved):
        """Check by how much ``changed`` lines exceed ``before``."""
        increase = []
        left = dict(before)
        for line, product, warehouse, quantity in changed._get_promise_demand():
            key = (line._origin.id, product, warehouse)
            delta = quantity - left.pop(key, 0.0)
            if product.uom_id.compare(delta, 0) > 0:
                increase.append(Demand(line, product, warehouse, delta))
        decisions = self.env["promise.decision"]
        return decisions._check_increase(
            decisions._leave_out_moved(increase), can_be_approved
        )

    # ------------------------------------------------------------------
    # Requesting an increase
    # ------------------------------------------------------------------

    def _request_increase(self, shortages, increases):
        """Request approval of the increases of these lines.

        :param increases: ``{changed line: (current line, quantity)}``
        """
        for order in self.order_id:
            own = [
                shortage
                for shortage in shortages
                if increases[shortage.line][0].order_id == order
            ]
            if own:
                self.env["backorder.override"]._request_increase(order, own, increases)
                order._notify_of_increase(own, increases)

    def _void_increases(self):
        """Withdraw the requests for lines that have changed since."""
        confirmed = self.filtered(lambda line: line.state == "sale")
        if not confirmed:
            return
        open_lines = (
            self.env["backorder.override.line"]
            .sudo()
            .search(
                [
                    ("sale_line_id", "in", confirmed.ids),
                    ("override_id.state", "=", "pending"),
                ]
            )
        )
        requests = open_lines.override_id
        open_lines.unlink()
        requests.filtered(lambda request: not request.line_ids)._withdraw()
