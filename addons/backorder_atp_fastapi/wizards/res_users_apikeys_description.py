# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

from odoo.addons.base.models.res_users import check_identity

from ..models.res_users_apikeys import ONLY_API


class ResUsersApikeysDescription(models.TransientModel):
    """A key for another program need not open all that its user may do."""

    _inherit = "res.users.apikeys.description"

    backorder_api_only = fields.Boolean(
        "Only for the HTTP API of Backorders",
        help="Such a key opens nothing else. Without this it opens all that you may"
        " do, by every way into Odoo.",
    )

    @check_identity
    def make_key(self):
        only = self.backorder_api_only
        return super(
            ResUsersApikeysDescription, self.with_context(**{ONLY_API: only})
        ).make_key()
