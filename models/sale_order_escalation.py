# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

STALE_ACTIVITY = "backorder_atp.mail_activity_type_stale"
# How many orders are put on hold in one transaction.
BATCH = 50


class SaleOrder(models.Model):
    """Orders on backorder for too long are put on hold for a review."""

    _inherit = "sale.order"

    hold_clock_since = fields.Datetime(
        "Last Released from Hold",
        readonly=True,
        copy=False,
        help="When the order was last released from hold. The days until it is put on"
        " hold again count from this date; Backordered Since does not change.",
        server_only=True,
    )
    escalation_date = fields.Datetime(
        "On Hold After",
        compute="_compute_escalation_date",
        help="When the order is put on hold if it is still backordered.",
    )

    @api.depends(
        "backorder_state",
        "backordered_since",
        "hold_clock_since",
        "requires_inventory_override",
        "company_id.backorder_escalation_days",
        "company_id.backorder_escalation_partial",
        "company_id.promise_phase",
    )
    def _compute_escalation_date(self):
        for order in self:
            company = order.company_id.sudo()
            days = company.backorder_escalation_days
            clock = order._get_escalation_clock()
            is_due = (
                order.backorder_state in company._get_escalated_states()
                and not order.requires_inventory_override
                and company.promise_phase != "dark"
            )
            order.escalation_date = (
                days > 0 and is_due and clock and clock + timedelta(days=days)
            )

    def _get_escalation_clock(self):
        """Return the date from which the days until the hold count, or False."""
        clocks = filter(None, (self.backordered_since, self.hold_clock_since))
        return bool(self.backordered_since) and max(clocks)

    # ------------------------------------------------------------------
    # Finding
    # ------------------------------------------------------------------

    @api.model
    def _get_stale(self, orders=None, products=None, ahead=timedelta()):
        """Return the backordered orders that are due for a hold, the oldest first.

        :param orders: only among these
        :param products: only orders that are short of one of these
        :param ahead: also those that will be due within this time
        """
        self.flush_model(
            [
                "backorder_state",
                "backordered_since",
                "hold_clock_since",
                "requires_inventory_override",
            ]
        )
        self.env["res.company"].flush_model(
            [
                "backorder_escalation_days",
                "backorder_escalation_partial",
                "promise_phase",
            ]
        )
        self.env.cr.execute(self._get_stale_query(orders, products, ahead))
        return self.browse([id_ for [id_] in self.env.cr.fetchall()])

    def _get_stale_query(self, orders, products, ahead):
        clock = SQL("GREATEST(so.backordered_since, so.hold_clock_since)")
        return SQL(
            """
            SELECT so.id
              FROM sale_order so
              JOIN res_company company ON company.id = so.company_id
             WHERE (so.backorder_state = 'backordered'
                    OR so.backorder_state = 'partially_allocated'
                       AND company.backorder_escalation_partial)
               AND so.requires_inventory_override IS NOT TRUE
               AND company.backorder_escalation_days > 0
               AND %(clock)s < %(now)s::timestamp
                   - company.backorder_escalation_days * INTERVAL '1 day'
               AND (company.promise_phase != 'dark' OR NOT EXISTS (
                    SELECT FROM backorder_event event
                     WHERE event.order_id = so.id
                       AND event.event_type = 'order:would_hold'
                       AND event.date >= %(clock)s))
               AND %(chosen)s AND %(waits)s
             ORDER BY so.backordered_since, so.id
            """,
            clock=clock,
            now=fields.Datetime.now() + ahead,
            chosen=SQL("TRUE")
            if orders is None
            else SQL("so.id = ANY(%s)", list(orders.ids)),
            waits=SQL("TRUE")
            if products is None
            else self._get_short_of_condition(products),
        )

    def _get_short_of_condition(self, products):
        """Whether an order is short of one of these products (or kit components)."""
        self.env["stock.move"].flush_model(["product_id", "sale_line_id", "state"])
        return SQL(
            """EXISTS (
               SELECT FROM stock_move move
                 JOIN sale_order_line line ON line.id = move.sale_line_id
                WHERE line.order_id = so.id AND move.product_id = ANY(%s)
                  AND move.state IN ('confirmed', 'partially_available'))""",
            list(products.ids),
        )

    # ------------------------------------------------------------------
    # Putting on hold
    # ------------------------------------------------------------------

    @api.model
    def _cron_escalate(self):
        """Put on hold the orders that have been backordered too long, once a day.

        Orders locked by another transaction are left to the next day or the next
        arrival of stock.
        """
        stale = self._get_stale()
        self.env["ir.cron"]._work_off_each(
            [stale[start : start + BATCH] for start in range(0, len(stale), BATCH)],
            lambda orders: self._get_stale(orders=orders)._escalate_each(),
        )

    @api.model
    def _escalate_short_of(self, products):
        """Put orders on hold that are due, before stock is allocated."""
        self.sudo()._get_stale(products=products)._escalate_each()

    def _escalate_each(self):
        """Put these orders on hold; an error is recorded and stops no other order."""
        self.env["backorder.failure"]._work_on_each(
            "escalation", self, lambda orders: orders._escalate()
        )

    def _escalate(self):
        """Put these orders on hold; in the monitor phase only log it, once.

        An order that another user is changing is left to the next time.
        """
        orders = self.sudo().try_lock_for_update(allow_referencing=True)
        dark = orders.filtered(lambda order: order.company_id.promise_phase == "dark")
        with self.env["backorder.event"]._caused_by("escalation"):
            dark._log_escalation("order:would_hold")
            held = orders - dark
            before = held._get_backorder_snapshot()
            for company, own in held.grouped("company_id").items():
                own.write(
                    {
                        "hold_since": fields.Datetime.now(),
                        "hold_reason": self._get_escalation_reason(company),
                        "hold_kind": "rule",
                    }
                )
            held._log_escalation("order:on_hold", before)
            held._request_review()

    def _get_escalation_reason(self, company):
        return self.env._(
            "Stale: backordered for more than %s days — manual review required",
            company.backorder_escalation_days,
        )

    def _log_escalation(self, event_type, before=None):
        self.env["backorder.event"]._log_many(
            [
                {
                    "event_type": event_type,
                    "order": order,
                    "reason": order._get_escalation_reason(order.company_id),
                    "payload": {
                        **order._prepare_backorder_payload(
                            (before or {}).get(order, order.backorder_state)
                        ),
                        "holdKind": "rule",
                        "daysPending": order.backorder_age,
                    },
                }
                for order in self
            ]
        )

    def _request_review(self):
        """Schedule a review by the company's responsible for backorders."""
        for company, orders in self.grouped("company_id").items():
            user = company._get_backorder_responsible()
            for order in orders if user else ():
                order.activity_schedule(
                    STALE_ACTIVITY, user_id=user.id, summary=order.hold_reason
                )

    # ------------------------------------------------------------------
    # Releasing
    # ------------------------------------------------------------------

    def action_release_hold(self, reason):
        """Release the hold and restart the days until the next one."""
        result = super().action_release_hold(reason)
        self.sudo().activity_feedback([STALE_ACTIVITY], feedback=reason)
        return result

    def _prepare_release(self):
        return {**super()._prepare_release(), "hold_clock_since": fields.Datetime.now()}

    def _withdraw_overrides(self):
        result = super()._withdraw_overrides()
        self.sudo().activity_unlink([STALE_ACTIVITY])
        return result

    def _prepare_overview_line(self):
        return {
            "title": f"{self.name} · {self.partner_id.display_name}",
            "detail": self.env._("%s days on backorder", self.backorder_age),
            "date": self.escalation_date,
        }
