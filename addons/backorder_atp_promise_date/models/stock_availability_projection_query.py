# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.backorder_atp.dates import HORIZON_DAYS


class StockAvailability(models.AbstractModel):
    """The statement behind the projection."""

    _inherit = "stock.availability"

    def _flush_projection(self):
        self._flush_sources()
        self.env["stock.move"].flush_model(
            [
                "date",
                "date_deadline",
                "promise_receipt_date",
                "reservation_date",
                "picking_type_id",
            ]
        )
        self.env["stock.picking.type"].flush_model(["reservation_method"])
        self.env["stock.warehouse"].flush_model(["company_id"])
        self.env["res.company"].flush_model(
            [
                "promise_demand_date",
                "promise_late_demand_days",
                "promise_late_demand_offset",
                "promise_late_supply_days",
                "promise_late_supply_offset",
                "resource_calendar_id",
            ]
        )
        self.env["resource.calendar"].flush_model(["tz"])

    def _get_projection_query(
        self, products, warehouses, excluded_orders, until, movable
    ):
        """The statement starts from what can be promised today, plus demand that does
        not count today: of later days, too old, or placed again by the caller."""
        requested = SQL("= ANY(%s)", self._get_array(products))
        return SQL(
            """
            WITH place AS NOT MATERIALIZED (%(places)s
            ), calendar AS MATERIALIZED (%(calendar)s
            ), opening (product_id, warehouse_id, atp, displayed, is_locked, held)
                AS MATERIALIZED (%(opening)s
            ), demand AS (%(demand)s
            ), supply AS (%(supply)s
            ), perishing AS (%(perishing)s
            ), event AS (
                SELECT opening.product_id, opening.warehouse_id, calendar.today AS day,
                       0::numeric AS supply, 0::numeric AS demand,
                       0::numeric AS perishing, NULL::int AS id
                  FROM opening
                  JOIN calendar ON calendar.warehouse_id = opening.warehouse_id
                 UNION ALL
                SELECT product_id, warehouse_id, day, 0, quantity, 0, NULL
                  FROM demand WHERE day IS NOT NULL
                 UNION ALL
                SELECT product_id, warehouse_id, day, quantity, 0, 0, id
                  FROM supply WHERE day IS NOT NULL AND quantity > 0
                 UNION ALL
                SELECT product_id, warehouse_id, day, 0, 0, quantity, NULL
                  FROM perishing WHERE quantity > 0
            ), daily AS (
                SELECT product_id, warehouse_id, day,
                       SUM(supply) AS supply, SUM(demand) AS demand,
                       SUM(perishing) AS perishing,
                       ARRAY_AGG(id ORDER BY id) FILTER (WHERE id IS NOT NULL)
                           AS receipt_ids,
                       ARRAY_AGG(supply::float8 ORDER BY id)
                           FILTER (WHERE id IS NOT NULL) AS receipt_quantities
                  FROM event
                 GROUP BY product_id, warehouse_id, day
            ), free AS (
                SELECT opening.product_id, opening.warehouse_id,
                       opening.atp::numeric + COALESCE(SUM(demand.quantity), 0)
                           AS balance,
                       opening.is_locked > 0 AS is_locked, opening.held,
                       CASE WHEN opening.displayed > GREATEST(0, opening.atp)
                            THEN opening.displayed ELSE 0 END AS kept
                  FROM opening
                  LEFT JOIN demand ON demand.product_id = opening.product_id
                                  AND demand.warehouse_id = opening.warehouse_id
                 GROUP BY opening.product_id, opening.warehouse_id, opening.atp,
                          opening.displayed, opening.is_locked, opening.held
            ), running AS (
                SELECT daily.*, free.kept,
                       LEAST(free.balance + SUM(daily.supply - daily.demand) OVER past,
                             CASE WHEN free.is_locked
                                  THEN SUM(daily.supply) OVER past END) AS balance,
                       SUM(daily.perishing - daily.demand) OVER past + daily.demand
                           - free.held::numeric AS unused
                  FROM daily
                  JOIN free ON free.product_id = daily.product_id
                           AND free.warehouse_id = daily.warehouse_id
                WINDOW past AS (PARTITION BY daily.product_id, daily.warehouse_id
                                    ORDER BY daily.day)
            ), looking_ahead AS (
                SELECT running.*,
                       MIN(running.balance) OVER (
                           PARTITION BY running.product_id, running.warehouse_id
                           ORDER BY running.day DESC) AS lowest,
                       GREATEST(0, MAX(running.unused) OVER (
                           PARTITION BY running.product_id, running.warehouse_id
                           ORDER BY running.day)) AS perished
                  FROM running
            )
            SELECT product_id, warehouse_id, day,
                   ROUND(supply, %(digits)s)::float8 AS supply,
                   ROUND(demand, %(digits)s)::float8 AS demand,
                   ROUND(balance - perished, %(digits)s)::float8 AS balance,
                   ROUND(lowest - perished, %(digits)s)::float8 AS atp,
                   ROUND(GREATEST(0, lowest - perished, kept::numeric - perished),
                         %(digits)s)::float8 AS displayed,
                   receipt_ids, receipt_quantities
              FROM looking_ahead
             WHERE %(until)s
             ORDER BY product_id, warehouse_id, day
            """,
            places=self._get_place_query(warehouses),
            calendar=self._get_calendar_query(warehouses),
            opening=self._get_query(
                products,
                warehouses,
                excluded_orders,
                self._get_opening_formulas(),
            ),
            demand=self._get_dated_demand_query(requested, excluded_orders, movable),
            supply=self._get_dated_supply_query(requested),
            perishing=self._get_perishing_query(requested),
            digits=self.env["decimal.precision"].precision_get("Product Unit"),
            until=SQL("day <= %s", until) if until else SQL("TRUE"),
        )

    def _get_opening_formulas(self):
        """Return the opening figures of a projection.

        Stock that a discrepancy locks cannot be promised, even if demand leaves
        later; only incoming supply can.
        """
        formulas = self._get_formulas()
        return {
            "atp": formulas["atp"],
            "displayed": formulas["displayed"],
            "is_locked": SQL("CASE WHEN hard_locks > 0 THEN 1 ELSE 0 END"),
            "held": formulas["held"],
        }

    def _get_calendar_query(self, warehouses):
        """Today in the time zone of each warehouse, and the settings of its company."""
        return SQL(
            """
            SELECT warehouse.id AS warehouse_id,
                   COALESCE(calendar.tz, 'UTC') AS tz,
                   (%(now)s::timestamp AT TIME ZONE 'UTC'
                       AT TIME ZONE COALESCE(calendar.tz, 'UTC'))::date AS today,
                   company.promise_demand_date AS demand_date,
                   company.promise_late_demand_days AS late_demand_days,
                   company.promise_late_demand_offset AS late_demand_offset,
                   company.promise_late_supply_days AS late_supply_days,
                   company.promise_late_supply_offset AS late_supply_offset
              FROM stock_warehouse warehouse
              JOIN res_company company ON company.id = warehouse.company_id
              LEFT JOIN resource_calendar calendar
                     ON calendar.id = company.resource_calendar_id
             WHERE warehouse.id = ANY(%(warehouses)s)
            """,
            now=fields.Datetime.now(),
            warehouses=self._get_array(warehouses),
        )

    def _get_dated_demand_query(self, requested, excluded_orders, movable):
        """Demand that leaves after today, or without a day.

        All other demand counts today.
        """
        excluded = self._get_exclusion(SQL("move.sale_line_id"), excluded_orders)
        is_movable = self._get_movable_condition(movable)
        return SQL(
            """
            SELECT leaving.product_id, leaving.warehouse_id,
                   leaving.quantity - CASE WHEN %(keeps_reserved)s
                       THEN reserved.quantity ELSE 0 END AS quantity,
                   CASE WHEN NOT %(is_movable)s THEN %(day)s END AS day
              FROM (%(rows)s) leaving
              JOIN stock_move move ON move.id = leaving.id
              JOIN calendar ON calendar.warehouse_id = leaving.warehouse_id
              LEFT JOIN stock_picking_type type ON type.id = move.picking_type_id
             CROSS JOIN LATERAL (%(reserved)s) reserved
             WHERE leaving.is_supply
               AND (move.state != 'assigned' OR NOT %(keeps_reserved)s)
            """,
            rows=self._get_leaving_rows(requested, excluded),
            reserved=self._get_reserved_query(),
            is_movable=is_movable,
            keeps_reserved=SQL("TRUE")
            if movable != "everything"
            else SQL("NOT %s", is_movable),
            day=self._get_demand_day(),
        )

    def _get_movable_condition(self, movable):
        """Which outgoing moves the caller places again."""
        if movable == "nothing":
            return SQL("FALSE")
        return SQL("(move.sale_line_id IS NOT NULL)")

    def _get_reserved_query(self):
        """The reserved quantity of an outgoing move, in the product's unit."""
        return SQL(
            """SELECT COALESCE(SUM(line.quantity_product_uom), 0) AS quantity
                 FROM stock_move_line line WHERE line.move_id = leaving.id"""
        )

    def _get_demand_day(self):
        """The day on which an outgoing move counts, by the setting of the company."""
        day = SQL(
            """(CASE calendar.demand_date
                WHEN 'deadline' THEN COALESCE(move.date_deadline, move.date)
                ELSE move.date
                END AT TIME ZONE 'UTC' AT TIME ZONE calendar.tz)::date"""
        )
        reserved = SQL(
            """CASE type.reservation_method
               WHEN 'at_confirm' THEN calendar.today
               WHEN 'by_date' THEN COALESCE(move.reservation_date, %s)
               ELSE %s END""",
            day,
            day,
        )
        return self._get_late_day(
            SQL(
                "CASE calendar.demand_date WHEN 'reservation' THEN %s ELSE %s END",
                reserved,
                day,
            ),
            "demand",
        )

    def _get_dated_supply_query(self, requested):
        """Incoming supply, less what is procured for one order."""
        day = SQL(
            """(COALESCE(move.promise_receipt_date, incoming.date)
                AT TIME ZONE 'UTC' AT TIME ZONE calendar.tz)::date"""
        )
        return SQL(
            """
            SELECT incoming.id, incoming.product_id, incoming.warehouse_id,
                   incoming.quantity - LEAST(incoming.quantity, earmarked.quantity)
                       AS quantity,
                   %(day)s AS day
              FROM (%(rows)s) incoming
              JOIN stock_move move ON move.id = incoming.id
              JOIN calendar ON calendar.warehouse_id = incoming.warehouse_id
             CROSS JOIN LATERAL (
                SELECT COALESCE(SUM(dest.product_qty), 0) AS quantity
                  FROM stock_move_move_rel rel
                  JOIN stock_move dest ON dest.id = rel.move_dest_id
                 WHERE rel.move_orig_id = incoming.id
                   AND dest.procure_method = 'make_to_order'
                   AND dest.state NOT IN ('done', 'cancel')) earmarked
            """,
            rows=self._get_incoming_rows(requested),
            day=self._get_late_day(day, "supply"),
        )

    def _get_perishing_query(self, requested):
        """How much of today's unreserved stock expires on which day.

        Extend it, with :meth:`_filter_perishable`, for goods that expire. It may read
        ``place`` and ``calendar``.
        """
        return SQL(
            """SELECT NULL::int AS product_id, NULL::int AS warehouse_id,
                      NULL::date AS day, 0::numeric AS quantity WHERE FALSE"""
        )

    def _filter_perishable(self, products):
        """Return those of ``products`` whose stock may expire."""
        return products.browse()

    def _get_late_day(self, day, kind):
        """The day itself; if late, the day by the settings, or none if too late.

        A day beyond the horizon is not a real date: such demand counts today, such
        supply does not count.
        """
        days = SQL.identifier("calendar", f"late_{kind}_days")
        offset = SQL.identifier("calendar", f"late_{kind}_offset")
        return SQL(
            """CASE WHEN %(day)s > calendar.today + %(horizon)s THEN %(undated)s
                    WHEN %(day)s >= calendar.today THEN %(day)s
                    WHEN %(day)s >= calendar.today - %(days)s
                    THEN calendar.today + %(offset)s END""",
            day=day,
            days=days,
            offset=offset,
            horizon=HORIZON_DAYS,
            undated=SQL("calendar.today") if kind == "demand" else SQL("NULL"),
        )
