# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.http_server import RemoteError
from odoo.addons.backorder_atp.tests.server_common import WITH_FEATURES
from odoo.addons.backorder_atp.tests.test_concurrency import ConcurrencyCommon


@tagged("post_install", "-at_install")
class TestReservationConcurrency(ConcurrencyCommon):
    """Stock is kept once, by several server processes (E5, B8)."""

    modules = WITH_FEATURES

    def _prepare_reservation(self, product_id):
        return {
            "product_id": product_id,
            "warehouse_id": self.warehouse["id"],
            "quantity": 1,
            "partner_id": self.customer,
        }

    def _reserve_one(self, product_id):
        values = self._prepare_reservation(product_id)
        return lambda client: client.call("stock.soft.reservation", "create", [values])

    def test_last_units_are_reserved_once(self):
        """E5, B8: many reserve at once; no more than the stock succeeds."""
        product_id = self._create_product("Last Table")
        self._set_stock(product_id, 3)
        answers = self._run_in_sessions([self._reserve_one(product_id)] * 8)
        errors = [answer for answer in answers if isinstance(answer, RemoteError)]
        self.assertEqual(len(errors), 5)
        for error in errors:
            self.assertRegex(error.name, r"\.OrderValidationError$")
        reserved = [("product_id", "=", product_id), ("state", "=", "active")]
        self.assertEqual(self._count("stock.soft.reservation", *reserved), 3)

    def test_last_units_are_reserved_or_sold(self):
        """E5, B8: reservations and orders of others take the same units once."""
        product_id = self._create_product("Last Bed")
        self._set_stock(product_id, 3)
        [rival] = self._create("res.partner", {"name": "Rival"})
        order_ids = self._create_orders(product_id, 4)
        self.admin.call("sale.order", "write", order_ids, {"partner_id": rival})
        requests = [self._confirm_one(order_id) for order_id in order_ids]
        requests += [self._reserve_one(product_id)] * 4
        answers = self._run_in_sessions(requests)
        errors = [answer for answer in answers if isinstance(answer, RemoteError)]
        self.assertEqual(len(errors), 5)
        sold = self._count(
            "sale.order", ("id", "in", order_ids), ("state", "=", "sale")
        )
        reserved = self._count(
            "stock.soft.reservation", ("product_id", "=", product_id)
        )
        self.assertEqual(sold + reserved, 3)
        self._finish_all_retries()
        self.assertEqual(self._get_stock(product_id), (3, sold))

    def test_two_expiries_at_once_expire_each_reservation_once(self):
        """E5: scheduled actions beside each other share the work."""
        product_id = self._create_product("Forgotten")
        self._set_stock(product_id, 20)
        self._create(
            "stock.soft.reservation", *[self._prepare_reservation(product_id)] * 20
        )
        expire = (
            'env.cr.execute("UPDATE stock_soft_reservation SET expiry_date = now()'
            " AT TIME ZONE 'UTC' - interval '1 minute'"
            f' WHERE product_id = {product_id}")\n'
            "env.cr.commit()\n"
        )
        self._finish(self._start_pass(expire))
        run = 'env["stock.soft.reservation"]._cron_expire()\nenv.cr.commit()\n'
        self._finish(self._start_pass(run), self._start_pass(run))
        self._finish(self._start_pass(run))
        domain = [("product_id", "=", product_id)]
        expired = [*domain, ("state", "=", "expired")]
        self.assertEqual(self._count("stock.soft.reservation", *expired), 20)
        events = [*domain, ("event_type", "=", "reservation:expired")]
        self.assertEqual(self._count("backorder.event", *events), 20)
