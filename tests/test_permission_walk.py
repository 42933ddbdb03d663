# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from .permission_decisions import DIALOGS, FIELDS, METHODS
from .permission_walk import PermissionTests, PermissionWalk


@tagged("post_install", "-at_install")
class TestPermissionWalk(PermissionTests, PermissionWalk):
    """Which roles may write and call what, decided one by one (B5, C10)."""

    addons = ("backorder_atp",)
    field_decisions = FIELDS
    method_decisions = METHODS
    dialog_decisions = DIALOGS

    @classmethod
    def _create_records(cls):
        env = cls.env
        order = cls._confirm((cls.backorderable, 5), user_id=cls.users["sales"].id)
        pending = cls._create_order((cls.protected, 9), user_id=cls.users["sales"].id)
        pending.action_confirm()
        place = {"product_id": cls.protected.id, "warehouse_id": cls.warehouse.id}
        cls._set_stock(cls.env["product.product"].browse(cls.backorderable.id), 0)
        return {
            "backorder.override": pending.override_ids,
            "backorder.override.line": pending.override_ids.line_ids,
            "backorder.threshold": cls.limits[0],
            "backorder.unmatched.line": env["backorder.unmatched.line"].create(
                {"order_id": pending.id, "reference": "?"}
            ),
            "crm.team": env["crm.team"].create({"name": "Team"}),
            "product.category": cls.protected.categ_id,
            "product.pricelist": env["product.pricelist"].create({"name": "List"}),
            "product.product": cls.backorderable,
            "product.template": cls.backorderable.product_tmpl_id,
            "res.company": cls.company,
            "res.partner": cls.customer,
            "sale.order": order,
            "sale.order.line": order.order_line,
            "stock.discrepancy": env["stock.discrepancy"].create(
                {**place, "expected_qty": 5, "counted_qty": 4}
            ),
            "stock.policy": env["stock.policy"].create(place),
            "stock.location": cls.shelf,
            "stock.move": order.picking_ids.move_ids[:1],
            "stock.quant": cls._get_quants(cls, cls.protected),
        }

    def _get_attempt(self, field, record):
        if field.name == "backorder_priority":
            return "urgent"  # users who may write the order set the others
        return super()._get_attempt(field, record)
