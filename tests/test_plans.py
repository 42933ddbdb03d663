# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import re
from contextlib import contextmanager
from unittest.mock import patch

from odoo.fields import Domain
from odoo.sql_db import Cursor
from odoo.tests import tagged

from ..models import stock_availability
from .common import BackorderCommon

# Tables that grow for ever. What is read of them has to be found by an index.
LARGE = re.compile(
    r"Seq Scan on (stock_move|stock_move_line|stock_quant|backorder_event)\b.*"
)
PAGE = 80


@tagged("post_install", "-at_install")
class TestPlans(BackorderCommon):
    """Large tables are read by their indexes only.

    PostgreSQL reads a small table as a whole, whatever its indexes. It is told to
    avoid that: where it still does, there is no index that it could use.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_stock(cls.protected, 5)
        cls.order = cls._confirm((cls.protected, 2), (cls.backorderable, 3))
        cls.products = cls.env["product.product"].search([], limit=PAGE)

    @contextmanager
    def _explaining(self):
        """Yield a list of the sequential scans of what is read within."""
        found = []
        execute = Cursor.execute

        def explain(cr, query, params=None, log_exceptions=True):
            text = cr.mogrify(*self._split(query, params)).decode()
            if re.match(r"\s*(SELECT|WITH)\b", text) and ";" not in text:
                execute(cr, "SET LOCAL enable_seqscan = off")
                execute(cr, "EXPLAIN " + text.replace("%", "%%"), ())
                plan = "\n".join(row[0] for row in cr._obj.fetchall())
                found.extend((row[0], text) for row in LARGE.finditer(plan))
                execute(cr, "SET LOCAL enable_seqscan = on")
            return execute(cr, query, params, log_exceptions)

        with (
            patch.object(Cursor, "execute", explain),
            patch.object(stock_availability, "PLANNED_PRODUCTS", 0),
        ):
            yield found

    def _split(self, query, params):
        code = getattr(query, "code", None)
        return (query, params) if code is None else (code, query.params)

    def _assert_indexed(self, work):
        self.env.flush_all()
        self.env.invalidate_all()
        with self._explaining() as found:
            work()
            self.env.flush_all()
        self.assertFalse(found)

    def test_search_without_an_index_is_noticed(self):
        """A1: by the way this test looks at plans."""
        moves = self.env["stock.move"]
        with self._explaining() as found:
            moves.search([("inventory_name", "=", "no index has it")])
        self.assertTrue(found)

    def test_availability_of_a_page(self):
        """A1: with every component."""
        self._assert_indexed(
            lambda: self.availability.get_availability(self.products, self.warehouse)
        )

    def test_explanation(self):
        """A1: every row behind a figure."""
        self._assert_indexed(
            lambda: self.availability.explain(self.protected.id, self.warehouse.ids)
        )

    def test_confirmation(self):
        """B3: from the demand to the reservation."""
        order = self._create_order((self.protected, 1), (self.backorderable, 1))
        self._assert_indexed(order.action_confirm)

    def test_retry(self):
        """C2: the queue of a product, and everything that depends on it."""
        self._force_stock(self.backorderable, 3)
        self._assert_indexed(self._run_retries)
        self.assertEqual(self.order.backorder_state, "allocated")

    def test_board(self):
        """C5: the list of orders on backorder, as it opens."""
        action = self.env["sale.order"]._get_board_action(Domain.TRUE)
        orders = self.env["sale.order"]
        fields = {"name": {}, "backorder_age": {}, "backorder_state": {}}
        self._assert_indexed(
            lambda: orders.web_search_read(action["domain"], fields, limit=PAGE)
        )

    def test_overview(self):
        """C5: everything that needs attention, with its figures."""
        self._assert_indexed(
            self._as("manager", self.env["backorder.overview"]).get_overview
        )

    def test_log(self):
        """B6: the newest entries, and those of an order or product."""
        events = self.events
        for domain in (
            [],
            [("order_id", "=", self.order.id)],
            [("product_id", "=", self.protected.id)],
        ):
            with self.subTest(domain=domain):
                self._assert_indexed(
                    lambda domain=domain: events.search(domain, limit=PAGE)
                )
