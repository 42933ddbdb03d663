# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError


class BackorderSnapshot(models.Model):
    """Daily snapshot of the shortages.

    One row for each short product and warehouse, and one for the whole company. Names
    are stored as well, in case the records are deleted later.
    """

    _name = "backorder.snapshot"
    _description = "Backorder Snapshot"
    _order = "date desc, shortage_qty desc, id"
    _rec_name = "product_name"

    date = fields.Date(required=True, readonly=True)
    scope = fields.Selection(
        [("product", "Product"), ("company", "Company")], required=True, readonly=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    product_id = fields.Many2one("product.product", readonly=True, index=True)
    product_name = fields.Char(readonly=True)
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True)
    warehouse_name = fields.Char(readonly=True)
    order_count = fields.Integer("Orders on Backorder", readonly=True)
    held_count = fields.Integer("Orders on Hold", readonly=True)
    oldest_days = fields.Integer("Oldest, Days", readonly=True, aggregator="max")
    needed_qty = fields.Float("Needed", readonly=True, digits="Product Unit")
    shortage_qty = fields.Float("Short", readonly=True, digits="Product Unit")
    value = fields.Monetary("Value Short", readonly=True)
    held_qty = fields.Float("Short on Hold", readonly=True, digits="Product Unit")
    held_value = fields.Monetary("Value on Hold", readonly=True)
    available_qty = fields.Float("Pickable", readonly=True, digits="Product Unit")
    inbound_qty = fields.Float("Inbound", readonly=True, digits="Product Unit")
    incoming_qty = fields.Float("Incoming", readonly=True, digits="Product Unit")

    _day_idx = models.UniqueIndex(
        "(company_id, date, scope, COALESCE(product_id, 0), COALESCE(warehouse_id, 0))"
        " WHERE product_id IS NOT NULL OR scope = 'company'",
        "There is already a snapshot of this day.",
    )

    def write(self, vals):
        """Refuse any change of a snapshot."""
        self._refuse_change()
        return super().write(vals)

    @api.private
    def _refuse_change(self):
        raise UserError(
            self.env._(
                "Snapshots cannot be changed. See Orders on Backorder for the current"
                " figures."
            )
        )

    # ------------------------------------------------------------------
    # Creation
    # ------------------------------------------------------------------

    @api.model
    def _cron_take(self):
        """Take the snapshot of today for each company, one per transaction."""
        self.env["res.company"].search([])._work_off("snapshot", self._take)

    @api.model
    def _take(self, company):
        """Take today's snapshot of ``company``; existing rows are not changed.

        :return: the rows that were added
        """
        taken = self.sudo().with_company(company)
        taken = taken.with_context(allowed_company_ids=company.ids)
        today = fields.Date.today()
        known = {
            (row.scope, row.product_id.id, row.warehouse_id.id)
            for row in taken.search(
                [("date", "=", today), ("company_id", "=", company.id)]
            )
        }
        values = [*taken._prepare_products(company), taken._prepare_company(company)]
        return taken.create(
            [
                {**row, "date": today, "company_id": company.id}
                for row in values
                if (row["scope"], row["product_id"], row["warehouse_id"]) not in known
            ]
        )

    def _prepare_products(self, company):
        rows = self.env["backorder.product"].search([("company_id", "=", company.id)])
        return [self._prepare_product(row) for row in rows]

    def _prepare_product(self, row):
        return {
            "scope": "product",
            "product_id": row.product_id.id,
            "product_name": row.product_id.display_name,
            "warehouse_id": row.warehouse_id.id,
            "warehouse_name": row.warehouse_id.name,
            "order_count": row.order_count,
            "held_count": row.held_count,
            "held_qty": row.held_qty,
            "held_value": row.held_value,
            "oldest_days": (fields.Datetime.now() - row.backordered_since).days
            if row.backordered_since
            else 0,
            "needed_qty": row.needed_qty,
            "shortage_qty": row.shortage_qty,
            "value": row.value,
            "available_qty": row.available_qty,
            "inbound_qty": row.inbound_qty,
            "incoming_qty": row.incoming_qty,
        }

    def _prepare_company(self, company):
        figures = self.env["backorder.board"].get_figures()
        return {
            "scope": "company",
            "product_id": False,
            "warehouse_id": False,
            "order_count": figures["orders_backordered"],
            "held_count": figures["orders_on_hold"],
            "held_qty": figures["held_qty"],
            "held_value": figures["held_value"],
            "oldest_days": figures["oldest_days"],
            "shortage_qty": figures["shortage_qty"],
            "value": figures["shortage_value"],
        }
