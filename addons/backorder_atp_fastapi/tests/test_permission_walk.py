# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from pathlib import Path

from odoo.fields import Command
from odoo.modules import get_module_path
from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.permission_walk import (
    PermissionTests,
    PermissionWalk,
    gather,
)


@tagged("post_install", "-at_install")
class TestAddonsPermissionWalk(PermissionTests, PermissionWalk):
    """Access to fields and methods of the installed addons (C10).

    It is here because other programs use this addon.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = Path(get_module_path("backorder_atp_fastapi")).parent
        installed = cls.env["ir.module.module"].search([("state", "=", "installed")])
        cls.addons = tuple(
            name for name in installed.mapped("name") if (folder / name).exists()
        )
        cls.field_decisions = gather("FIELDS", cls.addons)
        cls.method_decisions = gather("METHODS", cls.addons)
        cls.dialog_decisions = gather("DIALOGS", cls.addons)

    @classmethod
    def _create_records(cls):
        order = cls._confirm((cls.backorderable, 5), user_id=cls.users["sales"].id)
        webhook = cls.env["backorder.webhook"].create(
            {"name": "Hook", "url": "https://example.com/events"}
        )
        job = {
            "operation": "fulfil",
            "company_id": cls.company.id,
            "user_id": cls.users["operator"].id,
        }
        records = {
            "backorder.job": cls.env["backorder.job"].sudo().create(job),
            "backorder.webhook": webhook,
            "product.pricelist": cls.env["product.pricelist"].create({"name": "List"}),
            "product.product": cls.backorderable,
            "product.template": cls.backorderable.product_tmpl_id,
            "res.company": cls.company,
            "res.partner": cls.customer,
            "sale.order": order,
            "sale.order.line": order.order_line,
            "stock.move": order.picking_ids.move_ids[:1],
            "stock.picking": order.picking_ids[:1],
            "backorder.run": cls.env["backorder.run"].create(
                {"company_id": cls.company.id}
            ),
            "product.category": cls.protected.categ_id,
            "stock.soft.reservation": cls._create_soft_reservation(),
            "stock.policy": cls.env["stock.policy"].create(
                {"product_id": cls.protected.id, "warehouse_id": cls.warehouse.id}
            ),
        }
        return records | cls._create_opportunity() | cls._create_carrier()

    @classmethod
    def _create_soft_reservation(cls):
        product = cls._create_product("Reserved")
        cls._set_stock(product, 5)
        return cls.env["stock.soft.reservation"].create(
            {
                "product_id": product.id,
                "warehouse_id": cls.warehouse.id,
                "quantity": 1,
                "partner_id": cls.customer.id,
            }
        )

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
        """Return the decisions of the installed addons."""
        return set()
