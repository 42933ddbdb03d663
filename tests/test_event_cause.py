# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestEventCause(BackorderCommon):
    """The log names causes in words."""

    def _describe(self, source):
        entry = self.env["backorder.retry"].new({"trigger_source": source})
        return entry.cause

    def test_document_is_named_by_its_kind(self):
        """B6: the receipt, not the key of the log."""
        self.assertEqual(self._describe("receiving:WH/IN/00001"), "Receipt WH/IN/00001")

    def test_cause_without_document_is_a_sentence(self):
        """B6: nothing is known but that the stock changed."""
        self.assertEqual(self._describe("stock-changed"), "Stock changed")

    def test_each_of_several_orders_is_named(self):
        """B6: only the first of the stored names has the key before it."""
        self.assertEqual(self._describe("order:S00001, S00002"), "Order S00001, S00002")

    def test_name_may_have_commas_and_colons(self):
        """B6: such as the time of a run."""
        self.assertEqual(
            self._describe("merge:A of 11/27, 8:26, cancel:S1"),
            "Merge by A of 11/27, 8:26, Cancellation S1",
        )

    def test_long_list_is_cut_short(self):
        """B6: causes are named once, the first three of them."""
        names = ", ".join(f"delivery:D{number}" for number in (1, 1, 2, 3, 4, 5))
        self.assertEqual(
            self._describe(names), "Delivery D1, Delivery D2, Delivery D3 and 2 more"
        )

    def test_key_of_another_addon_is_readable(self):
        """B6: an addon without a label for its key."""
        self.assertEqual(self._describe("new-thing:A 1"), "New thing A 1")

    def test_no_cause_is_empty(self):
        """B6: most entries have no cause but their user."""
        self.assertEqual(self._describe(False), "")
