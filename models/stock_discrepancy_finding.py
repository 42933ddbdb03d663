# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools.misc import clean_context

from .backorder_event_log import SOURCE
from .stock_discrepancy import OPEN_STATES

# The key of a discrepancy, besides its origin.
KEY_FIELDS = (
    "product_id",
    "warehouse_id",
    "location_id",
    "lot_id",
    "package_id",
    "stock_owner_id",
    "origin_line_id",
)
# The fields updated by a repeated finding.
FOLLOWED_FIELDS = (
    "expected_qty",
    "counted_qty",
    "is_count_pending",
    "counted_by_id",
    "applied_by_id",
    "picking_id",
    "source",
)


class StockDiscrepancy(models.Model):
    """The origins of discrepancies: counts, receipts, stock below zero.

    A *finding* is a dict of values as for ``create``. A repeated finding updates the
    open discrepancy instead of opening another.
    """

    _inherit = "stock.discrepancy"

    @api.model
    def _record_findings(self, findings, kinds):
        """Open, update, or propose to close the discrepancies of these findings.

        :param findings: list of values, quantities in the product's unit
        :param kinds: the ``origin_kind`` of open discrepancies to be considered
        :return: the discrepancies that were opened or still differ
        """
        # ignore the caller's defaults
        discrepancies = self.with_env(
            self.env(context=clean_context(self.env.context))
        ).sudo()
        if not findings:
            return discrepancies.browse()
        known = discrepancies._find_open(findings, kinds)
        differing, unknown = discrepancies.browse(), []
        for finding in findings:
            if own := known.get(self._get_finding_key(finding)):
                own._follow(finding)
                differing |= own.filtered(lambda record: not record.is_agreed)
            elif self._is_worth_raising(finding):
                unknown.append(finding)
        return differing | discrepancies._raise_findings(unknown)

    @api.model
    def _find_open(self, findings, kinds):
        """Return ``{key: open discrepancies}`` of the findings, in one query."""
        known = defaultdict(self.browse)
        for discrepancy in self.search(
            [
                ("state", "in", OPEN_STATES),
                ("origin_kind", "in", kinds),
                ("product_id", "in", [finding["product_id"] for finding in findings]),
                (
                    "warehouse_id",
                    "in",
                    [finding["warehouse_id"] for finding in findings],
                ),
            ]
        ):
            known[discrepancy._get_key()] |= discrepancy
        return known

    def _get_key(self):
        self.ensure_one()
        values = self.read(KEY_FIELDS, load=False)[0]
        return self._get_finding_key(values)

    @api.model
    def _get_finding_key(self, finding):
        return tuple(finding.get(name) or False for name in KEY_FIELDS)

    @api.model
    def _raise_findings(self, findings):
        # a concurrent finding must see this one
        self.env["stock.promise.guard"]._touch(
            [(finding["product_id"], finding["warehouse_id"]) for finding in findings]
        )
        return self.create(findings)

    @api.model
    def _get_finding_company(self, finding):
        warehouse = self.env["stock.warehouse"].sudo().browse(finding["warehouse_id"])
        return warehouse.company_id

    @api.model
    def _measure_finding(self, finding):
        """Return ``(difference, percent, value)`` of a finding."""
        product = self.env["product.product"].sudo().browse(finding["product_id"])
        return self._get_finding_company(finding)._measure_discrepancy(
            product, finding["expected_qty"], finding["counted_qty"]
        )

    @api.model
    def _is_worth_raising(self, finding):
        company = self._get_finding_company(finding)
        delta, percent, value = self._measure_finding(finding)
        if not delta:
            return False
        return company._raises_every_discrepancy(
            finding["origin_kind"]
        ) or company._exceeds_discrepancy_threshold(delta, percent, value)

    @api.model
    def _is_agreeing(self, finding):
        """Whether the finding matches the books, within the tolerance."""
        company = self._get_finding_company(finding)
        delta, percent, value = self._measure_finding(finding)
        return not delta or (
            company._has_discrepancy_threshold()
            and not company._exceeds_discrepancy_threshold(delta, percent, value)
        )

    def _follow(self, finding):
        """Update with a later finding; propose to close if it matches again."""
        if self._is_agreeing(finding):
            self._propose_closing(finding["expected_qty"], finding["counted_qty"])
            return
        values = {name: finding.get(name) for name in FOLLOWED_FIELDS}
        changed = self.filtered(lambda record: record._differs_from(values))
        changed.write({**values, "is_agreed": False})
        changed._post_note(self.env._("Found again: %s", finding.get("source") or ""))
        changed._notify_owner()

    def _differs_from(self, values):
        uom = self.product_id.uom_id
        return (
            self.is_agreed
            or self.is_count_pending != bool(values["is_count_pending"])
            or uom.compare(self.expected_qty, values["expected_qty"]) != 0
            or uom.compare(self.counted_qty, values["counted_qty"]) != 0
        )

    def _propose_closing(self, expected, counted):
        """Mark the quantities as matching; a manager closes the discrepancy."""
        fresh = self.filtered(lambda record: not record.is_agreed)
        fresh.write({"is_agreed": True, "is_count_pending": False})
        fresh._post_note(
            self.env._(
                "Quantities match again: expected %(expected)s, counted %(counted)s.",
                expected=expected,
                counted=counted,
            )
        )
        fresh._notify_owner()

    # ------------------------------------------------------------------
    # Counts
    # ------------------------------------------------------------------

    def _post_correction(self):
        """Correct the stock by the difference, through Odoo's own inventory.

        Moves since the count changed the shelf as well, so that the difference stays
        the same.
        """
        for discrepancy in self:
            discrepancy._check_postable()
            conflict = discrepancy._prepare_corrected_quant().action_apply_inventory()
            if conflict:
                raise UserError(discrepancy._get_moved_message())
            discrepancy.sudo().applied_by_id = self.env.user

    def _check_postable(self):
        if not self.is_postable:
            raise UserError(
                self.env._(
                    "%s: there is nothing to post. Only a pending count, or a manual"
                    " entry for one location, corrects the stock.",
                    self.name,
                )
            )
        if self.is_count_pending and not self.sudo()._find_counted_quants():
            raise UserError(
                self.env._(
                    "%s: the count was withdrawn meanwhile. Count again, or resolve it"
                    " without posting.",
                    self.name,
                )
            )
        if self.tracking != "none" and not self.lot_id:
            raise UserError(
                self.env._(
                    "%(product)s is tracked by lot or serial number. Enter it on"
                    " %(name)s before you post.",
                    product=self.product_id.display_name,
                    name=self.name,
                )
            )

    def _prepare_corrected_quant(self):
        """Return the quant with the corrected quantity entered as counted."""
        quants = (
            self.env["stock.quant"]
            .with_company(self.company_id)
            .with_context(inventory_mode=True)
        )
        quant = self._filter_own_quants(
            quants._gather(
                self.product_id,
                self.location_id,
                lot_id=self.lot_id,
                package_id=self.package_id,
                owner_id=self.stock_owner_id,
                strict=True,
            )
        )[:1]
        quantity = self.product_id.uom_id.round(quant.quantity + self.delta_qty)
        if quantity < 0:
            raise UserError(self._get_moved_message())
        counted = quants.create(
            {**self._prepare_quant_key(), "inventory_quantity": quantity}
        )
        counted.sudo().counted_by_id = self.counted_by_id
        return counted.with_env(quants.env)

    def _filter_own_quants(self, quants):
        return quants.filtered(lambda quant: quant.lot_id == self.lot_id)

    def _prepare_quant_key(self):
        return {
            "product_id": self.product_id.id,
            "location_id": self.location_id.id,
            "lot_id": self.lot_id.id,
            "package_id": self.package_id.id,
            "owner_id": self.stock_owner_id.id,
        }

    def _get_moved_message(self):
        return self.env._(
            "%(product)s in %(place)s has moved since it was counted. The difference"
            " of %(name)s no longer applies. Count again.",
            product=self.product_id.display_name,
            place=self.location_id.display_name,
            name=self.name,
        )

    def _find_counted_quants(self):
        """Return the quants on which the count was entered."""
        domain = [(name, "=", id_) for name, id_ in self._prepare_quant_key().items()]
        return self.env["stock.quant"].search(
            [*domain, ("inventory_quantity_set", "=", True)]
        )

    def _drop_count(self):
        for discrepancy in self.sudo():
            discrepancy._find_counted_quants().action_clear_inventory_quantity()

    # ------------------------------------------------------------------
    # Stock below zero
    # ------------------------------------------------------------------

    @api.model
    def _record_negatives(self, rows):
        """Open a discrepancy for stock below zero without permission.

        :param rows: dicts with the ids of a quant's key and its ``balance``
        """
        return self._record_findings(
            [
                finding
                for row in rows
                if (finding := self._prepare_negative_finding(row))["warehouse_id"]
            ],
            ["negative"],
        )

    @api.model
    def _prepare_negative_finding(self, row):
        location = self.env["stock.location"].browse(row["location_id"])
        return {
            "origin_kind": "negative",
            "product_id": row["product_id"],
            "warehouse_id": location.warehouse_id.id,
            "location_id": location.id,
            "lot_id": row["lot_id"],
            "package_id": row["package_id"],
            "stock_owner_id": row["owner_id"],
            "expected_qty": 0.0,
            "counted_qty": row["balance"],
            "source": SOURCE.get(self.env.cr),
        }

    @api.model
    def _record_rises(self, keys):
        """Propose to close the discrepancies of stock no longer below zero.

        :param keys: ``(product_id, location_id)`` that were replenished
        """
        if not keys:
            return
        negative = self.sudo().search(
            [
                ("state", "in", OPEN_STATES),
                ("origin_kind", "=", "negative"),
                ("is_agreed", "=", False),
                ("product_id", "in", [key[0] for key in keys]),
                ("location_id", "in", [key[1] for key in keys]),
            ]
        )
        for discrepancy in negative:
            balance = discrepancy._get_balance()
            if discrepancy.product_id.uom_id.compare(balance, 0) >= 0:
                discrepancy._propose_closing(0.0, balance)

    def _get_balance(self):
        domain = [(name, "=", id_) for name, id_ in self._prepare_quant_key().items()]
        return sum(self.env["stock.quant"].search(domain).mapped("quantity"))

    def _get_review_line(self):
        return self.env._(
            "• %(name)s: %(product)s in %(place)s, expected %(expected)s, counted"
            " %(counted)s %(unit)s; assigned to %(owner)s",
            name=self.name,
            product=self.product_id.display_name,
            place=self.location_id.display_name,
            expected=self.expected_qty,
            counted=self.counted_qty,
            unit=self.product_uom_id.name,
            owner=self.user_id.name or self.env._("an inventory manager"),
        )
