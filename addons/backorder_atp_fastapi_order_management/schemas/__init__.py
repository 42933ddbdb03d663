# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import (
    alternative,
    customer,
    examples,
    goodwill,
    job,
    opportunity,
    reservation,
    shipment,
)
