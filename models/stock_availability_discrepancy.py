# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

from .stock_discrepancy import OPEN_STATES


class StockAvailability(models.AbstractModel):
    """The explanation names the discrepancies that lock a product."""

    _inherit = "stock.availability"

    def _get_documents(self, product, warehouses, order):
        documents = super()._get_documents(product, warehouses, order)
        locks = self.env["stock.discrepancy"]._get_open_locks(product, warehouses)
        for (_product_id, warehouse_id), records in locks.items():
            if hard := records._filter_by_policy("hard"):
                documents["locked", warehouse_id] = [
                    record._prepare_document() for record in hard
                ]
        return documents

    def _get_figure_records(self, name, product, warehouse, order):
        if name != "locked":
            return super()._get_figure_records(name, product, warehouse, order)
        return "stock.discrepancy", [
            ("product_id", "=", product.id),
            ("warehouse_id", "=", warehouse.id),
            ("state", "in", OPEN_STATES),
        ]
