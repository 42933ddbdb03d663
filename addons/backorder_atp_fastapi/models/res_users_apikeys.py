# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

from ..dependencies import KEY_SCOPE

# Context key. It can only restrict the key that the user generates.
ONLY_API = "backorder_api_key_only"


class ResUsersApikeys(models.Model):
    _inherit = "res.users.apikeys"

    def _generate(self, scope, name, expiration_date):
        """Restrict the key to the HTTP API if the user has chosen so."""
        if scope is None and self.env.context.get(ONLY_API):
            scope = KEY_SCOPE
        return super()._generate(scope, name, expiration_date)
