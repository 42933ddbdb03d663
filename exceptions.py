# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The two refusals of this addon. Both end as a dialog in the web client."""

from odoo.exceptions import UserError

# The web client knows a dialog by the exact name of the error, or by this.
SHOWN_AS = {"exception_class": "odoo.exceptions.UserError"}


class InsufficientStockError(UserError):
    """Stock would fall below zero where that is not allowed.

    The message names every product and location that falls short, with what
    is available and what was requested there. Nothing has changed.
    """

    context = SHOWN_AS


class OrderValidationError(UserError):
    """An order, or a soft reservation, asks for more than can be promised.

    The message lists every short line of every refused order: requested,
    available, why, and what to do. The orders are as they were.

    :param shortages: the short lines, for callers that return them as data
    """

    context = SHOWN_AS

    def __init__(self, message, shortages=()):
        super().__init__(message)
        self.shortages = shortages
