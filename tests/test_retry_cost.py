# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from .common import BackorderCommon

# What each further order of a batch may take, in statements: its reservation is written
# on its own, everything else together.
FOR_EACH_ORDER = 3
FEW, MANY = 5, 15


@tagged("post_install", "-at_install")
class TestRetryCost(BackorderCommon):
    """C2: what a retry costs, in statements instead of in time."""

    def _retry(self, count):
        """Return the orders that a retry serves, and how many statements it took."""
        product = self._create_product(f"For {count}", allow_backorder="yes")
        orders = self.env["sale.order"].concat(
            *(self._confirm((product, 1)) for _number in range(count))
        )
        self.env["backorder.retry"].search([]).unlink()
        self._force_stock(product, count)
        self.cr.flush()  # with the notes about what happened so far
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        self._run_retries()
        self.cr.flush()
        return orders, self.cr.sql_log_count - before

    def test_each_further_order_takes_few_statements(self):
        """C2: rows of stock are searched once, notes are written together."""
        self._retry(FEW)  # plans and rights are read
        few, many = self._retry(FEW)[1], self._retry(MANY)[1]
        self.assertLessEqual(many - few, FOR_EACH_ORDER * (MANY - FEW))

    def test_each_order_gets_its_own(self):
        """C2: no order is reserved twice, and the last row is shared out."""
        orders, _statements = self._retry(FEW)
        self.assertEqual(set(orders.mapped("backorder_state")), {"allocated"})
        moves = orders.picking_ids.move_ids
        self.assertEqual(moves.mapped("quantity"), [1.0] * FEW)
        [quant] = moves.move_line_ids.location_id.quant_ids & self.env[
            "stock.quant"
        ].search([("product_id", "=", moves.product_id.id)])
        self.assertEqual((quant.quantity, quant.reserved_quantity), (FEW, FEW))

    def test_each_delivery_says_that_it_is_ready(self):
        """C2: in its chatter, as in Odoo."""
        orders, _statements = self._retry(FEW)
        for picking in orders.picking_ids:
            values = picking.message_ids.sudo().tracking_value_ids
            ready = values.filtered(lambda value: value.field_id.name == "state")[:1]
            self.assertEqual(ready.new_value_char, "Ready")
            self.assertEqual(ready.mail_message_id.res_id, picking.id)
