# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from fastapi import APIRouter

from odoo import models

from odoo.addons.backorder_atp_fastapi.models.fastapi_endpoint import APP

from ..routers import (
    alternatives,
    customers,
    goodwill,
    jobs,
    opportunities,
    reservations,
    shipments,
)


class FastapiEndpoint(models.Model):
    _inherit = "fastapi.endpoint"

    def _get_fastapi_routers(self) -> list[APIRouter]:
        """Add the operations of this addon to the API."""
        routers = super()._get_fastapi_routers()
        if self.app != APP:
            return routers
        return [
            *routers,
            reservations.router,
            customers.router,
            alternatives.router,
            goodwill.router,
            opportunities.router,
            shipments.router,
            jobs.router,
        ]
