# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from odoo.addons.backorder_atp.tests.common import BackorderCommon
from odoo.addons.bus.models.ir_websocket import IrWebsocket


@tagged("post_install", "-at_install")
class TestDashboard(BackorderCommon):
    def _get_figures(self, role="viewer"):
        self.env.flush_all()
        return self._as(role, self.env["backorder.board"]).get_figures()

    def _set_backordered_since(self, order, **ago):
        """Set the start of the backorder of ``order`` in the past."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order SET backordered_since = %s WHERE id = %s",
            (fields.Datetime.now() - timedelta(**ago), order.id),
        )
        order.invalidate_recordset()

    # ------------------------------------------------------------------
    # Figures
    # ------------------------------------------------------------------

    def test_figures(self):
        """C5: orders, products, oldest, shortage and its value, on hold."""
        other = self._create_product("Other", allow_backorder="yes")
        self._set_stock(self.backorderable, 1)
        oldest = self._confirm(
            {
                "product_id": self.backorderable.id,
                "product_uom_qty": 4,
                "price_unit": 10,
                "discount": 50,
                "tax_ids": False,
            }
        )
        self._confirm((other, 2), (self.backorderable, 1)).order_line.price_unit = 0
        self._confirm((other, 5)).action_hold("later")
        self._set_backordered_since(oldest, days=9, hours=1)
        figures = self._get_figures()
        self.assertEqual(
            (figures["orders_backordered"], figures["orders_on_hold"]), (2, 1)
        )
        self.assertEqual(figures["products_short"], 2)
        self.assertEqual((figures["shortage_qty"], figures["held_qty"]), (3 + 2 + 1, 5))
        self.assertEqual((figures["oldest_days"], figures["oldest_bucket"]), (9, "d08"))
        held_value = 5 * other.lst_price
        self.assertEqual(figures["shortage_value"], 3 * 5)
        self.assertEqual(figures["held_value"], held_value)
        self.assertEqual(figures["currency_id"], self.company.currency_id.id)

    def test_value_is_in_the_currency_of_the_company(self):
        """C5: an order in another currency is converted at its rate."""
        currency = self.env["res.currency"].create(
            {
                "name": "PKC",
                "symbol": "P",
                "rate_ids": [
                    fields.Command.create({"rate": 4, "company_id": self.company.id})
                ],
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Abroad", "currency_id": currency.id}
        )
        self._confirm(
            {
                "product_id": self.backorderable.id,
                "product_uom_qty": 2,
                "price_unit": 20,
                "tax_ids": False,
            },
            pricelist_id=pricelist.id,
        )
        self.assertEqual(self._get_figures()["shortage_value"], 10)

    def test_no_backorders(self):
        """C5: an empty board shows zeros."""
        figures = self._get_figures()
        names = [
            "orders_backordered",
            "products_short",
            "oldest_days",
            "shortage_value",
        ]
        self.assertEqual([figures[name] for name in names], [0] * 4)
        self.assertFalse(figures["oldest_bucket"])
        self.assertEqual(
            figures["retries"],
            {"count": 0, "oldest_minutes": 0, "is_late": False, "late_in": False},
        )

    def test_filled_this_week(self):
        """C5: allocated orders count, cancelled ones do not."""
        filled, cancelled = (self._confirm((self.backorderable, 1)) for _ in range(2))
        self.env.flush_all()
        cancelled._action_cancel()
        self._set_stock(self.backorderable, 5)
        self._run_retries()
        self.assertEqual(filled.backorder_state, "allocated")
        self.assertEqual(len(self._get_events("order:backorder_resolved")), 2)
        self.assertEqual(self._get_figures()["filled_this_week"], 1)

    def test_own_documents_only(self):
        """C10: salespersons with access to own orders have their own figures."""
        salesman = new_test_user(
            self.env,
            "own_only",
            "sales_team.group_sale_salesman,backorder_atp.group_backorder_viewer",
            company_id=self.company.id,
            company_ids=[fields.Command.set(self.company.ids)],
        )
        self._confirm((self.backorderable, 1), user_id=salesman.id)
        self._confirm((self.backorderable, 1), user_id=self.users["sales"].id)
        self.env.flush_all()
        board = self.env["backorder.board"].with_user(salesman)
        self.assertEqual(board.get_figures()["orders_backordered"], 1)
        self.assertEqual(self._get_figures()["orders_backordered"], 2)

    def test_other_companies_do_not_count(self):
        """C5: only allowed companies."""
        self._confirm((self.backorderable, 1))
        other = self.env["res.company"].create({"name": "Elsewhere"})
        user = new_test_user(
            self.env,
            "elsewhere",
            "backorder_atp.group_backorder_viewer",
            company_id=other.id,
            company_ids=[fields.Command.set(other.ids)],
        )
        self.env.flush_all()
        board = self.env["backorder.board"].with_user(user)
        figures = board.with_context(allowed_company_ids=other.ids).get_figures()
        self.assertEqual(figures["orders_backordered"], 0)
        self.assertEqual(figures["retries"]["count"], 0)

    def test_only_viewers(self):
        """C10: without a role there is no board."""
        with self.assertRaisesRegex(AccessError, "Viewer"):
            self._get_figures("sales")

    # ------------------------------------------------------------------
    # Overdue retries
    # ------------------------------------------------------------------

    def _get_retries(self, **ago):
        self.env.cr.execute(
            "UPDATE backorder_retry SET since = %s",
            [fields.Datetime.now() - timedelta(**ago)],
        )
        self.env.invalidate_all()
        return self._get_figures()["retries"]

    def test_overdue_retry_shows_a_warning(self):
        """C5: stock not allocated within the set time shows a warning."""
        self.company.backorder_retry_minutes = 20
        self.retries._enqueue({(self.backorderable.id, self.warehouse.id): "receipt"})
        retries = self._get_retries(minutes=19)
        self.assertFalse(retries["is_late"])
        self.assertAlmostEqual(retries["late_in"], 60, delta=5)
        retries = self._get_retries(minutes=21)
        self.assertTrue(retries["is_late"])
        self.assertEqual((retries["count"], retries["oldest_minutes"]), (1, 21))

    def test_postponed_retry_keeps_its_age(self):
        """C5: its age is measured from the arrival of the stock."""
        self.retries._enqueue({(self.backorderable.id, self.warehouse.id): "receipt"})
        self._get_retries(minutes=30)
        self.retries.search([])._set_aside("retry", ValueError("broken"))
        self.assertEqual(self._get_figures()["retries"]["oldest_minutes"], 30)

    # ------------------------------------------------------------------
    # Age
    # ------------------------------------------------------------------

    def test_age_buckets(self):
        """C5: each order is in the range of its full days, also in groups."""
        expected = {0: "d00", 2: "d00", 3: "d03", 8: "d08", 30: "d15", 31: "d31"}
        orders = self.env["sale.order"]
        for days, bucket in expected.items():
            order = self._confirm((self.backorderable, 1))
            self._set_backordered_since(order, days=days, hours=1)
            self.assertEqual(order.backorder_age_bucket, bucket)
            orders += order
        for bucket in set(expected.values()):
            found = orders.search([("backorder_age_bucket", "=", bucket)]) & orders
            self.assertEqual(
                found, orders.filtered(lambda o, b=bucket: o.backorder_age_bucket == b)
            )
        groups = orders._read_group(
            [("id", "in", orders.ids)], ["backorder_age_bucket"], ["__count"]
        )
        self.assertEqual(
            groups, [("d00", 2), ("d03", 1), ("d08", 1), ("d15", 1), ("d31", 1)]
        )
        ageless = self._create_order((self.backorderable, 1))
        self.assertIn(ageless, orders.search([("backorder_age_bucket", "=", False)]))

    def test_products_by_age(self):
        """C5: a product has the age of its oldest backorder."""
        self._set_backordered_since(self._confirm((self.backorderable, 1)), days=20)
        self._confirm((self.backorderable, 1))
        rows = self.env["backorder.product"].search([("age_bucket", "=", "d15")])
        self.assertEqual(rows.product_id, self.backorderable)

    def test_fill_rate_of_an_order(self):
        """C5: the share that is not short, in the products' units."""
        dozen = self.env.ref("uom.product_uom_dozen")
        self._set_stock(self.backorderable, 9)
        line = {
            "product_id": self.backorderable.id,
            "product_uom_id": dozen.id,
            "product_uom_qty": 1,
        }
        self.assertAlmostEqual(self._confirm(line).backorder_fill_rate, 75)
        self.assertEqual(self._create_order().backorder_fill_rate, 0)

    # ------------------------------------------------------------------
    # Products short
    # ------------------------------------------------------------------

    def test_earliest_arrival_and_resolution(self):
        """C5, D3: incoming quantity, date, and whether it is enough."""
        self._confirm((self.backorderable, 9))
        row = self.env["backorder.product"].search(
            [("product_id", "=", self.backorderable.id)]
        )
        self.assertEqual((row.resolution, row.missing_qty), ("needs_purchase", 9))
        self.assertFalse(row.incoming_date)
        late = self._create_receipt(self.backorderable, 5)
        late.move_ids.date = "2040-02-01"
        self._create_receipt(self.backorderable, 3).move_ids.date = "2040-01-01"
        self.env.invalidate_all()
        self.assertEqual((row.incoming_qty, row.missing_qty), (8, 1))
        self.assertEqual(fields.Date.to_string(row.incoming_date), "2040-01-01")
        self.assertEqual(row.incoming_qty, self._get(self.backorderable, "incoming"))
        late.move_ids.product_uom_qty = 6
        self.env.invalidate_all()
        self.assertEqual((row.resolution, row.missing_qty), ("resolvable", 0))

    def test_impact(self):
        """C11: number of backorders times shortage, and shortage per order."""
        self._confirm((self.backorderable, 2))
        self._confirm((self.backorderable, 4))
        row = self.env["backorder.product"].search(
            [("product_id", "=", self.backorderable.id)]
        )
        self.assertEqual((row.impact, row.average_qty), (12, 3))
        self.assertEqual(row.value, 6 * self.backorderable.lst_price)

    # ------------------------------------------------------------------
    # Refresh
    # ------------------------------------------------------------------

    def _get_messages(self):
        """Run the precommit hooks and return the messages of the boards."""
        self.env.cr.flush()
        return [
            json.loads(message.message)["payload"]
            for message in self.env["bus.bus"].search([])
            if "backorder_board/changed" in message.message
        ]

    def test_one_message_per_transaction(self):
        """C5: an open board gets one message with the commit."""
        for quantity in (1, 2, 3):
            self._confirm((self.backorderable, quantity))
        self.env.flush_all()
        self.assertFalse(self.env["bus.bus"].search([("message", "like", "board")]))
        self.assertEqual(self._get_messages(), [{"company_id": self.company.id}])

    def test_orders_without_shortage_send_no_message(self):
        """C5: fully allocated orders do not refresh the boards."""
        self._set_stock(self.backorderable, 5)
        self._run_retries()
        order = self._confirm((self.backorderable, 2))
        self.assertEqual(self._get_messages(), [])
        order.order_line.product_uom_qty = 3
        self.env.flush_all()
        self.assertFalse(self._get_events("order:backordered"))
        self.assertEqual(self._get_messages(), [])

    def test_hold_sends_a_message(self):
        """C5: changes of the backorder state are shown."""
        order = self._confirm((self.backorderable, 1))
        self.assertEqual(len(self._get_messages()), 1)
        order.action_hold("later")
        self.assertEqual(len(self._get_messages()), 2)

    def _get_channels(self, role):
        websocket = self._as(role, self.env["ir.websocket"])
        with patch.object(
            IrWebsocket, "_build_bus_channel_list", lambda _self, channels: channels
        ):
            channels = websocket._build_bus_channel_list(["backorder_board"])
        return [
            channel
            for channel in channels
            if isinstance(channel, tuple) and channel[-1] == "backorder_board"
        ]

    def test_channels_follow_the_companies_of_the_user(self):
        """C10: viewers subscribe to their companies, other users to none."""
        self.assertEqual(
            self._get_channels("viewer"), [(self.company, "backorder_board")]
        )
        self.assertEqual(self._get_channels("sales"), [])
