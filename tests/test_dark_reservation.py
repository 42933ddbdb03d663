# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.fields import Command
from odoo.tests import tagged

from .common import BackorderCommon


class DarkReservationCommon(BackorderCommon):
    """In the monitor phase stock is reserved as in plain Odoo."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.promise_phase = "dark"

    def _create_queue(self, number):
        orders = self.env["sale.order"]
        for _number in range(number):
            orders += self._confirm((self.protected, 1))
        return orders

    def _get_reserved(self, orders):
        return orders.filtered(lambda order: order.picking_ids.state == "assigned")


@tagged("post_install", "-at_install")
class TestDarkReservation(DarkReservationCommon):
    def test_starred_transfer_comes_first_and_all_are_reserved(self):
        """B9, C3: by priority, then date, as far as stock allows."""
        orders = self._create_queue(30)
        orders[-1].picking_ids.priority = "1"
        self._receive(self.protected, 1)
        self.assertEqual(self._get_reserved(orders), orders[-1])
        self._receive(self.protected, 29)
        self.assertEqual(self._get_reserved(orders), orders)

    def test_nothing_is_reserved_that_odoo_would_not_reserve(self):
        """B9, C2: stock freed by a cancelled order is left to Odoo's scheduler; the
        states are still recorded."""
        self._set_stock(self.protected, 1)
        first, second = self._create_queue(2)
        first._action_cancel()
        self._run_retries()
        self.assertFalse(self._get_reserved(second))
        self.assertEqual(second.order_line.backorder_qty, 1)
        third = self._confirm((self.protected, 1))
        self.assertEqual(self._get_reserved(second | third), third)

    def test_transfer_that_ships_together_is_partially_reserved(self):
        """B9: as in plain Odoo."""
        self._set_stock(self.protected, 4)
        order = self._confirm((self.protected, 10), picking_policy="one")
        self.assertEqual(order.picking_ids.move_ids.quantity, 4)

    def test_arrival_in_one_company_follows_its_own_phase(self):
        """B9: another company's phase has no effect."""
        hard = self.env["res.company"].create({"name": "Hard"})
        self.env.user.company_ids = [Command.link(hard.id)]
        hard.promise_phase = "hard"
        orders = self._create_queue(2)
        orders[-1].picking_ids.priority = "1"
        receipt = self._create_receipt(self.protected, 1).with_context(
            allowed_company_ids=[hard.id, self.company.id]
        )
        self._validate(receipt, 1)
        self.assertEqual(self._get_reserved(orders), orders[-1])
