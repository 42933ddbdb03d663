# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).


def post_init_hook(env):
    """Set the kinds of production locations; compute the backorders of open orders."""
    env["stock.warehouse"].with_context(active_test=False).search(
        []
    )._set_availability_kinds()
    env["sale.order"]._adopt_open_orders()
