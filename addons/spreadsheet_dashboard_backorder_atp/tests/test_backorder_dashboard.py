# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json
from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.common import BackorderCommon
from odoo.addons.spreadsheet.utils.validate_data import (
    fields_in_spreadsheet,
    menus_xml_ids_in_spreadsheet,
)


@tagged("post_install", "-at_install")
class TestBackorderDashboard(BackorderCommon):
    """C11: backorders in the Dashboards app."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dashboard = cls.env.ref(
            "spreadsheet_dashboard_backorder_atp.spreadsheet_dashboard_backorders"
        )
        cls.data = json.loads(cls.dashboard.spreadsheet_data)

    def test_odoo_finds_every_field_and_menu(self):
        """C11: Odoo's own check of a dashboard, which only tests run."""
        self.dashboard._check_spreadsheet_data()
        self.assertIn("backorder.report", fields_in_spreadsheet(self.data))
        self.assertTrue(menus_xml_ids_in_spreadsheet(self.data))

    def test_every_figure_and_chart_opens_its_list(self):
        """C11: nothing stands there that cannot be clicked."""
        charts = {figure["id"] for figure in self.data["sheets"][0]["figures"]}
        self.assertEqual(set(self.data["chartOdooMenusReferences"]), charts)

    def test_filters_reach_everything(self):
        """C11: a filter that skips a figure would make the figures disagree."""
        filters = {each["id"] for each in self.data["globalFilters"]}
        charts = [
            figure["data"]
            for figure in self.data["sheets"][0]["figures"]
            if figure["data"]["type"].startswith("odoo_")
        ]
        for source in [*self.data["pivots"].values(), *charts]:
            self.assertEqual(set(source["fieldMatching"]), filters)

    def test_figures_are_those_of_the_board(self):
        """C11: the same orders, value and age as on the overview."""
        with freeze_time(fields.Datetime.now() - timedelta(days=5, hours=2)):
            self._confirm((self.backorderable, 3))
        held = self._confirm((self.backorderable, 2))
        self._as("operator", held).action_hold("to be checked")
        board = self._as("viewer", self.env["backorder.board"]).get_figures()
        backordered, on_hold = (
            self._read_pivot(self.data["pivots"][number]) for number in "12"
        )
        self.assertEqual(
            (
                backordered["order_id:count_distinct"],
                on_hold["order_id:count_distinct"],
            ),
            (board["orders_backordered"], board["orders_on_hold"]),
        )
        self.assertAlmostEqual(backordered["value:sum"], board["shortage_value"])
        self.assertEqual(backordered["age_days:max"], board["oldest_days"])

    def _read_pivot(self, pivot):
        """Read what the spreadsheet asks the server for."""
        measures = [measure["id"] for measure in pivot["measures"]]
        model = self._as("viewer", self.env[pivot["model"]])
        [row] = model.formatted_read_group(pivot["domain"], [], measures)
        return row

    def test_it_is_for_viewers_of_backorders(self):
        """B5: others do not find it in the app."""
        self.assertTrue(self._as("viewer", self.dashboard).name)
        with self.assertRaises(AccessError):
            self._as("sales", self.dashboard).read(["name"])
