# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class CreditImpactMixin(models.AbstractModel):
    """The effect of a document on the credit of its customer."""

    _name = "credit.impact.mixin"
    _description = "Credit Impact"

    has_credit_limit = fields.Boolean(compute="_compute_credit_impact")
    credit_limit = fields.Monetary(
        compute="_compute_credit_impact", currency_field="credit_currency_id"
    )
    credit_used = fields.Monetary(
        compute="_compute_credit_impact",
        currency_field="credit_currency_id",
        help="The amount due, and orders that are not invoiced yet.",
    )
    credit_available = fields.Monetary(
        compute="_compute_credit_impact", currency_field="credit_currency_id"
    )
    credit_impact = fields.Monetary(
        compute="_compute_credit_impact",
        currency_field="credit_currency_id",
        help="The amount added by this document.",
    )
    credit_remaining = fields.Monetary(
        compute="_compute_credit_impact",
        currency_field="credit_currency_id",
        help="The credit available after this document; negative beyond the limit.",
    )
    credit_verdict = fields.Selection(
        [("within", "Within the Limit"), ("beyond", "Beyond the Limit")],
        "Credit",
        compute="_compute_credit_impact",
    )
    credit_currency_id = fields.Many2one(
        "res.currency", compute="_compute_credit_impact"
    )

    @api.depends("partner_id", "company_id")
    @api.depends_context("company")
    def _compute_credit_impact(self):
        """Read as superuser: users with access to the document see its credit."""
        for record in self:
            company = record.company_id or self.env.company
            record.credit_currency_id = company.currency_id
            impact = record.sudo().with_company(company)._prepare_credit_figures()
            limit = impact.get("hasLimit")
            record.has_credit_limit = bool(limit)
            record.credit_limit = limit and impact["creditLimit"]
            record.credit_used = limit and impact["currentCreditUsed"]
            record.credit_available = limit and impact["availableCredit"]
            record.credit_impact = limit and impact["creditImpact"]
            record.credit_remaining = limit and impact["remainingCredit"]
            record.credit_verdict = limit and (
                "within" if impact["canProcessOrder"] else "beyond"
            )

    def _prepare_credit_figures(self):
        """Return the credit figures, or an empty dict where they do not apply."""
        self.ensure_one()
        if not self.partner_id or not self._is_credit_applicable():
            return {}
        return self._prepare_own_credit()

    def _prepare_own_credit(self):
        """Return the credit figures of the customer with this document."""
        return self.partner_id._prepare_credit_impact(self._get_credit_amount())

    def _is_credit_applicable(self):
        """Whether this document would still add to the amount due."""
        return True

    def _get_credit_amount(self):
        """Return the amount added by this document, in the company's currency."""
        raise NotImplementedError
