# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.addons.backorder_atp.hooks import add_columns

from .models.sale_order_line_promise import PROMISE_COLUMNS


def pre_init_hook(env):
    add_columns(env.cr, PROMISE_COLUMNS)
