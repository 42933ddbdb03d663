# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class BackorderAlternativesLine(models.TransientModel):
    _name = "backorder.alternatives.line"
    _inherit = "backorder.wizard.mixin"
    _description = "Alternative"

    alternatives_id = fields.Many2one(
        "backorder.alternatives", required=True, ondelete="cascade", index=True
    )
    kind = fields.Selection(
        [
            ("own", "As It Is"),
            ("order", "Whole Order"),
            ("warehouse", "Other Warehouse"),
            ("transfer", "Transfer"),
            ("split", "Several Warehouses"),
            ("substitute", "Substitute"),
        ],
        required=True,
        readonly=True,
    )
    sale_line_id = fields.Many2one("sale.order.line", "Line", readonly=True)
    demand = fields.Char("For", readonly=True)
    name = fields.Char("Alternative", readonly=True)
    note = fields.Char(readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True)
    source_id = fields.Many2one("stock.warehouse", readonly=True)
    available = fields.Char("Now", readonly=True)
    on_time = fields.Char(
        readonly=True, help="The quantity that can be promised for the requested day."
    )
    is_full = fields.Boolean(readonly=True)
    is_on_time = fields.Boolean(readonly=True)
    date = fields.Date(
        "Everything On",
        readonly=True,
        help="The day for which everything can be promised; orange if it is based on"
        " lead time only.",
    )
    is_covered = fields.Boolean(readonly=True)
    is_original = fields.Boolean(readonly=True)
    is_best = fields.Boolean(readonly=True)
    best_label = fields.Char("Best", compute="_compute_best_label")
    transfer_qty = fields.Float(digits="Product Unit", readonly=True)
    parts = fields.Json(readonly=True)
    can_choose = fields.Boolean(
        readonly=True, help="It changes something, and the user may apply it."
    )

    @api.depends("is_best")
    def _compute_best_label(self):
        for line in self:
            line.best_label = line.is_best and self.env._("Best")

    @api.model
    def _prepare_line(self, row):
        """Return the values of one alternative; see ``promise.alternative``."""
        return {
            "kind": row.kind,
            "sale_line_id": row.line.id if row.kind != "order" else False,
            "demand": self._describe_demand(row),
            "name": self.env["promise.alternative"]._describe(row),
            "note": row.note,
            "product_id": row.product.id,
            "warehouse_id": row.warehouse.id,
            "source_id": row.source.id if row.source else False,
            "available": self._describe_part(row, row.available_qty),
            "on_time": self._describe_part(row, row.on_time_qty),
            "is_full": row.is_full,
            "is_on_time": row.is_on_time,
            "date": row.date,
            "is_covered": row.is_covered,
            "is_original": row.is_original,
            "can_choose": self.env["promise.alternative"]._may_choose(row),
            "transfer_qty": row.transfer_qty,
            "parts": [(warehouse.id, quantity) for warehouse, quantity in row.parts],
        }

    def _describe_demand(self, row):
        if row.kind == "order":
            return self.env._("All lines of %s", row.line.order_id.name)
        product = row.line.product_id.with_context(display_default_code=False)
        return product.display_name

    def _describe_part(self, row, quantity):
        """Return e.g. ``3 of 5 Units``, or of a whole order ``2 of 3 lines``."""
        if row.kind == "order":
            return self.env._(
                "%(part)s of %(all)s lines", part=int(quantity), all=int(row.quantity)
            )
        uom = row.product.uom_id
        return self.env._(
            "%(part)s of %(all)s %(unit)s",
            part=f"{uom.round(quantity):g}",
            all=f"{uom.round(row.quantity):g}",
            unit=uom.name,
        )

    # ------------------------------------------------------------------
    # Choosing
    # ------------------------------------------------------------------

    def action_choose(self):
        """Apply this alternative; the called methods check access and stock."""
        self.ensure_one()
        chosen = self.sale_line_id
        getattr(self, f"_choose_{self.kind}")()
        return self.alternatives_id._get_next_action(chosen)

    def _choose_warehouse(self):
        self.sale_line_id.action_move_to_warehouse(self.warehouse_id.id)

    def _choose_order(self):
        lines = self.alternatives_id.order_id.order_line._filter_served_from_stock()
        lines.action_move_to_warehouse(self.warehouse_id.id)

    def _choose_split(self):
        self.sale_line_id.action_split_over_warehouses(self.parts)

    def _choose_substitute(self):
        line = self.sale_line_id
        elsewhere = self.warehouse_id - line._get_serving_warehouse()
        line.action_substitute(
            self.product_id.id,
            line.product_uom_qty,
            self.alternatives_id.price_rule,
            elsewhere.id,
        )

    def _choose_transfer(self):
        self.env["backorder.supply"].transfer(
            [
                {
                    "product_id": self.product_id.id,
                    "source_id": self.source_id.id,
                    "warehouse_id": self.warehouse_id.id,
                    "quantity": self.transfer_qty,
                }
            ]
        )
