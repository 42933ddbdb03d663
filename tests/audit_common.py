# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from contextlib import contextmanager

from odoo.fields import Command
from odoo.tests import new_test_user

from ..exceptions import OrderValidationError
from .common import BackorderCommon


class AuditCommon(BackorderCommon):
    """The log, including refusals that are logged after the rollback."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.protected.default_code = "PRT"
        cls._set_stock(cls.protected, 5)
        cls.admin = new_test_user(
            cls.env,
            "backorder_admin",
            groups="base.group_system,sales_team.group_sale_manager,"
            "stock.group_stock_manager",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.users["admin"] = cls.admin

    @contextmanager
    def _after_rollback(self):
        """Run the callbacks that log after the transaction.

        Only these: what Odoo notifies other processes of after a commit would use
        connections that may fail.
        """
        yield
        with self.enter_registry_test_mode():
            self.env.cr.postrollback.run()
        self.env.cr.postcommit.clear()
        self.env.invalidate_all()

    def _create_short_order(self, **values):
        return self._create_order(
            {
                "product_id": self.protected.id,
                "product_uom_qty": 7,
                "price_unit": 20,
                "discount": 10,
                "tax_ids": [Command.clear()],
            },
            **values,
        )

    def _refuse(self, order):
        with self._after_rollback(), self.assertRaises(OrderValidationError):
            with self.env.cr.savepoint():
                order.action_confirm()

    def _get_last(self, event_type, order):
        event = self._get_events(event_type, order_id=order)
        self.assertEqual(len(event), 1, event_type)
        return event

    @classmethod
    def _log_on(cls, date, event_type="order:retry", **values):
        """Log an event with ``date``."""
        event = cls.events._prepare_event(event_type, company=cls.company, **values)
        return cls.events.sudo().create({**event, "date": date})
