# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Backorders & Available to Promise: Audit",
    "summary": "Seal, verify, export and archive the backorder log",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "license": "AGPL-3",
    "author": "backorder_atp contributors",
    "depends": ["backorder_atp"],
    "data": [
        "security/ir.model.access.csv",
        "security/backorder_event_rules.xml",
        "data/ir_cron_log.xml",
        "wizards/backorder_log_views.xml",
        "views/backorder_event_views.xml",
    ],
    "uninstall_hook": "uninstall_hook",
}
