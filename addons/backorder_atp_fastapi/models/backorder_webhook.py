# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import hashlib
import hmac
import json
import os
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError

from .backorder_webhook_delivery import TEST_EVENT

PREFIX = "whsec_"
SECRET_SIZE = 24
# How long the previous secret signs as well, for the receiver to change over.
OVERLAP = timedelta(days=1)
ALLOW_PRIVATE = "backorder_atp_fastapi.allow_private_webhooks"


class BackorderWebhook(models.Model):
    """An address to which events of orders and stock are posted."""

    _name = "backorder.webhook"
    _description = "Backorder Webhook"
    _order = "name, id"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    url = fields.Char(
        "URL",
        required=True,
        help="Events are posted to this URL as JSON. It must begin with https://.",
    )
    # Shown once, when it is generated; not readable afterwards.
    secret = fields.Char(
        copy=False, readonly=True, groups=fields.NO_ACCESS, server_only=True
    )
    previous_secret = fields.Char(
        copy=False, readonly=True, groups=fields.NO_ACCESS, server_only=True
    )
    secret_date = fields.Datetime(
        "Secret Generated On",
        copy=False,
        readonly=True,
        help="Deliveries are signed with a secret, which is shown only once.",
        server_only=True,
    )
    previous_secret_end = fields.Datetime(
        "Previous Secret Valid Until",
        copy=False,
        readonly=True,
        help="Until then, deliveries are also signed with the previous secret.",
        server_only=True,
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
    )
    event_type_ids = fields.Many2many(
        "ir.model.fields.selection",
        string="Events",
        domain=lambda self: self._get_event_type_domain(),
        help="The events that are sent. Leave empty to send all of them.",
    )
    delivery_ids = fields.One2many("backorder.webhook.delivery", "webhook_id")
    waiting_count = fields.Integer("Waiting", compute="_compute_delivery_counts")
    failed_count = fields.Integer("Failed", compute="_compute_delivery_counts")

    @api.model
    def _get_new_secret(self):
        return PREFIX + base64.b64encode(os.urandom(SECRET_SIZE)).decode()

    @api.model
    def _get_event_type_domain(self):
        return [
            ("field_id.model", "=", "backorder.event"),
            ("field_id.name", "=", "event_type"),
        ]

    @api.depends("delivery_ids.state")
    def _compute_delivery_counts(self):
        counts = {
            (webhook, state): count
            for webhook, state, count in self.env[
                "backorder.webhook.delivery"
            ]._read_group(
                [("webhook_id", "in", self.ids), ("state", "!=", "sent")],
                ["webhook_id", "state"],
                ["__count"],
            )
        }
        for webhook in self:
            webhook.waiting_count = counts.get((webhook, "waiting"), 0)
            webhook.failed_count = counts.get((webhook, "failed"), 0)

    @api.constrains("url")
    def _check_url(self):
        schemes = ("https", "http") if self._is_private_allowed() else ("https",)
        for webhook in self:
            if not webhook._is_url_fit(schemes):
                raise ValidationError(
                    self.env._(
                        "%(url)s is not a valid URL for events. Enter one such as"
                        " https://example.com/events, without a user name.",
                        url=webhook.url,
                    )
                )

    def _is_url_fit(self, schemes):
        try:
            parts = urlsplit(self.url)
            return (
                parts.scheme in schemes
                and bool(parts.hostname)
                and not (parts.username or parts.password)
                and parts.port != 0
            )
        except ValueError:
            return False

    @api.constrains("event_type_ids")
    def _check_event_types(self):
        domain = self._get_event_type_domain()
        for webhook in self.sudo():
            if webhook.event_type_ids - webhook.event_type_ids.filtered_domain(domain):
                raise ValidationError(
                    self.env._("Select events of the backorder log only.")
                )

    @api.model
    def _is_private_allowed(self):
        parameters = self.env["ir.config_parameter"].sudo()
        return parameters.get_param(ALLOW_PRIVATE) == "True"

    # ------------------------------------------------------------------
    # Subscriptions
    # ------------------------------------------------------------------

    @api.model
    @tools.ormcache()
    def _get_subscriptions(self):
        """Return ``(webhook id, company id, event types)`` of each active webhook."""
        return tuple(
            (
                webhook.id,
                webhook.company_id.id,
                frozenset(webhook.event_type_ids.mapped("value")),
            )
            for webhook in self.sudo().search([])
        )

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        webhooks = super().create(vals_list)
        for webhook in webhooks.sudo():
            webhook.secret = self._get_new_secret()
        return webhooks

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    # ------------------------------------------------------------------
    # Signing
    # ------------------------------------------------------------------

    def _get_keys(self):
        """Return the keys to sign with: the secret, and for a day the previous one."""
        webhook = self.sudo()
        secrets = [webhook.secret]
        if (webhook.previous_secret_end or datetime.min) > fields.Datetime.now():
            secrets.append(webhook.previous_secret)
        return [base64.b64decode(secret.removeprefix(PREFIX)) for secret in secrets]

    def _sign(self, message_id, timestamp, body):
        """Return the signatures, as specified by Standard Webhooks.

        :param message_id: the same for each attempt, so that receivers find repetitions
        :param timestamp: time of sending, in seconds since 1970
        :param body: the bytes of the body
        """
        content = b".".join([message_id.encode(), str(timestamp).encode(), body])
        digests = [
            hmac.new(key, content, hashlib.sha256).digest() for key in self._get_keys()
        ]
        return " ".join(f"v1,{base64.b64encode(digest).decode()}" for digest in digests)

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_renew_secret(self):
        """Generate a new secret and show it, once, to be passed to the receiver.

        The previous secret is used as well for a day.
        """
        self.ensure_one()
        self.check_access("write")
        webhook, now = self.sudo(), fields.Datetime.now()
        if webhook.secret_date:
            webhook.previous_secret = webhook.secret
            webhook.previous_secret_end = now + OVERLAP
        webhook.write({"secret": self._get_new_secret(), "secret_date": now})
        return {
            "type": "ir.actions.act_window",
            "res_model": "backorder.webhook.secret",
            "name": self.env._("Secret of %s", self.name),
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_secret": webhook.secret},
        }

    def action_test(self):
        """Send a test event without content."""
        self.check_access("write")
        archived = self.filtered(lambda webhook: not webhook.active)
        if archived:
            raise UserError(
                self.env._(
                    "%s is archived. Unarchive it to send events.",
                    ", ".join(archived.mapped("name")),
                )
            )
        deliveries = self.env["backorder.webhook.delivery"].sudo()
        deliveries.create([webhook._prepare_test() for webhook in self])
        deliveries._trigger()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._(
                    "A test event is being sent. See its result in the deliveries."
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _prepare_test(self):
        return {
            "webhook_id": self.id,
            "event_type": TEST_EVENT,
            "body": json.dumps(
                {
                    "type": TEST_EVENT,
                    "timestamp": fields.Datetime.now().isoformat() + "Z",
                    "data": {"webhook": self.name},
                }
            ),
        }

    def action_view_deliveries(self):
        """Open the deliveries of the webhook."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Deliveries"),
            "res_model": "backorder.webhook.delivery",
            "view_mode": "list,form",
            "domain": [("webhook_id", "=", self.id)],
        }
