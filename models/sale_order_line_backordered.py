# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

# Fields that must be flushed before the short rows are read.
SHORT_DEPENDS = {
    "sale.order": [
        "backorder_state",
        "backordered_since",
        "company_id",
        "currency_rate",
    ],
    "sale.order.line": [
        "order_id",
        "product_id",
        "warehouse_id",
        "open_qty",
        "backorder_product_qty",
        "price_subtotal",
        "product_uom_id",
        "product_uom_qty",
    ],
}


class SaleOrderLine(models.Model):
    """The shortage of a line and its value, for all reports.

    Short is ``backorder_product_qty``: the open demand of the line, less what is
    reserved or covered, in the product's unit.
    """

    _inherit = "sale.order.line"

    @api.model
    def _get_short_domain(self):
        """Return the domain of short lines, including orders on hold."""
        counted = self.env["sale.order"]._get_counted_domain()
        return Domain("backorder_product_qty", ">", 0) & Domain(
            "order_id", "any", counted
        )

    @api.model
    def _get_backordered_domain(self):
        """Return the domain of short lines, without orders on hold."""
        orders = self.env["sale.order"]._get_backordered_domain()
        return Domain("backorder_product_qty", ">", 0) & Domain(
            "order_id", "any", orders
        )

    @api.model
    def _get_short_rows(self):
        """Return the shortages line by line, as SQL for reports.

        One row for each short line, and one without a line for each order that is
        backordered or on hold although no line is short (as with unmatched items).
        Limited to orders that the user may read, in the user's companies; values are
        in the user's currency.

        :return: query for ``id`` (of the line, or the negative one of the order),
            ``order_id``, ``is_held``, ``product_id``, ``categ_id``, ``warehouse_id``,
            ``company_id``, ``backordered_since``, ``needed_qty``, ``shortage_qty`` and
            ``value``
        """
        self._flush_short_rows()
        orders = self.env["sale.order"]
        return SQL(
            """
            SELECT COALESCE(line.id, -so.id) AS id, so.id AS order_id,
                   so.backorder_state = 'on_hold' AS is_held, line.product_id,
                   template.categ_id, line.warehouse_id, so.company_id,
                   so.backordered_since AS backordered_since,
                   %(needed)s AS needed_qty,
                   COALESCE(line.backorder_product_qty, 0) AS shortage_qty,
                   COALESCE(%(value)s, 0) AS value
              FROM sale_order so
              JOIN %(currencies)s
                ON account_currency_table.company_id = so.company_id
              LEFT JOIN sale_order_line line
                ON line.order_id = so.id AND line.backorder_product_qty > 0
              LEFT JOIN product_product product ON product.id = line.product_id
              LEFT JOIN product_template template
                ON template.id = product.product_tmpl_id
              LEFT JOIN uom_uom uom ON uom.id = template.uom_id
              LEFT JOIN uom_uom line_uom ON line_uom.id = line.product_uom_id
             WHERE so.id IN %(orders)s
            """,
            needed=self.env["uom.uom"]._get_converted_sql(
                SQL("line.open_qty"), "line_uom", "uom"
            ),
            value=self._get_short_value(),
            currencies=self._get_currency_table(),
            orders=orders._get_counted_query().subselect(),
        )

    @api.model
    def _get_currency_table(self):
        return self.env["res.currency"]._get_simple_currency_table(self.env.companies)

    @api.model
    def _get_short_value(self):
        """Return the value of a shortage: untaxed, at the order's price."""
        return SQL(
            """line.backorder_product_qty
               / NULLIF(%s, 0)
               * line.price_subtotal
               / COALESCE(NULLIF(so.currency_rate, 0), 1)
               * account_currency_table.rate""",
            self.env["uom.uom"]._get_converted_sql(
                SQL("line.product_uom_qty"), "line_uom", "uom"
            ),
        )

    @api.model
    def _flush_short_rows(self):
        for model, names in SHORT_DEPENDS.items():
            self.env[model].flush_model(names)
