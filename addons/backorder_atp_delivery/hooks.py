# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.addons.backorder_atp.hooks import add_columns

NEW_COLUMNS = {
    "sale_order": {"fulfilment_state": "varchar"},
    "stock_picking": {"fulfilment_state": "varchar"},
}


def pre_init_hook(env):
    """Add the stored columns; earlier deliveries keep no status."""
    add_columns(env.cr, NEW_COLUMNS)
    env.cr.execute(
        """
        UPDATE stock_picking picking SET fulfilment_state = 'pending'
          FROM stock_location destination
         WHERE destination.id = picking.location_dest_id
           AND destination.usage = 'customer'
           AND picking.state NOT IN ('done', 'cancel')
        """
    )
    env.cr.execute(
        """
        UPDATE sale_order so SET fulfilment_state = 'pending'
          FROM stock_picking picking
         WHERE picking.sale_id = so.id AND picking.fulfilment_state = 'pending'
        """
    )
