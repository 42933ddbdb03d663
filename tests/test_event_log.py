# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from psycopg2.errors import RaiseException

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL, mute_logger

from ..hooks import uninstall_hook
from .common import BackorderCommon


class EventLogCommon(BackorderCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._confirm((cls.backorderable, 2))
        cls.event = cls.events.search([("order_id", "=", cls.order.id)], limit=1)

    def _get_labels(self):
        return dict(self.events.fields_get(["event_type"])["event_type"]["selection"])


@tagged("post_install", "-at_install")
class TestEventLog(EventLogCommon):
    def test_log_is_not_edited_or_deleted(self):
        """B6: not even by administrators."""
        for event in (self.event, self.event.sudo(), self._as("finance", self.event)):
            with self.assertRaisesRegex(UserError, "cannot be changed"):
                event.write({"reason": "nicer"})
            with self.assertRaisesRegex(UserError, "cannot be changed"):
                event.unlink()

    @mute_logger("odoo.sql_db")
    def test_database_refuses_as_well(self):
        """B6: the database itself keeps the log append-only."""
        for statement in (
            "UPDATE backorder_event SET reason = 'nicer'",
            "DELETE FROM backorder_event",
            "TRUNCATE backorder_event",
        ):
            with self.subTest(statement=statement):
                with self.assertRaisesRegex(RaiseException, "append-only"):
                    self.env.cr.execute(statement)

    def test_log_outlives_its_records(self):
        """B6: deleting an order does not change the log, which keeps its name."""
        order = self._create_order((self.protected, 1))
        self.events._log("order:rejected", order=order, reason="gone")
        event = self._get_events("order:rejected", order_id=order)
        name, order_id = order.name, order.id
        order.unlink()
        self.env.invalidate_all()
        self.assertEqual(event.order_name, name)
        self.assertEqual(self.events.search([("order_id", "=", order_id)]), event)
        values = event.web_read({"order_name": {}, "order_id": {}, "payload_text": {}})
        self.assertEqual(values[0]["order_name"], name)

    def test_log_outlives_the_addon(self):
        """B6: after an uninstallation the log stays as a table; the next installation
        starts a new one."""
        count = self.events.search_count([])
        with freeze_time("2030-01-02 03:04:05"):
            uninstall_hook(self.env)
        self.env.cr.execute(
            "SELECT COUNT(*) FROM backorder_event_archive_20300102030405"
        )
        self.assertEqual(self.env.cr.fetchone(), (count,))
        self.events.init()
        self.env.cr.execute(
            "SELECT indexname FROM pg_indexes WHERE tablename = 'backorder_event'"
        )
        indexes = {name for [name] in self.env.cr.fetchall()}
        self.assertIn("backorder_event_order_idx", indexes)

    def test_log_outlives_the_addon_that_raised_an_event(self):
        """B6: uninstalling an addon changes no entry; its events are shown by their
        key."""
        values = {
            "date": self.event.date,
            "event_type": "gone:raised",
            "company_id": self.company.id,
        }
        query = "INSERT INTO backorder_event (%s) VALUES %s RETURNING id"
        self.env.cr.execute(
            SQL(
                query,
                SQL(", ").join(map(SQL.identifier, values)),
                tuple(values.values()),
            )
        )
        event = self.events.browse(self.env.cr.fetchone())
        self.registry.clear_cache()
        self.addCleanup(self.registry.clear_cache)
        self.assertEqual(event.display_name, "gone:raised")
        self.assertEqual(self._get_labels()[event.event_type], "gone:raised")
        [group] = self.events.web_read_group(
            [("event_type", "=", "gone:raised")], ["event_type"], ["__count"]
        )["groups"]
        self.assertEqual(group["event_type"], "gone:raised")

    def test_who_when_and_why(self):
        """B6, C8: an event has a user, a cause and figures."""
        self.assertEqual(self.event.user_id, self.env.user)
        self.assertEqual(self.event.user_name, self.env.user.name)
        self.assertEqual(self.event.company_id, self.company)
        self.assertEqual(self.event.trigger_source, f"order:{self.order.name}")
        self.assertIn("orderNumber", self.event.payload_text)

    def test_order_and_product_lead_to_the_log(self):
        """C8: the button of the order opens its own events."""
        action = self.order.action_view_backorder_events()
        self.assertIn(self.event, self.events.search(action["domain"]))
