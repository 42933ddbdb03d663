# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from contextlib import contextmanager
from unittest.mock import Mock, patch

from odoo.tools import mute_logger

from .calendar_common import open_every_day
from .common import BackorderCommon

# The loggers of the addons propagate to it.
LOGGERS = ["odoo.addons.backorder_atp"]


class FailureCommon(BackorderCommon):
    """Background work that fails for one record, and its report."""

    #: Loggers with expected warnings.
    loggers = LOGGERS

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        calendar = cls.company.resource_calendar_id
        calendar.tz = "Asia/Tokyo"  # where the maximum date has already passed
        open_every_day(calendar)
        cls.company.backorder_responsible_id = cls.users["manager"]

    def _run_cron(self, name):
        """Run a scheduled action of the root, or of another addon as ``addon.name``."""
        self.env.cr.flush()
        xml_id = name if "." in name else f"backorder_atp.{name}"
        with self.enter_registry_test_mode():
            self.env.ref(xml_id).method_direct_trigger()
        self.env.invalidate_all()

    @contextmanager
    def _poisoned(self, model, method, is_bad):
        """Make ``method`` fail for the records that ``is_bad`` selects."""
        registry_class = self.env.registry[model]
        original = getattr(registry_class, method)

        def fail(records, *args, **kwargs):
            if is_bad(records, *args):
                raise ZeroDivisionError("poison")
            return original(records, *args, **kwargs)

        with patch.object(registry_class, method, fail), mute_logger(*self.loggers):
            yield

    def _get_failures(self, task):
        return self.env["backorder.failure"].search([("task", "=", task)])

    def _assert_reported(self, task, record):
        """Only the failure of ``record`` is reported to the responsible."""
        failure = self._get_failures(task)
        self.assertEqual((failure.res_model, failure.res_id), (record._name, record.id))
        self.assertIn("poison", failure.message)
        self.assertEqual(failure.activity_ids.user_id, self.users["manager"])
        shown = self._as("manager", failure)
        self.assertIn(record.display_name, shown.record_name)
        self.assertEqual(shown.action_open_record()["res_id"], record.id)

    def _assert_other_companies_processed(self, model, method, cron, task):
        """The scheduled action continues with the next company and reports the
        first."""
        other = self.env["res.company"].create({"name": f"Aardvark {task}"})
        seen = Mock(side_effect=lambda _self, company: company == other)
        with self._poisoned(model, method, seen):
            self._run_cron(cron)
        self.assertIn(self.company, [call.args[1] for call in seen.mock_calls])
        failure = self._get_failures(task)
        self.assertEqual(failure.res_id, other.id)
        self.assertEqual(failure.company_id, other)
