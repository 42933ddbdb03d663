# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

MESSAGE_KINDS = [
    ("delayed", "Items Delayed"),
    ("partly_shipped", "Partially Shipped"),
    ("new_date", "New Date"),
    ("available", "Available Again"),
    ("resolved", "Completely Shipped"),
]
INFORM_ACTIVITY = "backorder_atp_customer.mail_activity_type_inform_customer"
LAYOUT = "mail.mail_notification_layout_with_responsible_signature"


class BackorderCustomerMessage(models.Model):
    """A message to the customer of an order on backorder.

    Created in the transaction that causes it, and sent by a scheduled action after the
    commit. So nothing is sent after a rollback, and each cause sends one message.
    """

    _name = "backorder.customer.message"
    _description = "Customer Message"
    _order = "id desc"
    _rec_name = "order_id"

    order_id = fields.Many2one(
        "sale.order", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="order_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="order_id.partner_id", string="Customer")
    user_id = fields.Many2one(related="order_id.user_id", string="Salesperson")
    kind = fields.Selection(
        MESSAGE_KINDS, "Message", required=True, readonly=True, index=True
    )
    reference = fields.Char(
        required=True,
        readonly=True,
        help="The cause of the message: start of the backorder, delivery or date. One"
        " message is created for each.",
    )
    state = fields.Selection(
        [
            ("pending", "To Send"),
            ("proposed", "Proposed"),
            ("sent", "Sent"),
            ("skipped", "Not Needed"),
            ("failed", "Failed"),
        ],
        "Status",
        default="pending",
        required=True,
        readonly=True,
    )
    date = fields.Datetime("Notified On", readonly=True)
    expected_date = fields.Date("Notified Date", readonly=True)
    note = fields.Char(readonly=True)

    _reference_uniq = models.UniqueIndex("(order_id, kind, reference)")
    _pending_idx = models.Index("(id) WHERE state = 'pending'")

    # ------------------------------------------------------------------
    # Creation
    # ------------------------------------------------------------------

    @api.model
    def _enqueue(self, kind, references):
        """Create messages for the customers of some orders.

        :param references: ``{order: reference}``; orders with a message for the same
            reference are skipped, and so are companies that send none
        """
        wanted = {
            order: reference
            for order, reference in references.items()
            if order.company_id._get_customer_message_mode(kind) != "off"
        }
        if not wanted:
            return
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO backorder_customer_message
                       (order_id, company_id, kind, reference, state,
                        create_uid, create_date, write_uid, write_date)
                SELECT so.order_id, so.company_id, %(kind)s, so.reference, 'pending',
                       %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM unnest(%(orders)s, %(companies)s, %(references)s)
                       AS so (order_id, company_id, reference)
                    ON CONFLICT DO NOTHING
                """,
                kind=kind,
                uid=self.env.uid,
                now=fields.Datetime.now(),
                orders=[order.id for order in wanted],
                companies=[order.company_id.id for order in wanted],
                references=[str(reference) for reference in wanted.values()],
            )
        )
        self.env["sale.order"].union(*wanted).invalidate_recordset(
            ["customer_message_ids"], flush=False
        )
        self._trigger()

    @api.model
    def _trigger(self):
        self.env.ref(
            "backorder_atp_customer.ir_cron_notify_customers"
        ).sudo()._trigger()

    @api.model
    def _record_notified(self, kind, orders):
        """Record that a user has notified the customers of ``orders``."""
        now = fields.Datetime.now()
        messages = self.sudo().create(
            [
                {
                    "order_id": order.id,
                    "kind": kind,
                    "reference": f"{self.env.user.login} {now}",
                }
                for order in orders
            ]
        )
        messages._mark_sent()
        open_messages = self.sudo().search(
            [
                ("order_id", "in", orders.ids),
                ("kind", "=", kind),
                ("state", "in", ("pending", "proposed", "failed")),
            ]
        )
        open_messages._skip(self.env._("Notified by %s.", self.env.user.name))
        orders.sudo().activity_feedback([INFORM_ACTIVITY])

    # ------------------------------------------------------------------
    # Sending
    # ------------------------------------------------------------------

    @api.model
    def _cron_notify(self):
        """Send the pending messages, one per transaction."""
        self.env["ir.cron"]._work_off(
            self._take_next,
            lambda message: message._process(),
            self.search_count([("state", "=", "pending")]),
            again=lambda message: self._trigger(),
        )

    @api.model
    def _take_next(self):
        return self.search(
            [("state", "=", "pending")], order="id", limit=100
        ).try_lock_for_update(limit=1)

    def _process(self):
        """Send or propose this message; record a failure on it.

        :return: the number of messages processed
        """
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                self._process_now()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:
            _logger.warning("Customer message %s failed", self.id, exc_info=True)
            self.write({"state": "failed", "note": str(error)})
        return 1

    def _process_now(self):
        mode = self.company_id._get_customer_message_mode(self.kind)
        if reason := self._get_reason_to_skip(mode):
            self._skip(reason)
        elif mode == "send":
            self._send()
        else:
            self._propose()

    def _get_reason_to_skip(self, mode):
        """Return why the message is not needed any more, or None."""
        if mode == "off":
            return self.env._("The message has been disabled in the settings.")
        order = self.order_id
        if order.state != "sale":
            return self.env._("The order is no longer confirmed.")
        if not order._is_customer_message_true(self.kind):
            return self.env._("The order has changed in the meantime.")
        notified = order._get_last_notified_dates()
        if (
            self.kind == "new_date"
            and order in notified
            and not order._is_date_news(notified[order])
        ):
            return self.env._("The customer has already been notified of this date.")
        return None

    def _skip(self, reason):
        self.write({"state": "skipped", "note": reason})

    def _send(self):
        """Post the message to the customer, through the email queue."""
        order = self.order_id
        if not order.partner_id.email:
            self._propose(self.env._("The customer has no email address."))
            return
        order.with_context(
            email_notification_allow_footer=True,
            mail_notify_force_send=False,
        ).message_post_with_source(
            order._get_customer_message_template(self.kind),
            email_layout_xmlid=LAYOUT,
            subtype_xmlid="mail.mt_comment",
        )
        self._mark_sent()

    def _mark_sent(self):
        for message in self:
            message.write(
                {
                    "state": "sent",
                    "date": fields.Datetime.now(),
                    "expected_date": message.order_id.expected_fulfilment_date,
                    "note": False,
                }
            )
        self.env["backorder.event"]._log_many(
            [message._prepare_event() for message in self]
        )

    def _prepare_event(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        return {
            "event_type": "customer:informed",
            "order": self.order_id,
            "reason": kinds[self.kind],
            "payload": {
                "message": self.kind,
                "partnerId": self.partner_id.id,
                "customer": self.partner_id.display_name,
                "expectedDate": fields.Date.to_string(self.expected_date) or None,
            },
        }

    # ------------------------------------------------------------------
    # User actions
    # ------------------------------------------------------------------

    def action_retry(self):
        """Send failed messages again.

        :raise AccessError: for users who cannot change the orders
        :raise UserError: when a message has not failed
        """
        self.check_access("read")
        self.order_id.check_access("write")
        if any(message.state != "failed" for message in self):
            raise UserError(self.env._("Only failed messages can be sent again."))
        self.sudo().write({"state": "pending", "note": False})
        self._trigger()

    def action_view_order(self):
        """Open the order, with the message in its chatter."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.order_id.id,
            "views": [(self.order_id.get_formview_id(), "form")],
        }

    def _prepare_overview_line(self):
        labels = self._fields["kind"]._description_selection(self.env)
        return {
            "title": f"{self.order_id.name} · {self.partner_id.display_name}",
            "detail": dict(labels).get(self.kind, ""),
            "date": self.create_date,
        }
