# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from .server_common import ServerCommon

CONNECTIONS = 10


@tagged("post_install", "-at_install")
class TestConnections(ServerCommon):
    """As many requests at once as a process has connections."""

    @classmethod
    def _start_server(cls, **options):
        # one process with threads: they share its connections
        threads = {"ODOO_MAX_HTTP_THREADS": str(CONNECTIONS)}
        return super()._start_server(
            **{**options, "workers": 0},
            options=[f"--db_maxconn={CONNECTIONS}"],
            environment=threads,
        )

    def test_as_many_confirm_at_once_as_there_are_connections(self):
        """B8: none fails for lack of a connection, and each refusal is logged."""
        product_id = self._create_product("Rush")
        self._set_stock(product_id, CONNECTIONS)
        order_ids = self._create_orders(product_id, 2 * CONNECTIONS)
        errors = self._press_at_once("sale.order", "action_confirm", order_ids)
        self.assertEqual(len(errors), CONNECTIONS)
        for error in errors.values():
            self.assertRegex(error.name, r"\.OrderValidationError$")
        self.assertEqual(
            self._get_event_orders("order:blocked", order_ids), sorted(errors)
        )
        self.assertNotIn("Pool", self.server.take_log())
