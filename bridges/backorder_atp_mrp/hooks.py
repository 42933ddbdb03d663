# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).


def post_init_hook(env):
    """Find out what the open orders of kits wait for."""
    env["sale.order"]._adopt_open_orders()
