# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import SQL


class StockPicking(models.Model):
    """The backordered orders that got the stock of a receipt, from the log."""

    _inherit = "stock.picking"

    allocated_order_ids = fields.Many2many(
        "sale.order",
        string="Allocated To",
        compute="_compute_allocated_orders",
        compute_sudo=True,
        groups="base.group_user",
    )
    allocated_order_count = fields.Integer(
        compute="_compute_allocated_orders", compute_sudo=True, groups="base.group_user"
    )
    allocated_orders = fields.Json(
        compute="_compute_allocated_orders", compute_sudo=True, groups="base.group_user"
    )

    @api.depends("state")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_allocated_orders(self):
        allocations = self._get_allocations()
        lines = self.env["sale.order.line"]
        found = lines.union(*(line for rows in allocations.values() for line in rows))
        orders = self._filter_shown_orders(found)
        for picking in self:
            rows = allocations.get(picking.id, {})
            own = orders.browse(dict.fromkeys(line.order_id.id for line in rows))
            picking.allocated_order_ids = own & orders
            picking.allocated_order_count = len(own)
            picking.allocated_orders = [
                {
                    **self._prepare_served_order(line.order_id, orders),
                    "key": str(line.id),
                    "product": line.product_id.display_name,
                    "quantity": quantity,
                    "unit": line.product_uom_id.name,
                    "date": fields.Datetime.to_string(date),
                }
                for line, (quantity, date) in rows.items()
            ]

    def _get_allocations(self):
        """Return ``{receipt id: {order line: (quantity, date)}}``, in sudo.

        The quantity is in the unit of the line. What a receipt and another source
        brought together is counted for both.
        """
        done = self._origin.filtered(lambda picking: picking.state == "done")
        if not done:
            return {}
        self.env["backorder.event"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT picking.id, line.id,
                       SUM((row.value->>'allocated')::float8
                           - (row.value->>'previouslyAllocated')::float8),
                       MAX(event.date)
                  FROM stock_picking picking
                  JOIN backorder_event event ON event.event_type = 'order:allocated'
                   AND regexp_split_to_array(event.trigger_source, '[:,] *')
                       @> ARRAY[picking.name::text]
                   AND event.company_id = picking.company_id
                 CROSS JOIN LATERAL jsonb_array_elements(event.payload->'lines') row
                  JOIN sale_order_line line ON line.id = (row.value->>'lineId')::int
                 WHERE picking.id = ANY(%s)
                 GROUP BY picking.id, line.id
                 ORDER BY MIN(event.id), line.id
                """,
                done.ids,
            )
        )
        rows = self.env.cr.fetchall()
        lines = self.env["sale.order.line"].sudo().browse(row[1] for row in rows)
        allocations = {}
        for line, (picking_id, _line_id, *got) in zip(lines, rows, strict=True):
            allocations.setdefault(picking_id, {})[line] = got
        return allocations

    def _get_served_orders(self):
        """Return those that this receipt serves, or those that got its stock."""
        return super()._get_served_orders() or self.allocated_order_ids
