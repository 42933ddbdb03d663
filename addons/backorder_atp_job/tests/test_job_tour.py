# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import HttpCase, tagged

from odoo.addons.backorder_atp.tests.common import BackorderCommon


@tagged("post_install", "-at_install", "is_tour")
class TestJobTour(BackorderCommon, HttpCase):
    def test_operator_fulfils_many_in_the_background(self):
        """C6: with more orders than one retry, a dialog shows the progress."""
        self.company.backorder_retry_batch = 1
        orders = self._confirm((self.backorderable, 2))
        orders += self._confirm((self.backorderable, 2))
        operator = self.users["operator"]
        operator.password = operator.login
        self.start_tour(
            "/odoo", "backorder_atp_job_background", login=operator.login, timeout=120
        )
        self.assertEqual(self.env["backorder.job"].search([]).queue, orders.ids)
