# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from psycopg2.errors import LockNotAvailable

from odoo import api, fields, models
from odoo.tools import SQL

from ..problems import RETRY_AFTER, ApiProblem

# How long a request waits for an earlier one with the same key.
LOCK_TIMEOUT = "10s"
# How long a response is kept.
KEEP_DAYS = 3


class BackorderApiRequest(models.Model):
    """A stored response of the API, for the same request sent again.

    It is written in the transaction of the request: a request that is rolled back
    leaves none. Only the methods of this model write it.
    """

    _name = "backorder.api.request"
    _description = "API Request"
    _order = "id desc"
    _rec_name = "key"

    key = fields.Char("Idempotency Key", required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", "Caller", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    fingerprint = fields.Char(required=True, readonly=True)
    status = fields.Integer("HTTP Status", readonly=True)
    body = fields.Text("Response", readonly=True)

    _key_uniq = models.UniqueIndex(
        "(user_id, key)", "This key has been used for another request."
    )
    _create_date_idx = models.Index("(create_date)")

    @api.model
    def _begin(self, key, fingerprint):
        """Claim ``key`` for the caller's request, or return the record that has it.

        A concurrent request with the same key waits here. When the first one is done,
        it gets a serialization failure, is retried by Odoo, and finds the response.

        :return: the record; with a status, if the response is known
        :raise ApiProblem: when the key was used for another request, or its request
            is still running after a while
        """
        return self._claim(key, fingerprint) or self._find(key, fingerprint)

    @api.model
    def _find(self, key, fingerprint):
        """Return the record of the caller's request with ``key``, if there is one.

        :raise ApiProblem: when the key was used for another request
        """
        request = self.sudo().search(
            [("user_id", "=", self.env.uid), ("key", "=", key)]
        )
        if request and request.fingerprint != fingerprint:
            raise ApiProblem(
                422,
                "idempotency-key-reused",
                "Idempotency key reused",
                self.env._("This Idempotency-Key was used for another request."),
            )
        return request

    def _claim(self, key, fingerprint):
        """Insert the row of a new key; return it, or none."""
        cr = self.env.cr
        try:
            cr.execute(
                SQL(
                    """
                    SET LOCAL lock_timeout = %(timeout)s;
                    INSERT INTO backorder_api_request
                           (key, user_id, company_id, fingerprint, create_uid,
                            create_date, write_uid, write_date)
                    VALUES (%(key)s, %(uid)s, %(company)s, %(fingerprint)s, %(uid)s,
                            now() AT TIME ZONE 'UTC', %(uid)s,
                            now() AT TIME ZONE 'UTC')
                        ON CONFLICT (user_id, key) DO NOTHING
                 RETURNING id
                    """,
                    timeout=LOCK_TIMEOUT,
                    key=key,
                    uid=self.env.uid,
                    company=self.env.company.id,
                    fingerprint=fingerprint,
                )
            )
        except LockNotAvailable as error:
            raise ApiProblem(
                409,
                "request-in-progress",
                "Request in progress",
                self.env._(
                    "The first request with this Idempotency-Key is still running."
                    " Try again later."
                ),
                headers={"Retry-After": RETRY_AFTER},
            ) from error
        request = self.sudo().browse(row[0] for row in cr.fetchall())
        cr.execute("SET LOCAL lock_timeout TO DEFAULT")
        return request

    def _finish(self, status, body):
        """Store the response, for the same request sent again."""
        self.sudo().write({"status": status, "body": body})

    @api.autovacuum
    def _gc_requests(self):
        limit = fields.Datetime.now() - timedelta(days=KEEP_DAYS)
        self.env.cr.execute(
            SQL("DELETE FROM backorder_api_request WHERE create_date < %s", limit)
        )
