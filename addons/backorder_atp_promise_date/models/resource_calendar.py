# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime, time, timedelta

from dateutil.relativedelta import relativedelta
from pytz import timezone

from odoo import models
from odoo.tools import ormcache

# How many days ahead the next working day is searched.
CALENDAR_DAYS = 31


class ResourceCalendar(models.Model):
    """Cached working days of a company, which every promised date reads."""

    _name = "resource.calendar"
    _inherit = ["resource.calendar", "resource.working.days.mixin"]

    def _get_next_working_day(self, day):
        """Return ``day`` if it is a working day, or the next working day.

        Without a calendar, or a working day within a month, it is ``day`` itself.
        """
        ahead = (day + timedelta(days=number) for number in range(CALENDAR_DAYS + 1))
        return next(filter(self._is_working_day, ahead), day) if self else day

    def _is_working_day(self, day):
        return day in self._get_working_days(day.replace(day=1))

    @ormcache("self.id", "month")
    def _get_working_days(self, month):
        """Return the working days of a month, without public holidays.

        :param month: its first day
        """
        zone = timezone(self.tz or "UTC")
        last = month + relativedelta(months=1, days=-1)
        intervals = self._work_intervals_batch(
            zone.localize(datetime.combine(month, time.min)),
            zone.localize(datetime.combine(last, time.max)),
        )[False]
        return frozenset(start.date() for start, _stop, _meta in intervals)
