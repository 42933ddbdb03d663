# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL
from odoo.tools.misc import formatLang

ROLLOUT_DAYS = 30
TOP_PRODUCTS = 3


class ResCompany(models.Model):
    """Figures of the log for the decision on the next phase."""

    _inherit = "res.company"

    def _get_rollout_start(self):
        return fields.Datetime.now() - timedelta(days=ROLLOUT_DAYS)

    def _get_rollout_figures(self):
        """Return the figures of the last 30 days, for administrators.

        :return: the numbers of orders ``confirmed``, ``would_block``, ``blocked``,
            ``requested``, ``approved`` and ``rejected``; ``beyond``, the confirmed
            orders that the hard phase would have refused; ``value`` at risk in the
            company's currency, at the last attempt of each order
        """
        self.ensure_one()
        self.env["backorder.event"].flush_model()
        [row] = self.env.execute_query_dict(
            SQL(
                """
                WITH recent AS MATERIALIZED (
                    SELECT id, event_type, order_id, value
                      FROM backorder_event
                     WHERE company_id = %(company)s
                       AND date >= %(start)s
                       AND event_type IN (
                           'order:would_block', 'order:blocked',
                           'order:approval_requested', 'order:approved',
                           'order:rejected'
                       )
                ), risk AS (
                    SELECT DISTINCT ON (order_id) value
                      FROM recent
                     WHERE event_type NOT IN ('order:approved', 'order:rejected')
                     ORDER BY order_id, id DESC
                )
                SELECT %(counts)s,
                       (SELECT COALESCE(SUM(value), 0)::float8 FROM risk) AS value
                  FROM recent
                """,
                company=self.id,
                start=self._get_rollout_start(),
                counts=self._get_rollout_counts(),
            )
        )
        return {**row, **self._get_confirmed_figures()}

    def _get_rollout_counts(self):
        """Return the columns with the number of orders per event type."""
        names = {
            "would_block": "order:would_block",
            "blocked": "order:blocked",
            "requested": "order:approval_requested",
            "approved": "order:approved",
            "rejected": "order:rejected",
        }
        return SQL(", ").join(
            SQL(
                "COUNT(DISTINCT order_id) FILTER (WHERE event_type = %s) AS %s",
                event_type,
                SQL.identifier(name),
            )
            for name, event_type in names.items()
        )

    def _get_confirmed_figures(self):
        """Return the numbers of orders confirmed, and confirmed beyond stock."""
        confirmed = (
            self.env["sale.order"]
            .sudo()
            .search_count(
                [
                    ("company_id", "=", self.id),
                    ("state", "=", "sale"),
                    ("date_order", ">=", self._get_rollout_start()),
                ]
            )
        )
        [[measured, beyond]] = (
            self.env["backorder.rollout.report"]
            .sudo()
            ._read_group(
                [
                    ("company_id", "=", self.id),
                    ("date", ">=", self._get_rollout_start()),
                ],
                aggregates=["__count", "beyond_count:sum"],
            )
        )
        return {"confirmed": confirmed, "measured": measured, "beyond": beyond or 0}

    def _get_top_oversold(self):
        """Return ``[(product, attempts, quantity short)]``, most attempts first."""
        return (
            self.env["backorder.oversell.report"]
            .sudo()
            ._read_group(
                [
                    ("company_id", "=", self.id),
                    ("date", ">=", self._get_rollout_start()),
                    ("product_id", "!=", False),
                ],
                ["product_id"],
                ["event_id:count_distinct", "shortage_qty:sum"],
                order="event_id:count_distinct desc, shortage_qty:sum desc",
                limit=TOP_PRODUCTS,
            )
        )

    # ------------------------------------------------------------------
    # Ready for the next phase?
    # ------------------------------------------------------------------

    def _get_rollout_facts(self, figures):
        """Return sentences for or against the next phase.

        Empty in the hard phase.

        :param figures: as from :meth:`_get_rollout_figures`
        """
        self.ensure_one()
        if self.promise_phase == "hard":
            return []
        facts = [self._get_share_fact(figures)]
        if self.promise_phase == "soft":
            facts.append(self._get_decision_fact(figures))
        facts.append(self._get_ambiguity_fact())
        facts.append(self._get_responsible_fact())
        return list(filter(None, facts))

    def _get_share_fact(self, figures):
        if not figures["measured"]:
            return self.env._(
                "No order has been confirmed in this phase in the last %s days, so"
                " there are no figures yet.",
                ROLLOUT_DAYS,
            )
        return self.env._(
            "The enforce phase would have refused %(beyond)s of %(measured)s confirmed"
            " orders (%(share)s%%).",
            beyond=figures["beyond"],
            measured=figures["measured"],
            share=formatLang(
                self.env, 100 * figures["beyond"] / figures["measured"], digits=1
            ),
        )

    def _get_decision_fact(self, figures):
        return self.env._(
            "%(requested)s orders needed approval: %(approved)s were approved,"
            " %(rejected)s rejected.",
            requested=figures["requested"],
            approved=figures["approved"],
            rejected=figures["rejected"],
        )

    def _get_ambiguity_fact(self):
        """Return the number of orders with an ambiguous warehouse as a sentence."""
        count = (
            self.env["backorder.event"]
            .sudo()
            .search_count(
                [
                    ("event_type", "=", "order:ambiguous_warehouse"),
                    ("company_id", "=", self.id),
                    ("date", ">=", self._get_rollout_start()),
                ]
            )
        )
        return count and self.env._(
            "%s orders had an ambiguous warehouse. The enforce phase refuses those:"
            " set a warehouse for the sales teams or salespeople.",
            count,
        )

    def _get_responsible_fact(self):
        return not self.backorder_responsible_id and self.env._(
            "No responsible user is set. Choose one below."
        )
