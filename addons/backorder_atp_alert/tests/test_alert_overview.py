# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.common import BackorderCommon


@tagged("post_install", "-at_install")
class TestAlertOverview(BackorderCommon):
    """The overview has one line for each product, whatever its alerts."""

    def _get_section(self):
        overview = self._as("manager", self.env["backorder.overview"]).get_overview()
        found = {section["key"]: section for section in overview["sections"]}
        return found["alerts"]

    def _raise_alerts(self):
        """Return the alerts of an order of which nothing is in stock or on order."""
        self._confirm((self.backorderable, 10))
        alerts = self.env["backorder.alert"]
        alerts._update(self.company)
        raised = alerts.search([("product_id", "=", self.backorderable.id)])
        self.assertGreater(len(raised), 1)
        return raised

    def test_product_has_one_line_for_all_its_alerts(self):
        """D8: the line names each kind of alert, and opens all of them."""
        alerts = self._raise_alerts()
        section = self._get_section()
        [line] = [
            line
            for line in section["lines"]
            if line["title"] == self.backorderable.display_name
        ]
        self.assertIn("Backorder", line["detail"])
        self.assertIn("Insufficient Supply", line["detail"])
        opened = self._as("manager", alerts.browse(line["id"]))
        action = getattr(opened, line["open"])()
        self.assertEqual(alerts.search(action["domain"]), alerts)

    def test_products_are_counted_not_alerts(self):
        """D8: the number is that of the products of the list."""
        self._raise_alerts()
        section = self._get_section()
        listed = self.env["backorder.alert"].search(section["domain"])
        self.assertEqual(section["count"], len(listed.product_id))

    def test_only_alert_of_a_product_opens_its_form(self):
        """D8: there is nothing to choose from."""
        alerts = self._raise_alerts()
        (alerts - alerts[0])._close()
        action = self._as("manager", alerts[0]).action_open_product_alerts()
        self.assertEqual(action["res_id"], alerts[0].id)
