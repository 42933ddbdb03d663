# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import hashlib
import hmac
import json
import os
from urllib.parse import urlsplit

from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError

from .backorder_webhook_delivery import TEST_EVENT

PREFIX = "whsec_"
SECRET_SIZE = 24
ALLOW_PRIVATE = "backorder_atp_fastapi.allow_private_webhooks"


class BackorderWebhook(models.Model):
    """Somebody who is told over HTTP what happens to orders and stock (B6)."""

    _name = "backorder.webhook"
    _description = "Backorder Webhook"
    _order = "name, id"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    url = fields.Char(
        "Address",
        required=True,
        help="Where events are posted to, as JSON. It has to begin with https://.",
    )
    secret = fields.Char(
        required=True,
        copy=False,
        groups="base.group_system",
        default=lambda self: self._get_new_secret(),
        help="Signs what is sent, so that the receiver knows that it is from here.",
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
        help="What is told. Everything, if none is chosen.",
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
                        "%(url)s is no address that events can be sent to. It has to"
                        " look like https://example.com/events, without a user name.",
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

    @api.constrains("secret")
    def _check_secret(self):
        for webhook in self:
            try:
                webhook._get_key()
            except ValueError:
                raise ValidationError(
                    self.env._(
                        "The secret has to be %s and 24 to 64 bytes in base 64. Let a"
                        " new one be made.",
                        PREFIX,
                    )
                ) from None

    @api.constrains("event_type_ids")
    def _check_event_types(self):
        domain = self._get_event_type_domain()
        for webhook in self.sudo():
            if webhook.event_type_ids - webhook.event_type_ids.filtered_domain(domain):
                raise ValidationError(self.env._("Choose events of the backorder log."))

    @api.model
    def _is_private_allowed(self):
        parameters = self.env["ir.config_parameter"].sudo()
        return parameters.get_param(ALLOW_PRIVATE) == "True"

    # ------------------------------------------------------------------
    # Who wants to know
    # ------------------------------------------------------------------

    @api.model
    @tools.ormcache()
    def _get_subscriptions(self):
        """Return ``(webhook id, company id, event types)`` of each that is active."""
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
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    # ------------------------------------------------------------------
    # Signing
    # ------------------------------------------------------------------

    def _get_key(self):
        secret = self.sudo().secret or ""
        if not secret.startswith(PREFIX):
            raise ValueError("no secret of a webhook")
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
        if not 24 <= len(key) <= 64:
            raise ValueError("a secret of 24 to 64 bytes")
        return key

    def _sign(self, message_id, timestamp, body):
        """Return the signature, as Standard Webhooks asks for it.

        :param message_id: the same for each attempt, for the receiver to know it
        :param timestamp: when it is sent, in seconds since 1970
        :param body: the bytes that are sent
        """
        content = b".".join([message_id.encode(), str(timestamp).encode(), body])
        digest = hmac.new(self._get_key(), content, hashlib.sha256).digest()
        return f"v1,{base64.b64encode(digest).decode()}"

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_renew_secret(self):
        """Make a new secret; the receiver has to be given it."""
        for webhook in self:
            webhook.secret = self._get_new_secret()

    def action_test(self):
        """Send an event that says nothing, to see whether it arrives."""
        self.check_access("write")
        archived = self.filtered(lambda webhook: not webhook.active)
        if archived:
            raise UserError(
                self.env._(
                    "%s is archived and sends nothing.",
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
                    "On its way; the deliveries show what comes of it."
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
        """Open what was and is to be sent."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Deliveries"),
            "res_model": "backorder.webhook.delivery",
            "view_mode": "list,form",
            "domain": [("webhook_id", "=", self.id)],
        }
