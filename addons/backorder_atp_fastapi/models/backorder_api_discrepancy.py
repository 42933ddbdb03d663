# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.backorder_atp.models.stock_discrepancy import OPEN_STATES

from ..problems import not_found


class BackorderApiDiscrepancy(models.AbstractModel):
    """Counts, and the discrepancies that they and others find."""

    _name = "backorder.api.discrepancy"
    _description = "Backorder HTTP API: Discrepancies"
    _inherit = "backorder.api"

    # ------------------------------------------------------------------
    # Lookup of records
    # ------------------------------------------------------------------

    def _find_discrepancy(self, discrepancy_id):
        discrepancy = self.env["stock.discrepancy"].search(
            [("id", "=", discrepancy_id), ("company_id", "=", self.env.company.id)]
        )
        if not discrepancy:
            raise not_found(self.env._("Discrepancy not found: %s", discrepancy_id))
        return discrepancy

    def _find_location(self, location_id):
        location = self.env["stock.location"].search(
            [
                ("id", "=", location_id),
                ("company_id", "=", self.env.company.id),
                ("usage", "in", ("internal", "transit")),
            ]
        )
        if not location:
            raise not_found(self.env._("Location not found: %s", location_id))
        return location

    def _find_lot(self, product, name):
        lot = self.env["stock.lot"].search(
            [
                ("product_id", "=", product.id),
                ("name", "=", name),
                ("company_id", "in", (self.env.company.id, False)),
            ],
            limit=1,
        )
        if not lot:
            raise not_found(self.env._("Lot or serial number not found: %s", name))
        return lot

    # ------------------------------------------------------------------
    # Counting
    # ------------------------------------------------------------------

    def _count(self, part, payload):
        """Enter a count and apply it, as on the screen for inventory counts.

        :raise AccessError: if the caller is no inventory user
        """
        product = self._find_part(part)
        location = self._find_location(payload.location_id)
        lot = payload.lot and self._find_lot(product, payload.lot)
        self._check_countable(product, lot)
        quants = self.env["stock.quant"].with_context(inventory_mode=True)
        quant = quants.browse(
            quants.create(
                {
                    "product_id": product.id,
                    "location_id": location.id,
                    "lot_id": lot and lot.id,
                    "inventory_quantity": payload.counted_quantity,
                }
            ).id
        )
        previous = quant.quantity
        if quant.action_apply_inventory():
            raise UserError(
                self.env._(
                    "The stock of %s has moved since it was counted. Count again.",
                    product.display_name,
                )
            )
        return self._prepare_count_result(quant, previous, payload.counted_quantity)

    def _check_countable(self, product, lot):
        if not product.is_storable:
            raise ValidationError(
                self.env._(
                    "%s is not kept in stock. Choose a product whose inventory is"
                    " tracked.",
                    product.display_name,
                )
            )
        if product.tracking != "none" and not lot:
            raise ValidationError(
                self.env._(
                    "%s is tracked by lot or serial number. Enter it as lot.",
                    product.display_name,
                )
            )

    def _prepare_count_result(self, quant, previous, counted):
        unit = quant.product_uom_id
        discrepancy = quant.open_discrepancy_ids.sorted("id")[-1:]
        return {
            **self._prepare_place(quant),
            "previous_quantity": unit.round(previous),
            "counted_quantity": counted,
            "difference": unit.round(counted - previous),
            "is_applied": not quant.inventory_quantity_set,
            "discrepancy": self._prepare_discrepancy(discrepancy)
            if discrepancy
            else None,
        }

    # ------------------------------------------------------------------
    # Discrepancies
    # ------------------------------------------------------------------

    def _list_discrepancies(self, filters, limit, cursor=None):
        """Return the body of ``GET /discrepancies``.

        :param filters: values of the query: ``status`` and ``severity`` (lists),
            ``product_id``, ``warehouse_id``; None does not filter, except for the
            status: the open ones
        """
        found, page = self._search_by_id(
            self.env["stock.discrepancy"],
            self._get_discrepancy_domain(**filters),
            limit,
            cursor,
        )
        rows = [self._prepare_discrepancy(discrepancy) for discrepancy in found]
        return {"discrepancies": rows, **page}

    def _get_discrepancy_domain(self, status, severity, product_id, warehouse_id):
        domain = Domain("company_id", "=", self.env.company.id)
        domain &= Domain("state", "in", status or OPEN_STATES)
        if severity:
            domain &= Domain("severity", "in", severity)
        if product_id:
            domain &= Domain("product_id", "=", product_id)
        if warehouse_id:
            domain &= Domain("warehouse_id", "=", warehouse_id)
        return domain

    def _get_discrepancy(self, discrepancy_id):
        return self._prepare_discrepancy(self._find_discrepancy(discrepancy_id))

    def _report_discrepancy(self, payload):
        """Enter a discrepancy manually."""
        product = self._find_part(payload.part)
        discrepancy = self.env["stock.discrepancy"].create(
            {
                "product_id": product.id,
                "warehouse_id": self._find_warehouse(payload.warehouse_id).id,
                "location_id": payload.location_id
                and self._find_location(payload.location_id).id,
                "lot_id": payload.lot and self._find_lot(product, payload.lot).id,
                "expected_qty": payload.expected_quantity,
                "counted_qty": payload.counted_quantity,
            }
        )
        return self._prepare_discrepancy(discrepancy)

    def _review_discrepancy(self, discrepancy_id):
        discrepancy = self._find_discrepancy(discrepancy_id)
        discrepancy.action_start_review()
        return self._prepare_discrepancy(discrepancy)

    def _resolve_discrepancy(self, discrepancy_id, payload):
        discrepancy = self._find_discrepancy(discrepancy_id)
        discrepancy.action_resolve(payload.reason, payload.post_correction)
        return self._prepare_discrepancy(discrepancy)

    def _reject_discrepancy(self, discrepancy_id, payload):
        discrepancy = self._find_discrepancy(discrepancy_id)
        discrepancy.action_reject(payload.reason)
        return self._prepare_discrepancy(discrepancy)

    def _reopen_discrepancy(self, discrepancy_id, payload):
        discrepancy = self._find_discrepancy(discrepancy_id)
        discrepancy.action_reopen(payload.reason)
        return self._prepare_discrepancy(discrepancy)

    # ------------------------------------------------------------------
    # Responses
    # ------------------------------------------------------------------

    def _prepare_place(self, record):
        """Return product, location and lot of a quant or a discrepancy."""
        record = record.sudo()
        return {
            **self._prepare_product(record.product_id),
            "unit": record.product_uom_id.name,
            "location_id": record.location_id.id or None,
            "location": record.location_id.complete_name or None,
            "lot": record.lot_id.name or None,
        }

    def _prepare_discrepancy(self, discrepancy):
        discrepancy.check_access("read")
        discrepancy = discrepancy.sudo()
        return {
            **self._prepare_place(discrepancy),
            "discrepancy_id": discrepancy.id,
            "reference": discrepancy.name,
            "status": discrepancy.state,
            "severity": discrepancy.severity,
            "found_by": discrepancy.origin_kind,
            "warehouse_id": discrepancy.warehouse_id.id,
            "warehouse": discrepancy.warehouse_id.name,
            "expected_quantity": discrepancy.expected_qty,
            "counted_quantity": discrepancy.counted_qty,
            "difference": discrepancy.delta_qty,
            "percent": discrepancy.percent,
            "value": discrepancy.value,
            "currency": discrepancy.currency_id.name,
            "found_on": self._to_moment(discrepancy.detected_date),
            "owner": discrepancy.user_id.name or None,
            "source": discrepancy.source or None,
            "is_count_pending": discrepancy.is_count_pending,
            "quantities_match_again": discrepancy.is_agreed,
            **self._prepare_closing(discrepancy),
        }

    def _prepare_closing(self, discrepancy):
        return {
            "decision": discrepancy.resolution_note or None,
            "decided_by": discrepancy.closed_by_id.name or None,
            "decided_on": self._to_moment(discrepancy.closed_date),
        }
