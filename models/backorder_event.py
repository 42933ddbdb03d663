# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, ormcache

from ..triggers import set_append_only

_logger = logging.getLogger(__name__)

# Event types of the root addon. Features add theirs by ``selection_add`` with
# ``ondelete=keep_logged(...)``.
EVENT_TYPES = [
    ("inventory.backordered", "Stock Below Zero"),
    ("inventory.oversold", "Oversold"),
    ("inventory.refused", "Movement Refused"),
    ("inventory.reservation_taken", "Reserved Stock Taken"),
    ("discrepancy:opened", "Discrepancy Opened"),
    ("discrepancy:resolved", "Discrepancy Resolved"),
    ("discrepancy:rejected", "Discrepancy Rejected"),
    ("order:discrepancy_warning", "Promised Despite a Discrepancy"),
    ("order:would_block", "Would Be Refused"),
    ("order:blocked", "Refused"),
    ("order:approval_requested", "Approval Requested"),
    ("order:approved", "Approved"),
    ("order:rejected", "Rejected"),
    ("order:approval_escalated", "Escalated"),
    ("order:override_withdrawn", "Approval Withdrawn"),
    ("order:over_delivered", "Delivered Beyond the Order"),
    ("order:ambiguous_warehouse", "Ambiguous Warehouse"),
    ("order:backordered", "Backordered"),
    ("order:allocated", "Allocated"),
    ("order:backorder_resolved", "Backorder Resolved"),
    ("order:on_hold", "Put on Hold"),
    ("order:would_hold", "Would Be Put on Hold"),
    ("order:hold_released", "Released from Hold"),
    ("order:retry", "Allocation Attempted"),
    ("order:item_matched", "Item Matched"),
    ("order:split", "Backorder Split Off"),
    ("order:merged", "Backorder Merged Back"),
    ("company:phase_changed", "Phase Changed"),
]
PHASES = [("dark", "Monitor"), ("soft", "Approve"), ("hard", "Enforce")]


def keep_logged(event_types):
    """Return the ``ondelete`` of added event types, which keeps the log unchanged.

    Once the addon is uninstalled, its events are shown by their key.
    """
    return {event_type: lambda events: None for event_type, _label in event_types}


