# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.test_tours import TourCommon


@tagged("post_install", "-at_install", "is_tour")
class TestAlertTour(TourCommon):
    def test_operator_opens_an_alert(self):
        """D8: the figures, the recommendation, and the button for it."""
        self.backorderable.seller_ids = [Command.create({"partner_id": self.vendor.id})]
        self._confirm((self.backorderable, 10))
        self.env["backorder.alert"]._update(self.company)
        self._start("backorder_atp_alerts", "operator")
