# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import uuid

from odoo import fields
from odoo.fields import Command
from odoo.tests import new_test_user

from odoo.addons.backorder_atp.tests.common import BackorderCommon


class PosCommon(BackorderCommon):
    """A point of sale, and a cashier without further rights."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids = [
            Command.link(cls.env.ref("point_of_sale.group_pos_manager").id)
        ]
        cls.env["account.chart.template"].try_loading(
            "generic_coa", company=cls.company, install_demo=False
        )
        cls.company.backorder_responsible_id = cls.users["manager"]
        cls.cashier = new_test_user(
            cls.env,
            "backorder_cashier",
            groups="base.group_user,point_of_sale.group_pos_user",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.cash = cls.env["pos.payment.method"].create(
            {
                "name": "Cash",
                "company_id": cls.company.id,
                "journal_id": cls.env["account.journal"]
                .create({"name": "Shop Cash", "code": "SHC", "type": "cash"})
                .id,
            }
        )
        cls.pos_config = cls.env["pos.config"].create(
            {
                "name": "Shop",
                "company_id": cls.company.id,
                "warehouse_id": cls.warehouse.id,
                "picking_type_id": cls.warehouse.pos_type_id.id,
                "payment_method_ids": [Command.set(cls.cash.ids)],
                "ship_later": True,
            }
        )

    @classmethod
    def _create_product(cls, name, **values):
        values = {"lst_price": 10, "taxes_id": [Command.clear()], **values}
        return super()._create_product(name, available_in_pos=True, **values)

    def _open_pos(self, is_real_time=True):
        self.company.point_of_sale_update_stock_quantities = (
            "real" if is_real_time else "closing"
        )
        self.pos_config.open_ui()
        return self.pos_config.current_session_id

    def _sell(self, *lines, **values):
        """Send a paid order with lines ``(product, quantity, values)``."""
        amount = 10 * sum(line[1] for line in lines)
        order = {
            "amount_paid": amount,
            "amount_return": 0,
            "amount_tax": 0,
            "amount_total": amount,
            "date_order": fields.Datetime.to_string(fields.Datetime.now()),
            "fiscal_position_id": False,
            "to_invoice": False,
            "partner_id": self.customer.id,
            "session_id": self.pos_config.current_session_id.id,
            "uuid": str(uuid.uuid4()),
            "user_id": self.cashier.id,
            "last_order_preparation_change": "{}",
            "lines": [self._prepare_pos_line(*line) for line in lines],
            "payment_ids": [
                Command.create(
                    {
                        "amount": amount,
                        "name": fields.Datetime.now(),
                        "payment_method_id": self.cash.id,
                    }
                )
            ],
            **values,
        }
        orders = self.env["pos.order"].with_user(self.cashier)
        result = orders.with_context(allowed_company_ids=self.company.ids).sync_from_ui(
            [order]
        )
        self.env.flush_all()
        return self.env["pos.order"].browse(result["pos.order"][0]["id"])

    def _prepare_pos_line(self, product, quantity, values=None):
        return Command.create(
            {
                "discount": 0,
                "pack_lot_ids": [],
                "price_unit": 10,
                "price_subtotal": quantity * 10,
                "price_subtotal_incl": quantity * 10,
                "tax_ids": [],
                "uuid": str(uuid.uuid4()),
                "product_id": product.id,
                "qty": quantity,
                **(values or {}),
            }
        )
