# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime

from .screens_common import ScreensCommon

NEVER = datetime(9999, 12, 31, 23, 59, 59)
# The kinds of invalid data in the root.
BAD_RECORDS = (
    "absurd_dates",
    "archived",
    "no_size_delivered",
    "no_size_ordered",
    "no_size_product",
    "no_size_quoted",
    "no_state",
    "no_warehouse",
)

ORDER_BUTTONS = (
    "action_open_alternatives",
    "action_open_goodwill",
    "action_open_split",
    "action_open_soft_reservation",
)
LINE_BUTTONS = (
    "action_explain",
    "action_open_alternatives",
    "action_open_substitutes",
    "action_open_transfer",
)
PRODUCT_BUTTONS = (
    "action_open_expedite",
    "action_open_purchase",
    "action_open_transfer",
)


class BadScreensCommon(ScreensCommon):
    """Creates invalid records and opens every screen with each of them."""

    #: The kinds of invalid data, each created by the method of this name.
    bad_records = BAD_RECORDS

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users["manager"].tz = "Asia/Tokyo"
        cls.users["manager"].group_ids += cls.env.ref("sales_team.group_sale_manager")
        cls.good = cls._confirm((cls.backorderable, 3))
        cls.box = cls.env["uom.uom"].create(
            {
                "name": "Box",
                "relative_factor": 6,
                "relative_uom_id": cls.env.ref("uom.product_uom_unit").id,
            }
        )
        cls.bad = cls._create_product("Bad", allow_backorder="yes")

    def _spoil(self, statement, *values):
        self.env.flush_all()
        self.env.cr.execute(statement, values)
        self.env.invalidate_all()

    def _spoil_unit(self):
        """Set a ratio of zero, as an import that multiplied by an empty cell did."""
        self._spoil("UPDATE uom_uom SET factor = 0 WHERE id = %s", self.box.id)

    def _prepare_boxes(self, quantity=2):
        return {
            "product_id": self.bad.id,
            "product_uom_qty": quantity,
            "product_uom_id": self.box.id,
        }

    def _make_absurd_dates(self):
        self._confirm((self.bad, 5), commitment_date=NEVER)
        self._create_order((self.bad, 5), commitment_date=NEVER)
        receipt = self._create_receipt(self.bad, 2, scheduled_date=NEVER)
        self._spoil(
            "UPDATE stock_move SET date = %s WHERE id = %s", NEVER, receipt.move_ids.id
        )
        self._confirm((self.bad, 5)).date_order = NEVER

    def _make_archived(self):
        customer = self.env["res.partner"].create({"name": "Gone"})
        self._confirm((self.bad, 5), partner_id=customer.id)
        customer.action_archive()
        self.bad.action_archive()

    def _make_no_size_quoted(self):
        self._create_order(self._prepare_boxes())
        self._spoil_unit()

    def _make_no_size_ordered(self):
        self._set_stock(self.bad, 7)
        self._create_receipt(self.bad, 3)
        self._confirm(self._prepare_boxes())
        self._spoil_unit()

    def _make_no_size_delivered(self):
        self._set_stock(self.bad, 12)
        order = self._confirm(self._prepare_boxes())
        self._validate(order.picking_ids, 1)
        self._spoil_unit()

    def _make_no_size_product(self):
        product = self._create_product(
            "Boxed", allow_backorder="yes", uom_id=self.box.id
        )
        self._set_stock(product, 1)
        unit = {"product_uom_id": self.env.ref("uom.product_uom_unit").id}
        for line in (
            self._prepare_line((product, 2)),
            self._prepare_line((product, 2)) | unit,
        ):
            self._create_order(line)
            self._confirm(line)
        self._create_receipt(product, 1)
        self._spoil_unit()

    def _make_no_state(self):
        order = self._confirm((self.bad, 5))
        self._spoil(
            "UPDATE sale_order SET backorder_state = NULL WHERE id = %s", order.id
        )

    def _make_no_warehouse(self):
        order = self._confirm((self.bad, 5))
        for table, name in (("sale_order_line", "order_id"), ("sale_order", "id")):
            self._spoil(
                f"UPDATE {table} SET warehouse_id = NULL WHERE {name} = %s", order.id
            )

    def _assert_every_screen_opens(self, addons):
        """Open all screens of ``addons`` with each of the invalid records."""
        for name in self.bad_records:
            with self.subTest(name), self.env.cr.savepoint() as savepoint:
                getattr(self, f"_make_{name}")()
                for addon in addons:
                    self._open_every_screen(addon)
                    self._open_every_model(addon)
                self._print()
                self._press_order_buttons()
                self._press_product_buttons()
                self._press_other_buttons()
                savepoint.rollback()
            self.env.invalidate_all()

    def _print(self):
        # Odoo cannot print a quantity in a unit without a ratio
        orders = self._get_orders().filtered(
            lambda order: order.order_line.product_id.uom_id != self.box
        )
        with self.subTest("printed order"), self.env.cr.savepoint():
            self._assert_printed("sale.report_saleorder", orders)
        if "backorder.summary" in self.env:
            with self.subTest("printed report"), self.env.cr.savepoint():
                summary = self._as("manager", self.env["backorder.summary"]).create({})
                self._assert_printed("backorder_atp_report.report_backorder", summary)
                board = self._as("manager", self.env["backorder.board"])
                self.assertTrue(board.get_figures())

    def _assert_printed(self, report, records):
        page, _kind = self.env["ir.actions.report"]._render_qweb_html(
            report, records.ids
        )
        self.assertIn(b"Promise Keepers", page)

    def _get_orders(self):
        return self._as("manager", self.env["sale.order"]).search(
            [("company_id", "=", self.company.id)]
        )

    def _press_order_buttons(self):
        for order in self._get_orders():
            for button in ORDER_BUTTONS:
                self._open_dialog(order, button)
            for line in order.order_line:
                for button in LINE_BUTTONS:
                    self._open_dialog(line, button)
            with self.subTest(order=order), self.env.cr.savepoint():
                order.check_promise()

    def _press_other_buttons(self):
        """Press the buttons of other addons."""

    def _press_product_buttons(self):
        rows = self._as("manager", self.env["backorder.product"]).search([])
        for row in [*rows, rows]:
            for button in PRODUCT_BUTTONS:
                self._open_dialog(row, button)
        for product in rows.product_id:
            with self.subTest(product=product), self.env.cr.savepoint():
                self.env["stock.availability"].explain(product.id)
