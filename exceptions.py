# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The exceptions of this addon. The web client shows both as a dialog."""

from odoo.exceptions import UserError

# The web client selects the dialog by the exact name of the error, or by this key.
SHOWN_AS = {"exception_class": "odoo.exceptions.UserError"}


class InsufficientStockError(UserError):
    """Stock would fall below zero where that is not allowed.

    The message lists every product and location that is short, with the available
    and the requested quantity. The operation is rolled back.
    """

    context = SHOWN_AS


class OrderValidationError(UserError):
    """The demand of an order or a soft reservation exceeds what can be promised.

    The message lists every short line of every refused order with the requested and
    the available quantity, the reason and what to do. The orders are not changed.

    :param shortages: the short lines, for callers that return them as data
    """

    context = SHOWN_AS

    def __init__(self, message, shortages=()):
        super().__init__(message)
        self.shortages = shortages
