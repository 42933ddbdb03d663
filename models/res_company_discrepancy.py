# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .stock_discrepancy import OPEN_STATES, SEVERITIES
from .stock_discrepancy_lock import LOCK_POLICIES

MEASURES = ("percent", "quantity", "value")
LOCK_FIELDS = {f"discrepancy_lock_{severity}" for severity, _label in SEVERITIES}
# From the highest to the lowest.
LIMITED_SEVERITIES = ("critical", "high", "medium")
LIMIT_FIELDS = [
    f"discrepancy_{limit}_{measure}"
    for limit in ("min", *LIMITED_SEVERITIES)
    for measure in MEASURES
]


class ResCompany(models.Model):
    """Thresholds, severities and locks of discrepancies."""

    _inherit = "res.company"

    discrepancy_min_percent = fields.Float(
        "Difference Above (%)",
        digits=(16, 1),
        help="A difference of more than this percentage is a discrepancy. 0: not used.",
    )
    discrepancy_min_quantity = fields.Float(
        "Difference Above (Quantity)",
        digits="Product Unit",
        help="A difference of more than this quantity is a discrepancy. 0: not used.",
    )
    discrepancy_min_value = fields.Monetary(
        "Difference Above (Value)",
        help="A difference worth more than this is a discrepancy. 0: not used.",
    )
    discrepancy_review_counts = fields.Boolean(
        "Review Counts",
        help="Counts that differ by more than the thresholds are applied by inventory"
        " managers only.",
    )
    discrepancy_all_receipts = fields.Boolean(
        "Every Receipt That Differs",
        help="Any receipt that differs from the purchase is a discrepancy, even within"
        " the thresholds.",
    )
    discrepancy_all_negatives = fields.Boolean(
        "All Stock Below Zero",
        help="Any stock below zero that no setting allows is a discrepancy, even"
        " within the thresholds.",
    )
    discrepancy_medium_percent = fields.Float(default=5.0, digits=(16, 1))
    discrepancy_medium_quantity = fields.Float(digits="Product Unit")
    discrepancy_medium_value = fields.Monetary(default=100.0)
    discrepancy_high_percent = fields.Float(default=20.0, digits=(16, 1))
    discrepancy_high_quantity = fields.Float(digits="Product Unit")
    discrepancy_high_value = fields.Monetary(default=1000.0)
    discrepancy_critical_percent = fields.Float(default=50.0, digits=(16, 1))
    discrepancy_critical_quantity = fields.Float(digits="Product Unit")
    discrepancy_critical_value = fields.Monetary(default=10000.0)
    discrepancy_lock_low = fields.Selection(
        LOCK_POLICIES, default="none", required=True
    )
    discrepancy_lock_medium = fields.Selection(
        LOCK_POLICIES, default="monitor", required=True
    )
    discrepancy_lock_high = fields.Selection(
        LOCK_POLICIES, default="soft", required=True
    )
    discrepancy_lock_critical = fields.Selection(
        LOCK_POLICIES, default="hard", required=True
    )

    @api.model
    def _get_setting_limits(self):
        return {
            **super()._get_setting_limits(),
            **dict.fromkeys(LIMIT_FIELDS, 1_000_000_000),
        }

    @api.constrains(*LIMIT_FIELDS)
    def _check_discrepancy_limits(self):
        for company in self:
            if any(company[name] < 0 for name in LIMIT_FIELDS):
                raise ValidationError(
                    self.env._(
                        "A discrepancy limit cannot be negative. Enter 0 to disable it."
                    )
                )
            for measure in MEASURES:
                limits = [
                    limit
                    for severity in reversed(LIMITED_SEVERITIES)
                    if (limit := company[f"discrepancy_{severity}_{measure}"])
                ]
                if limits != sorted(limits):
                    raise ValidationError(
                        self.env._(
                            "The discrepancy limits must rise from medium to high to"
                            " critical. Correct them, or set unused limits to 0."
                        )
                    )

    def write(self, vals):
        result = super().write(vals)
        if LOCK_FIELDS & vals.keys():
            self._on_lock_policy_change()
        return result

    def _on_lock_policy_change(self):
        locked = (
            self.env["stock.discrepancy"]
            .sudo()
            .search([("company_id", "in", self.ids), ("state", "in", OPEN_STATES)])
        )
        locked._touch_locks()
        locked._enqueue_locked(source=f"lock: {', '.join(self.mapped('name'))}")

    # ------------------------------------------------------------------
    # Measuring
    # ------------------------------------------------------------------

    def _measure_discrepancy(self, product, expected, counted):
        """Return the difference of ``counted`` from ``expected`` in the product's unit.

        :return: ``(difference, percent of the expected, value at cost)``; the value
            has the sign of the difference and is in the company's currency
        """
        delta = product.uom_id.round(counted - expected) if product else 0.0
        if not delta:
            return 0.0, 0.0, 0.0
        percent = abs(delta / expected) * 100 if expected else 100.0
        cost = product.sudo().with_company(self).standard_price
        return delta, percent, delta * cost

    def _exceeds_discrepancy_threshold(self, delta, percent, value):
        """Whether one of the thresholds in use is exceeded."""
        measured = {"percent": percent, "quantity": abs(delta), "value": abs(value)}
        return any(
            0 < self[f"discrepancy_min_{measure}"] < round(amount, 6)
            for measure, amount in measured.items()
        )

    def _has_discrepancy_threshold(self):
        return any(self[f"discrepancy_min_{measure}"] for measure in MEASURES)

    def _raises_every_discrepancy(self, origin_kind):
        """Whether any difference of this kind counts, within the thresholds too."""
        return {
            "receipt": self.discrepancy_all_receipts,
            "negative": self.discrepancy_all_negatives,
        }.get(origin_kind, False)

    def _get_discrepancy_severity(self, percent, delta, value):
        """Return the highest severity with a limit that is reached."""
        measured = {"percent": percent, "quantity": abs(delta), "value": abs(value)}
        for severity in LIMITED_SEVERITIES:
            for measure, amount in measured.items():
                limit = self[f"discrepancy_{severity}_{measure}"]
                if limit and round(amount, 6) >= limit:
                    return severity
        return "low"