class BackorderEvent(models.Model):
    """Append-only log of all state changes and decisions.

    Rows refer to records without foreign keys and store their names, so deleting a
    record never changes the log. PostgreSQL triggers refuse any change.
    """

    _name = "backorder.event"
    _description = "Backorder Event"
    _order = "id desc"
    _rec_name = "event_type"
    _auto = False
    _log_access = False

    date = fields.Datetime(default=fields.Datetime.now, required=True, readonly=True)
    event_type = fields.Selection(EVENT_TYPES, "Event", required=True, readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    phase = fields.Selection(
        PHASES, readonly=True, help="The phase the company was in at that moment."
    )
    user_id = fields.Many2one("res.users", "By", readonly=True)
    user_name = fields.Char("By (Name)", readonly=True)
    order_id = fields.Many2one("sale.order", readonly=True)
    order_name = fields.Char("Order Number", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    product_name = fields.Char(readonly=True)
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True)
    warehouse_name = fields.Char(readonly=True)
    quantity = fields.Float(digits="Product Unit", readonly=True)
    value = fields.Monetary(
        readonly=True,
        help="The quantity short, valued at the higher of the order's net price and"
        " the cost.",
    )
    currency_id = fields.Many2one("res.currency", readonly=True)
    reason = fields.Char(readonly=True)
    trigger_source = fields.Char("Caused By", readonly=True)
    payload = fields.Json("Details", readonly=True)
    payload_text = fields.Text("Availability Snapshot", compute="_compute_payload_text")
    payload_html = fields.Html(
        "Availability Snapshot (Table)",
        compute="_compute_payload_html",
        sanitize=False,
    )

    def init(self):
        self.env.cr.execute(
            SQL(
                """
                CREATE TABLE IF NOT EXISTS backorder_event (
                    id bigserial PRIMARY KEY,
                    date timestamp NOT NULL,
                    event_type varchar NOT NULL,
                    company_id integer,
                    phase varchar,
                    user_id integer,
                    user_name varchar,
                    order_id integer,
                    order_name varchar,
                    product_id integer,
                    product_name varchar,
                    warehouse_id integer,
                    warehouse_name varchar,
                    quantity numeric,
                    value numeric,
                    currency_id integer,
                    reason varchar,
                    trigger_source varchar,
                    payload jsonb
                );
                CREATE INDEX IF NOT EXISTS backorder_event_order_idx
                    ON backorder_event (order_id, id) WHERE order_id IS NOT NULL;
                CREATE INDEX IF NOT EXISTS backorder_event_product_idx
                    ON backorder_event (product_id, id) WHERE product_id IS NOT NULL;
                CREATE INDEX IF NOT EXISTS backorder_event_company_idx
                    ON backorder_event (company_id, event_type, date);
                CREATE INDEX IF NOT EXISTS backorder_event_phase_idx
                    ON backorder_event (company_id, date)
                    WHERE event_type = 'company:phase_changed';
                CREATE INDEX IF NOT EXISTS backorder_event_allocated_idx
                    ON backorder_event
                    USING gin (regexp_split_to_array(trigger_source, '[:,] *'))
                    WHERE event_type = 'order:allocated';
                CREATE INDEX IF NOT EXISTS backorder_event_date_idx
                    ON backorder_event USING brin (date);
                CREATE OR REPLACE FUNCTION backorder_event_refuse()
                RETURNS trigger AS $$
                BEGIN
                    RAISE EXCEPTION
                        'The backorder log is append-only: %% refused', TG_OP;
                END $$ LANGUAGE plpgsql;
                """
            )
        )
        set_append_only(self.env.cr, self._table)

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        """Show the events of uninstalled addons by their key."""
        result = super().fields_get(allfields, attributes)
        description = result.get("event_type", {})
        if "selection" in description:
            gone = [(key, key) for key in self._get_gone_types()]
            description["selection"] = description["selection"] + gone
        return result

    @ormcache()
    def _get_gone_types(self):
        """Return the logged event types that no installed addon declares.

        The types are read from an index, which is fast for a long log too; they only
        change with the registry.
        """
        self.env.cr.execute(
            SQL(
                """
                WITH RECURSIVE kind AS (
                    (SELECT company_id, event_type FROM backorder_event
                      ORDER BY company_id, event_type LIMIT 1)
                    UNION ALL
                    SELECT next.* FROM kind CROSS JOIN LATERAL (
                        SELECT event.company_id, event.event_type
                          FROM backorder_event event
                         WHERE (event.company_id, event.event_type)
                               > (kind.company_id, kind.event_type)
                         ORDER BY event.company_id, event.event_type LIMIT 1) next)
                SELECT DISTINCT event_type FROM kind
                """
            )
        )
        declared = self._fields["event_type"].get_values(self.env)
        return sorted({key for [key] in self.env.cr.fetchall()}.difference(declared))

    @api.depends("event_type", "order_name")
    def _compute_display_name(self):
        names = dict(self._fields["event_type"]._description_selection(self.env))
        for event in self:
            name = names.get(event.event_type, event.event_type)
            event.display_name = " ".join(filter(None, (name, event.order_name)))

    @api.depends("payload")
    def _compute_payload_text(self):
        for event in self:
            event.payload_text = "\n".join(
                f"{key}: {value}" for key, value in (event.payload or {}).items()
            )

    def write(self, vals):
        self._refuse_change()
        return super().write(vals)

    def unlink(self):
        self._refuse_change()
        return super().unlink()

    @api.private
    def _refuse_change(self):
        raise UserError(
            self.env._(
                "The backorder log cannot be changed. Add a note to the order instead."
            )
        )
