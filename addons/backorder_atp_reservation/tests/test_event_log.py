# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.test_event_log import EventLogCommon
from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG


@tagged("post_install", "-at_install")
class TestEventLogReservation(EventLogCommon):
    def test_uninstalling_an_addon_rewrites_no_entry(self):
        """B6: the log is append-only, whatever becomes of what raised an event."""
        self.events._log("reservation:created", product=self.protected)
        event = self._get_events("reservation:created", product_id=self.protected)
        labels = self._get_labels()
        self.env["ir.model.fields.selection"].search(
            [
                ("field_id.model", "=", "backorder.event"),
                ("value", "=", event.event_type),
            ]
        ).with_context(**{MODULE_UNINSTALL_FLAG: True}).unlink()
        self.env.invalidate_all()
        self.assertEqual(event.event_type, "reservation:created")
        self.assertEqual(labels["reservation:created"], "Stock Reserved")
