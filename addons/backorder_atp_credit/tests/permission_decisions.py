# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Access to credit figures and decisions."""

from odoo.addons.backorder_atp.tests.permission_walk import EMPLOYEES, NOBODY, decide

FIELDS = decide(
    {
        "res.company": {
            NOBODY: "credit_policy",
        },
    }
)
METHODS = decide(
    {
        "res.partner": {
            EMPLOYEES: "get_credit_impact",
        },
        "sale.order": {
            EMPLOYEES: "get_credit_impact",
        },
    }
)
