# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.permission_walk import PermissionWalk

from .permission_decisions import DIALOGS, FIELDS, METHODS


@tagged("post_install", "-at_install")
class TestBridgesPermissionWalk(PermissionWalk):
    """Who may write what and call what in the bridges that are installed (C10).

    It is here because this bridge is the way in for other programs.
    """

    addons = ("backorder_atp_",)
    field_decisions = FIELDS
    method_decisions = METHODS
    dialog_decisions = DIALOGS

    @classmethod
    def _create_records(cls):
        order = cls._confirm((cls.backorderable, 5), user_id=cls.users["sales"].id)
        webhook = cls.env["backorder.webhook"].create(
            {"name": "Hook", "url": "https://example.com/events"}
        )
        records = {
            "backorder.webhook": webhook,
            "product.product": cls.backorderable,
            "product.template": cls.backorderable.product_tmpl_id,
            "res.company": cls.company,
            "sale.order": order,
            "sale.order.line": order.order_line,
            "stock.move": order.picking_ids.move_ids[:1],
            "stock.picking": order.picking_ids[:1],
            "backorder.run": cls.env["backorder.run"].create(
                {"company_id": cls.company.id}
            ),
        }
        return records | cls._create_opportunity() | cls._create_carrier()

    @classmethod
    def _create_opportunity(cls):
        if "crm.lead.line" not in cls.env:
            return {}
        lead = cls.env["crm.lead"].create(
            {
                "name": "Hope",
                "type": "opportunity",
                "partner_id": cls.customer.id,
                "user_id": cls.users["sales"].id,
                "company_id": cls.company.id,
                "line_ids": [Command.create({"product_id": cls.protected.id})],
            }
        )
        return {"crm.lead": lead, "crm.lead.line": lead.line_ids}

    @classmethod
    def _create_carrier(cls):
        if "delivery.carrier.warehouse" not in cls.env:
            return {}
        service = cls._create_product("Carrying", type="service", is_storable=False)
        carrier = cls.env["delivery.carrier"].create(
            {"name": "Carrier", "product_id": service.id}
        )
        mapping = cls.env["delivery.carrier.warehouse"].create(
            {"carrier_id": carrier.id, "warehouse_id": cls.warehouse.id}
        )
        return {"delivery.carrier": carrier, "delivery.carrier.warehouse": mapping}

    def _get_stale(self, decided):
        """Where a bridge is not installed, there is nothing of it to decide."""
        return set()

    def _get_known_arguments(self):
        return {
            "reason": "because",
            "product_id": self.protected.id,
            "warehouse_id": self.warehouse.id,
        }

    def test_everything_is_decided(self):
        """B5: a new field, method or dialog is decided on before it is released."""
        self._walk_decisions()

    def test_server_only_fields(self):
        """B5: what follows from what is done is written by no role."""
        self._walk_server_only()

    def test_fields(self):
        """B5, C10: each field is written by the roles it is for."""
        self._walk_fields()

    def test_methods(self):
        """B5, C10: each method is called by the roles it is for."""
        self._walk_methods()

    def test_dialogs(self):
        """B5, C10: each dialog is opened by the roles it is for."""
        self._walk_dialogs()
