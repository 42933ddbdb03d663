# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json
import logging
import time
from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.backorder_atp.transaction import TransactionDict

from ..schemas.event import Event
from ..sending import SendingError, send

_logger = logging.getLogger(__name__)

# Minutes until the next attempt, by number of attempts; then the delivery has failed.
BACK_OFF = (1, 5, 30, 120, 360, 720, 1440)
# How long a claimed delivery is reserved for one process.
LEASE = timedelta(minutes=5)
# How long sent and failed deliveries are kept.
KEEP_DAYS = 30
# The event type of a test.
TEST_EVENT = "webhook:test"
# Whether the scheduled action was triggered in this transaction.
TRIGGERED = TransactionDict("backorder_atp_fastapi.triggered")


class BackorderWebhookDelivery(models.Model):
    """The delivery of one event to one webhook, and its result.

    It is written in the transaction of the event: an event that is rolled back is
    never sent, a committed one is sent at least once.
    """

    _name = "backorder.webhook.delivery"
    _description = "Webhook Delivery"
    _order = "id desc"
    _rec_name = "event_type"

    webhook_id = fields.Many2one(
        "backorder.webhook",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="webhook_id.company_id", store=True, index=True
    )
    # the log has no foreign keys
    event_number = fields.Integer("Log Entry", readonly=True)
    event_type = fields.Selection(
        lambda self: self._get_event_types(), "Event", required=True, readonly=True
    )
    body = fields.Text(required=True, readonly=True, help="The body of the request.")
    state = fields.Selection(
        [("waiting", "Waiting"), ("sent", "Sent"), ("failed", "Failed")],
        "Status",
        default="waiting",
        required=True,
        readonly=True,
    )
    attempts = fields.Integer(readonly=True)
    next_attempt = fields.Datetime(default=fields.Datetime.now, readonly=True)
    sent_date = fields.Datetime("Sent On", readonly=True)
    response_status = fields.Integer("HTTP Status", readonly=True)
    error = fields.Char(readonly=True)

    _waiting_idx = models.Index("(next_attempt, id) WHERE state = 'waiting'")
    _webhook_waiting_idx = models.Index(
        "(webhook_id, next_attempt, id) WHERE state = 'waiting'"
    )

    @api.depends("event_type")
    def _compute_display_name(self):
        labels = dict(self._get_event_types())
        for delivery in self:
            delivery.display_name = labels.get(delivery.event_type)

    @api.model
    def _get_event_types(self):
        types = self.env["backorder.event"]._fields["event_type"]
        return [
            *types._description_selection(self.env),
            (TEST_EVENT, self.env._("Test")),
        ]

    # ------------------------------------------------------------------
    # Queueing
    # ------------------------------------------------------------------

    @api.model
    def _enqueue(self, events):
        """Create a delivery for each webhook that is subscribed to an event."""
        subscriptions = self.env["backorder.webhook"]._get_subscriptions()
        if not subscriptions:
            return
        values = [
            self._prepare_delivery(webhook_id, event)
            for event in events.sudo()
            for webhook_id, company_id, types in subscriptions
            if company_id == event.company_id.id
            and (not types or event.event_type in types)
        ]
        if values:
            self.sudo().create(values)
            self._trigger()

    def _prepare_delivery(self, webhook_id, event):
        return {
            "webhook_id": webhook_id,
            "event_number": event.id,
            "event_type": event.event_type,
            "body": self._get_event_body(event),
        }

    def _get_event_body(self, event):
        """Return the event as in the feed, in the format of Standard Webhooks."""
        values = self.env["backorder.api.event"]._prepare_event(event)
        data = Event.model_validate(values).model_dump(mode="json", by_alias=True)
        return json.dumps(
            {"type": event.event_type, "timestamp": data["date"], "data": data}
        )

    @api.model
    def _trigger(self):
        """Trigger the scheduled action at commit, once per transaction."""
        cr = self.env.cr
        if not TRIGGERED.get_all(cr):
            TRIGGERED.put(cr, True, True)
            self.env.ref("backorder_atp_fastapi.ir_cron_deliver").sudo()._trigger()

    # ------------------------------------------------------------------
    # Sending
    # ------------------------------------------------------------------

    @api.model
    def _cron_deliver(self):
        """Send the due deliveries one by one, without locks while sending.

        The company whose receivers have taken the least time so far is next, so that
        slow receivers only delay deliveries of their own company.
        """
        spent = defaultdict(float)
        self.env["ir.cron"]._work_off(
            lambda: self._claim_next(spent),
            lambda delivery: delivery._deliver_claimed(spent),
            self._count_due(),
        )
        self._trigger_delivery()

    def _deliver_claimed(self, spent):
        """Send this delivery, and add its duration to ``spent``."""
        # commit the claim, so that no other process sends it
        self.env["ir.cron"]._commit_progress()
        start = time.monotonic()
        self._deliver()
        for key in (self.company_id, self.webhook_id):
            spent[key] += time.monotonic() - start
        return 1

    def _count_due(self):
        return self.search_count(
            [("state", "=", "waiting"), ("next_attempt", "<=", fields.Datetime.now())]
        )

    def _get_due_webhooks(self, now):
        """Return the webhooks with due deliveries, the longest waiting first."""
        self.env.cr.execute(
            SQL(
                """
                SELECT webhook.id
                  FROM backorder_webhook webhook
                 CROSS JOIN LATERAL (
                       SELECT next_attempt, id FROM backorder_webhook_delivery
                        WHERE webhook_id = webhook.id AND state = 'waiting'
                          AND next_attempt <= %s
                        ORDER BY next_attempt, id LIMIT 1) due
                 ORDER BY due.next_attempt, due.id
                """,
                now,
            )
        )
        return self.env["backorder.webhook"].browse(
            row[0] for row in self.env.cr.fetchall()
        )

    def _claim_next(self, spent):
        """Claim the next due delivery; it is due again if this process dies.

        :param spent: seconds spent on each company and each webhook in this run
        """
        now = fields.Datetime.now()
        self.flush_model(["state", "next_attempt", "attempts"])
        webhooks = self._get_due_webhooks(now)
        webhooks = webhooks.sorted(
            lambda webhook: (
                spent.get(webhook.sudo().company_id, 0.0),
                spent.get(webhook, 0.0),
            )
        )
        for webhook in webhooks:
            if delivery := self._claim_of(webhook, now):
                return delivery
        return self.browse()

    def _claim_of(self, webhook, now):
        self.env.cr.execute(
            SQL(
                """
                UPDATE backorder_webhook_delivery
                   SET next_attempt = %(lease)s,
                       attempts = COALESCE(attempts, 0) + 1
                 WHERE id = (SELECT id FROM backorder_webhook_delivery
                              WHERE state = 'waiting' AND next_attempt <= %(now)s
                                AND webhook_id = %(webhook)s
                              ORDER BY next_attempt, id
                                FOR UPDATE SKIP LOCKED LIMIT 1)
             RETURNING id
                """,
                lease=now + LEASE,
                now=now,
                webhook=webhook.id,
            )
        )
        delivery = self.browse(row[0] for row in self.env.cr.fetchall())
        delivery.invalidate_recordset(["next_attempt", "attempts"], flush=False)
        return delivery

    def _deliver(self):
        """Send the delivery and record the result."""
        self.ensure_one()
        try:
            status = self._send()
        except SendingError as error:
            self._fail_all(str(error))
        except Exception:
            _logger.exception("Could not send %s", self)
            message = self.env._("Unexpected error. See the server log for details.")
            self.write(self._prepare_failure(message, 0))
        else:
            self.write(self._prepare_outcome(status))

    def _fail_all(self, message):
        """Record a failed attempt for all due deliveries to this receiver.

        Each of them would run into the same timeout.
        """
        self.write(self._prepare_failure(message, 0))
        others = self.search(
            [
                ("webhook_id", "=", self.webhook_id.id),
                ("state", "=", "waiting"),
                ("next_attempt", "<=", fields.Datetime.now()),
            ]
        ).try_lock_for_update()
        for attempts, deliveries in others.grouped("attempts").items():
            deliveries.attempts = attempts + 1
            deliveries.write(deliveries[0]._prepare_failure(message, 0))

    def _send(self):
        """Return the HTTP status of the receiver's response."""
        webhook = self.webhook_id.sudo()
        body = self.body.encode()
        timestamp = int(time.time())
        message_id = f"backorder-{self.id}"
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Odoo-backorder_atp",
            "webhook-id": message_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": webhook._sign(message_id, timestamp, body),
        }
        return send(webhook.url, body, headers, webhook._is_private_allowed())

    def _prepare_outcome(self, status):
        if 200 <= status < 300:
            return {
                "state": "sent",
                "sent_date": fields.Datetime.now(),
                "next_attempt": False,
                "response_status": status,
                "error": False,
            }
        message = self.env._("The receiver returned the HTTP status %s.", status)
        return self._prepare_failure(message, status)

    def _prepare_failure(self, message, status):
        """Return the values of a failed attempt, with the time of the next one."""
        values = {"error": message, "response_status": status}
        if self.attempts > len(BACK_OFF):
            return {**values, "state": "failed", "next_attempt": False}
        pause = timedelta(minutes=BACK_OFF[self.attempts - 1])
        return {**values, "next_attempt": fields.Datetime.now() + pause}

    def _trigger_delivery(self):
        """Trigger the scheduled action for when the next attempt is due."""
        waiting = self.search(
            [("state", "=", "waiting")], order="next_attempt, id", limit=1
        )
        if waiting.next_attempt:
            cron = self.env.ref("backorder_atp_fastapi.ir_cron_deliver").sudo()
            cron._trigger(at=max(waiting.next_attempt, fields.Datetime.now()))

    # ------------------------------------------------------------------
    # Maintenance
    # ------------------------------------------------------------------

    def action_retry(self):
        """Send these deliveries again, starting with the first attempt."""
        self.webhook_id.check_access("write")
        self.sudo().write(
            {
                "state": "waiting",
                "attempts": 0,
                "next_attempt": fields.Datetime.now(),
                "error": False,
            }
        )
        self._trigger()

    @api.autovacuum
    def _gc_deliveries(self):
        limit = fields.Datetime.now() - timedelta(days=KEEP_DAYS)
        self.env.cr.execute(
            SQL(
                """DELETE FROM backorder_webhook_delivery
                    WHERE state != 'waiting' AND create_date < %s""",
                limit,
            )
        )
