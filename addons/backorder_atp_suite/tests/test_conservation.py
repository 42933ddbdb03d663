# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.backorder_atp_alert.tests.test_conservation import ConservationCommon


@tagged("post_install", "-at_install")
class TestConservation(ConservationCommon):
    """Whatever the features keep apart is accounted for."""

    def test_everything_adds_up(self):
        """E8: orders, buffers, holds, quarantine, short and negative stock."""
        cage = self._create_quarantine()
        self._set_stock(self.protected, 4, cage)
        self._receive(self.protected, 2, self.warehouse.wh_input_stock_loc_id)
        quotation = self._create_order((self.protected, 3))
        wizard = self._open_wizard(quotation.action_open_stock_hold())
        wizard.save().action_hold()
        delivery = self._create_picking(
            self.warehouse.out_type_id,
            self.stock,
            self.env.ref("stock.stock_location_customers"),
            (self.backorderable, 6),
        )
        with self.env["stock.move"]._booking_facts():
            self._validate(delivery, 6)
        self.assertLess(self._get(self.backorderable, "pickable"), 0)
        self.assertFalse(self._check())
