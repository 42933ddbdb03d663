# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

from ..orders import BULK, MAIN

# Counts of the operator beyond the tolerance that needs no review:
# product, location, share of the stock counted, days ago, reviewed or not
PENDING_COUNTS = [
    ("CM-BTL-75", BULK, 0.76, 5, True),
    ("LT-REA-B", None, 0.88, 1, False),
]
# Discrepancies found by the operator: product, expected, counted, days ago, resolution
RESOLVED = [
    ("BG-PAN-40", 15, 12, 12, "Three bags were in the photo studio; they are back."),
]


class BackorderDemoDiscrepancy(models.AbstractModel):
    _name = "backorder.demo.discrepancy"
    _inherit = "backorder.demo"
    _description = "Backorder Demo Discrepancies"

    def _build_discrepancies(self):
        """Set the tolerances of the company and create differing counts."""
        self.env.ref("base.main_company").write(
            {
                "discrepancy_min_percent": 10,
                "discrepancy_min_value": 250,
                "discrepancy_review_counts": True,
            }
        )
        for code, place, part, days, is_reviewed in PENDING_COUNTS:
            found = self._count_short(code, place, part)
            if is_reviewed:
                self._as(found, "operator").action_start_review()
            found.detected_date = self._ago(days, 2)
        for code, expected, counted, days, reason in RESOLVED:
            found = self._enter_discrepancy(code, expected, counted)
            self._as(found, "manager").action_resolve(reason)
            found.write(
                {"detected_date": self._ago(days), "closed_date": self._ago(days - 2)}
            )

    def _count_short(self, code, place, part):
        product = self._get_product(code)
        location = self.env.ref(place) if place else self.env.ref(MAIN).lot_stock_id
        quants = self._as(self.env["stock.quant"], "operator")
        quant = quants._gather(product, location, strict=True)[:1]
        quant.with_context(inventory_mode=True).inventory_quantity = round(
            quant.quantity * part
        )
        quant.action_apply_inventory()
        return quant.open_discrepancy_ids.sudo()

    def _enter_discrepancy(self, code, expected, counted):
        warehouse = self.env.ref(MAIN)
        discrepancies = self._as(self.env["stock.discrepancy"], "operator")
        return discrepancies.create(
            {
                "product_id": self._get_product(code).id,
                "warehouse_id": warehouse.id,
                "location_id": warehouse.lot_stock_id.id,
                "expected_qty": expected,
                "counted_qty": counted,
            }
        ).sudo()
