# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.backorder_atp.transaction import TransactionDict

#: The channel that clients subscribe to; the server has one per company.
BUS_CHANNEL = "backorder_board"
CHANGED_COMPANIES = TransactionDict("backorder_atp.changed_companies")


class BackorderBoard(models.AbstractModel):
    """The live figures above the lists of backorders."""

    _name = "backorder.board"
    _description = "Backorder Board"

    # ------------------------------------------------------------------
    # Figures
    # ------------------------------------------------------------------

    @api.model
    def get_figures(self):
        """Return the figures of the board, in the user's allowed companies.

        Two statements on indexed columns, under the user's record rules.

        :return: dict with ``orders_backordered``, ``products_short`` (products by
            warehouse), ``oldest_days`` (full days), ``oldest_bucket`` (key of the
            age), ``shortage_qty`` (sum in the products' units) and
            ``shortage_value`` (untaxed, at the orders' prices, in the currency
            ``currency_id``) of the backorders; separately ``orders_on_hold``,
            ``held_qty`` and ``held_value`` of the orders on hold; ``filled_this_week``
            (each time an order was filled) and ``retries``: ``count``,
            ``oldest_minutes``, ``is_late`` and ``late_in`` (seconds until the oldest
            becomes late, False without any)
        :rtype: dict
        :raise AccessError: for users who are not viewers of backorders
        """
        self.env["backorder.overview"]._check_viewer()
        figures = {**self._get_backorder_figures(), **self._get_flow_figures()}
        return {**figures, "currency_id": self.env.company.currency_id.id}

    def _get_backorder_figures(self):
        """Return the current backorders, of the orders that the user can read."""
        row = self.env.execute_query_dict(
            SQL(
                """
                WITH short AS MATERIALIZED (%s),
                     backordered AS (SELECT * FROM short WHERE NOT is_held),
                     held AS (SELECT * FROM short WHERE is_held)
                SELECT backordered.*, held.*
                  FROM (SELECT COUNT(DISTINCT order_id) AS orders_backordered,
                               MIN(backordered_since) AS oldest_since,
                               COUNT(DISTINCT (product_id, warehouse_id))
                                   FILTER (WHERE product_id IS NOT NULL)
                                   AS products_short,
                               COALESCE(SUM(shortage_qty), 0)::float8 AS shortage_qty,
                               COALESCE(SUM(value), 0)::float8 AS shortage_value
                          FROM backordered) backordered
                 CROSS JOIN (
                        SELECT COUNT(DISTINCT order_id) AS orders_on_hold,
                               COALESCE(SUM(shortage_qty), 0)::float8 AS held_qty,
                               COALESCE(SUM(value), 0)::float8 AS held_value
                          FROM held) held
                """,
                self.env["sale.order.line"]._get_short_rows(),
            )
        )[0]
        since = row.pop("oldest_since")
        days = (fields.Datetime.now() - since).days if since else 0
        bucket = self.env["sale.order"]._get_age_bucket(days) if since else False
        return {**row, "oldest_days": days, "oldest_bucket": bucket}

    def _get_flow_figures(self):
        """Return the orders filled this week, and the stock still to be allocated."""
        events = self.env["backorder.event"]
        events.flush_model()
        self.env["backorder.retry"].flush_model()
        now = fields.Datetime.now()
        filled, count, oldest, late_at = self.env.execute_query(
            SQL(
                """
                SELECT (SELECT COUNT(*)
                          FROM backorder_event event WHERE event.id IN %(events)s),
                       COUNT(*), MIN(retry.since),
                       MIN(retry.since
                           + company.backorder_retry_minutes * INTERVAL '1 minute')
                  FROM backorder_retry retry
                  JOIN res_company company ON company.id = retry.company_id
                 WHERE retry.id IN %(retries)s
                """,
                events=events._search(events._get_filled_domain()).subselect(),
                retries=self.env["backorder.retry"]._search([]).subselect(),
            )
        )[0]
        late_in = (late_at - now).total_seconds() if late_at else False
        return {
            "filled_this_week": filled,
            "retries": {
                "count": count,
                "oldest_minutes": int((now - oldest).total_seconds() // 60)
                if oldest
                else 0,
                "is_late": late_at is not None and late_in <= 0,
                "late_in": late_in,
            },
        }

    # ------------------------------------------------------------------
    # Refresh
    # ------------------------------------------------------------------

    @api.model
    def _notify_change(self, companies):
        """Notify the open boards of ``companies`` after the commit.

        A transaction sends one message per company, whatever it changes.
        """
        CHANGED_COMPANIES.put_all(self.env.cr, dict.fromkeys(companies.ids, True))
        CHANGED_COMPANIES.work_off(self.env.cr, self._send_changes)

    def _send_changes(self):
        bus = self.env["bus.bus"]
        companies = self.env["res.company"].browse(
            sorted(CHANGED_COMPANIES.take(self.env.cr))
        )
        for company in companies:
            bus._sendone(
                (company, BUS_CHANNEL),
                "backorder_board/changed",
                {"company_id": company.id},
            )
