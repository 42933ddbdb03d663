# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.server_common import (
    WITH_FEATURES,
    ServerCommon,
)

SEAL = """
env["backorder.event"]._cron_seal()
env.cr.commit()
"""
# This transaction seals its entries after another one has sealed entries that are not
# visible to it.
SEAL_LATE = """
from odoo.service.model import retrying

env["backorder.event"]._seal_all()
env.cr.commit()
tries = []
def seal(env, reason):
    env["backorder.event"]._log("order:retry", reason=reason)
    env["backorder.event"]._seal_all()
def seal_late():
    env.cr.execute("SELECT 1 FROM backorder_event_seal")
    tries.append(True)
    if len(tries) == 1:
        with env.registry.cursor() as cr:
            seal(env(cr=cr), "early")
    seal(env, "late")
retrying(seal_late, env)
assert len(tries) == 2, tries
"""


@tagged("post_install", "-at_install")
class TestSealConcurrency(ServerCommon):
    """The seals remain one chain when several processes create them."""

    modules = WITH_FEATURES

    def _create_entries(self):
        """Create several thousand entries."""
        log = """
for number in range(6):
    env["backorder.event"]._log_many([{"event_type": "order:retry"}] * 4000)
    env.cr.commit()
"""
        self._finish(self._start_pass(log))

    def _assert_is_one_chain(self):
        [result] = self.admin.call("backorder.event", "verify_log", [])
        self.assertEqual((result["isWhole"], result["faults"]), (True, []))
        self.assertEqual(result["lastSequence"], result["sealedCount"])
        return result

    def test_concurrent_sealing_makes_one_chain(self):
        """B6, B8: each entry is sealed once when two processes seal in batches."""
        self._create_entries()
        self._finish(*(self._start_pass(SEAL) for _ in range(2)))
        result = self._assert_is_one_chain()
        self.assertGreaterEqual(result["sealedCount"], 24000)
        self.assertEqual(result["unsealedCount"], 0)

    def test_sealing_with_an_older_snapshot_is_retried(self):
        """B6, B8: it does not continue from an outdated seal."""
        self._finish(self._start_pass(SEAL_LATE))
        self._assert_is_one_chain()
        sealed = self.admin.call(
            "backorder.event",
            "search_read",
            [("event_type", "=", "order:retry"), ("reason", "in", ["early", "late"])],
            ["reason", "seal_sequence"],
            order="id",
        )
        self.assertEqual([event["reason"] for event in sealed], ["early", "late"])
        early, late = (event["seal_sequence"] for event in sealed)
        self.assertEqual(late, early + 1)
