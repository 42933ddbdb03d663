# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

from odoo.addons.base.models.res_users import check_identity

from ..models.res_users_apikeys import ONLY_API


class ResUsersApikeysDescription(models.TransientModel):
    """An API key that is limited to the HTTP API."""

    _inherit = "res.users.apikeys.description"

    backorder_api_only = fields.Boolean(
        "Limit to the HTTP API of Backorders",
        help="The key gives access to this API only. Otherwise it gives access to"
        " everything that you may do in Odoo.",
    )

    @check_identity
    def make_key(self):
        only = self.backorder_api_only
        return super(
            ResUsersApikeysDescription, self.with_context(**{ONLY_API: only})
        ).make_key()
