# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.fields import Command


def open_every_day(calendar):
    """Let a company work every day, so that tests do not depend on the weekday."""
    calendar.attendance_ids = [Command.clear()] + [
        Command.create(
            {
                "name": f"Day {day}",
                "dayofweek": str(day),
                "hour_from": 8,
                "hour_to": 17,
            }
        )
        for day in range(7)
    ]
