# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Access to the prices and tiers of customers.

``NOBODY`` excludes the roles of backorders, but not sales managers.
"""

from odoo.addons.backorder_atp.tests.permission_walk import (
    EMPLOYEES,
    NOBODY,
    STOCK_MANAGERS,
    decide,
)

FIELDS = decide(
    {
        "product.pricelist": {
            STOCK_MANAGERS: "customer_id",
        },
        "res.company": {
            NOBODY: "silver_turnover gold_turnover platinum_turnover",
        },
        "res.partner": {
            NOBODY: "fixed_customer_tier",
        },
    }
)
METHODS = decide(
    {
        "product.product": {
            NOBODY: "action_update_customer_prices",
        },
        "res.partner": {
            NOBODY: "action_update_customer_prices update_customer_pricing",
            EMPLOYEES: "action_view_customer_inventory get_customer_inventory",
        },
    }
)
DIALOGS = {
    "customer.price.update": NOBODY,
    "customer.price.update.line": NOBODY,
}
