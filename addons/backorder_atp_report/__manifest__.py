# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Backorders & Available to Promise: Reports",
    "summary": "Live figures, reports, daily history, service level, monthly report",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "license": "AGPL-3",
    "author": "backorder_atp contributors",
    "depends": ["backorder_atp_promise_date"],
    "data": [
        "security/ir.model.access.csv",
        "security/backorder_report_rules.xml",
        "security/backorder_history_rules.xml",
        "data/ir_cron_report.xml",
        "report/backorder_oversell_report_views.xml",
        "report/backorder_override_report_views.xml",
        "report/backorder_rollout_report_views.xml",
        "views/res_config_settings_views.xml",
        "views/backorder_board_views.xml",
        "report/backorder_summary_templates.xml",
        "data/mail_template_summary.xml",
        "wizards/backorder_summary_views.xml",
        "report/backorder_report_views.xml",
        "report/backorder_service_report_views.xml",
        "views/menus.xml",
    ],
    "assets": {
        "web.assets_backend": ["backorder_atp_report/static/src/**/*"],
        "web.assets_tests": ["backorder_atp_report/static/tests/tours/**/*"],
    },
}
