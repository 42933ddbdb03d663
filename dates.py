# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Dates within the range that date arithmetic and PostgreSQL can handle.

Imports write 9999-12-31 or 0001-01-01 for "no date", and a vendor's lead time may have
been typed with too many digits. Such dates are treated as missing.

>>> today = date(2026, 11, 26)
>>> get_near_day(date(2027, 1, 1), today)
datetime.date(2027, 1, 1)
>>> get_near_day(date(9999, 12, 31), today), get_near_day(date(1, 1, 1), today)
(None, None)
>>> add_days(today, 2.4)
datetime.date(2026, 11, 29)
>>> add_days(today, 10**9) is None
True
"""

from datetime import date, timedelta
from math import ceil

# Twenty years: stock is not planned further ahead.
HORIZON_DAYS = 7305


def get_near_day(day, today):
    """Return ``day``, or None if it is too far away to be a real date."""
    return day if day and abs((day - today).days) <= HORIZON_DAYS else None


def add_days(day: date, days):
    """Return the date ``days`` after ``day``, or None beyond the horizon.

    :param day: a date or a datetime
    """
    days = ceil(days or 0)
    return day + timedelta(days=days) if abs(days) <= HORIZON_DAYS else None
