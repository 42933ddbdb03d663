# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.backorder_atp_fastapi.models import backorder_event

from .common import ApiCommon


@tagged("post_install", "-at_install")
class TestEvents(ApiCommon):
    def _list(self, role="viewer", **params):
        return self._get_json("/events", role, params=params)

    def _get_end(self):
        return self.events._get_last_id()

    def test_feed(self):
        """B6: all entries since the cursor, in order, once."""
        start = self._get_end()
        order = self._confirm((self.backorderable, 3))
        with patch.object(
            backorder_event.BackorderEvent, "_get_feed_end", self._get_end_of(order)
        ):
            body = self._list(after=start)
            types = [event["type"] for event in body["events"]]
            self.assertIn("order:backordered", types)
            ids = [event["id"] for event in body["events"]]
            self.assertEqual(ids, sorted(ids))
            self.assertGreater(ids[0], start)
            event = body["events"][types.index("order:backordered")]
            self.assertEqual(
                (event["orderId"], event["orderNumber"], event["companyId"]),
                (order.id, order.name, self.company.id),
            )
            self.assertEqual(event["payload"]["newStatus"], "backordered")
            again = self._list(after=body["nextCursor"])
            self.assertEqual(again["events"], [])
            self.assertEqual(again["nextCursor"], body["nextCursor"])

    def _get_end_of(self, _order):
        """A test never commits: let its own transaction count as ended."""
        return lambda events: events._get_last_id()

    def test_pages(self):
        """B6: all pages, without gaps."""
        start = self._get_end()
        for _number in range(5):
            self._confirm((self.backorderable, 1))
        with patch.object(
            backorder_event.BackorderEvent, "_get_feed_end", self._get_end_of(None)
        ):
            whole = self._list(after=start, limit=500)
            self.assertFalse(whole["hasMore"])
            seen, cursor, more = [], start, True
            while more:
                body = self._list(after=cursor, limit=2)
                seen += body["events"]
                cursor, more = body["nextCursor"], body["hasMore"]
        self.assertEqual(seen, whole["events"])

    def test_filters(self):
        """B6: by type and by order."""
        order = self._confirm((self.backorderable, 1))
        self._confirm((self.backorderable, 1))
        with patch.object(
            backorder_event.BackorderEvent, "_get_feed_end", self._get_end_of(None)
        ):
            body = self._list(orderId=order.id, type=["order:backordered", "unknown"])
        self.assertEqual(
            [(row["type"], row["orderId"]) for row in body["events"]],
            [("order:backordered", order.id)],
        )

    def test_feed_ends_before_open_transactions(self):
        """B6: the feed ends before ids that may still become visible."""
        end = self.events._get_feed_end()
        self._confirm((self.backorderable, 1))
        # this transaction is not committed, so its entries are not final
        self.assertGreater(self._get_end(), end)
        self.assertEqual(self.events._get_feed_end(), end)
        body = self._list(after=end)
        self.assertEqual((body["events"], body["nextCursor"]), ([], end))

    def test_mark_survives_a_savepoint(self):
        """B6: a partial rollback does not release the mark."""
        savepoint = self.env.cr.savepoint()
        self.events._log("order:split", company=self.company)
        end = self.events._get_feed_end()
        self.assertLess(end, self._get_end())
        savepoint.close(rollback=True)
        self.events._log("order:split", company=self.company)
        self.assertEqual(self.events._get_feed_end(), end)

    def test_cursor_from_nowhere(self):
        """B6: any cursor gets a response."""
        body = self._list(after=2**63 - 1)
        self.assertEqual((body["events"], body["nextCursor"]), ([], 2**63 - 1))
        for after in (-1, 2**63, "x"):
            response = self._call("GET", "/events", "viewer", params={"after": after})
            self._assert_problem(response, 422, "validation")

    def test_other_companies(self):
        """B6: the feed has entries of the own company only."""
        self.events._log("order:split", company=self.env.ref("base.main_company"))
        with patch.object(
            backorder_event.BackorderEvent, "_get_feed_end", self._get_end_of(None)
        ):
            body = self._list(type="order:split", limit=500)
        self.assertEqual(body["events"], [])

    def test_who_may_read(self):
        """C10: viewers and above."""
        self._assert_problem(self._call("GET", "/events", "sales"), 403, "forbidden")
        for role in ("viewer", "operator", "manager", "finance", "admin"):
            self._list(role)
