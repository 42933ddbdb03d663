# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from itertools import pairwise

from odoo.tests import Form, tagged

from .common import BackorderCommon

# What each step of typing a line may take more than without the views of the addons:
# its product, its quantity, and leaving it, which computes the whole order.
ADDED_BY_THE_ROOT = (8, 8, 32)
ADDED_WITH_FEATURES = (20, 32, 68)
ADDED_WITH_OTHER_APPS = (28, 42, 84)


@tagged("post_install", "-at_install")
class TestStatements(BackorderCommon):
    """What typing a line costs, in statements instead of in time."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.typed = cls._create_product("Typed", allow_backorder="yes")
        cls._set_stock(cls.typed, 2)

    def _create_short_order(self, size):
        """Return an order of ``size`` lines, each of another product that is short."""
        return self._create_order(
            *(
                (self._create_product(f"Short {number}", allow_backorder="yes"), 5)
                for number in range(size)
            )
        )

    def _count(self, order):
        """Return how many statements each step of typing a new line takes.

        Each step begins with empty caches, as a request of the client does.
        """
        totals = []

        def end_step():
            self.env.flush_all()
            self.env.invalidate_all()
            totals.append(self.cr.sql_log_count)

        with Form(self._as("sales", order), view="sale.view_order_form") as form:
            with form.order_line.new() as line:
                end_step()
                line.product_id = self.typed
                end_step()
                line.product_uom_qty = 5
                end_step()
            end_step()
            self.is_outlook_shown = "promise_outlook" in form._view["fields"]
        return [after - before for before, after in pairwise(totals)]

    def _count_warm(self, *sizes):
        """Return the counts for orders of each size, once plans and rights are read."""
        first, *orders = [self._create_short_order(size) for size in (1, *sizes)]
        self._count(first)
        return [self._count(order) for order in orders]

    def _hide_views(self):
        """Leave the views of Odoo alone on the form of an order."""
        root = self.env["ir.module.module"].search([("name", "=", "backorder_atp")])
        self.addons = root.downstream_dependencies(exclude_states=["uninstalled"])
        names = (root | self.addons).mapped("name")
        data = self.env["ir.model.data"].search(
            [("model", "=", "ir.ui.view"), ("module", "in", names)]
        )
        views = self.env["ir.ui.view"].browse(data.mapped("res_id"))
        views.filtered(lambda view: view.model == "sale.order").active = False

    def _get_limits(self):
        # those that install themselves are for other apps
        if any(addon.auto_install for addon in self.addons):
            return ADDED_WITH_OTHER_APPS
        return ADDED_WITH_FEATURES if self.addons else ADDED_BY_THE_ROOT

    def test_long_order_takes_no_more_statements_than_a_short_one(self):
        """B3: typing is as quick in the twentieth line as in the first."""
        short, long = self._count_warm(1, 20)
        self.assertEqual(short, long)

    def test_promise_of_a_line_takes_few_statements(self):
        """B3: beside those that Odoo itself takes."""
        [shown] = self._count_warm(1)
        self.assertTrue(self.is_outlook_shown)
        self._hide_views()
        [plain] = self._count_warm(1)
        self.assertFalse(self.is_outlook_shown)
        for step in zip(shown, plain, self._get_limits(), strict=True):
            with self.subTest(shown_plain_limit=step):
                self.assertLessEqual(step[0] - step[1], step[2])
