# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

from odoo.addons.backorder_atp.models.backorder_overview import VIEWER_GROUP

from .backorder_board import BUS_CHANNEL


class IrWebsocket(models.AbstractModel):
    _inherit = "ir.websocket"

    def _build_bus_channel_list(self, channels):
        """Subscribe users to the channels of their own companies only."""
        channels = list(channels)
        if BUS_CHANNEL in channels:
            channels.remove(BUS_CHANNEL)
            if self.env.user.has_group(VIEWER_GROUP):
                channels += [
                    (company, BUS_CHANNEL) for company in self.env.user.company_ids
                ]
        return super()._build_bus_channel_list(channels)
