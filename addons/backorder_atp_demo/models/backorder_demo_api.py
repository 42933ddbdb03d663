# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from odoo.addons.backorder_atp_fastapi.dependencies import KEY_SCOPE
from odoo.addons.base.models.res_users import INDEX_SIZE, KEY_CRYPT_CONTEXT

LOGINS = ("viewer", "operator", "sales", "manager", "finance", "admin")


class BackorderDemoApi(models.AbstractModel):
    """A well-known API key for each login of the demo, like its password."""

    _name = "backorder.demo.api"
    _inherit = "backorder.demo"
    _description = "Backorder Demo API Keys"

    @api.model
    @api.private
    def build_api_keys(self):
        """Create the key ``<login>-dev-local-key`` for each login, once."""
        if not self.env.su:
            raise AccessError(self.env._("Demo data is loaded at installation only."))
        users = self.env["res.users"].search([("login", "in", LOGINS)])
        keys = self.env["res.users.apikeys"]
        done = keys.search([("user_id", "in", users.ids), ("scope", "=", KEY_SCOPE)])
        for user in users - done.user_id:
            self._build_api_key(user, f"{user.login}-dev-local-key")

    def _build_api_key(self, user, key):
        """Insert the hash of a given key, as Odoo only generates random ones."""
        self.env.cr.execute(
            SQL(
                """INSERT INTO res_users_apikeys (name, user_id, scope, key, index)
                   VALUES (%s, %s, %s, %s, %s)""",
                self.env._("HTTP API (demo)"),
                user.id,
                KEY_SCOPE,
                KEY_CRYPT_CONTEXT.hash(key),
                key[:INDEX_SIZE],
            )
        )
