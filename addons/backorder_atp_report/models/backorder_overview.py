# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models

ORDERS = "backorder_atp.sale_order_action_backorder"
PRODUCTS = "backorder_atp.backorder_product_action"
#: ``{figure of the overview: field of a snapshot}``
SNAPSHOT_FIELDS = {
    "backordered": "order_count",
    "on_hold": "held_count",
    "value": "value",
}


class BackorderOverview(models.AbstractModel):
    """The figures of the board, compared with the snapshot of a week ago."""

    _inherit = "backorder.overview"

    def _count_orders(self):
        """Take the figures of the board, so that both always say the same."""
        board = self.env["backorder.board"].get_figures()
        return {
            "backordered": board["orders_backordered"],
            "on_hold": board["orders_on_hold"],
            "filled": board["filled_this_week"],
            "products": board["products_short"],
            "value": board["shortage_value"],
            "currency_id": board["currency_id"],
        }

    @api.model
    def _get_figures(self, counts):
        previous = self._get_previous_figures()
        figures = super()._get_figures(counts)
        figures[2:2] = [
            self._prepare_figure(
                "products",
                self.env._("Products Short"),
                counts["products"],
                None,
                PRODUCTS,
                "backordered",
            ),
            {
                **self._prepare_figure(
                    "value",
                    self.env._("Value Short"),
                    counts["value"],
                    None,
                    ORDERS,
                    "backordered",
                ),
                "currency_id": counts["currency_id"],
            },
        ]
        return [
            {**figure, "previous": previous[figure["key"]]}
            if figure["key"] in previous
            else figure
            for figure in figures
        ]

    def _get_previous_figures(self):
        """Return ``{key: value}`` of a week ago; empty without a snapshot."""
        rows = self.env["backorder.snapshot"]._read_group(
            [
                ("scope", "=", "company"),
                ("date", "=", fields.Date.today() - timedelta(days=7)),
                ("company_id", "in", self.env.companies.ids),
            ],
            aggregates=["__count"]
            + [f"{field}:sum" for field in SNAPSHOT_FIELDS.values()],
        )
        [(count, *values)] = rows
        return dict(zip(SNAPSHOT_FIELDS, values, strict=True)) if count else {}
