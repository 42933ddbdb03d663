# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from dataclasses import dataclass

from odoo import api, fields, models
from odoo.exceptions import ValidationError

LIMITS = [
    ("none", "Without limit"),
    ("quantity", "Up to a quantity"),
    ("incoming", "Up to what is on its way"),
]
LIMIT_FIELDS = ("backorder_limit", "backorder_limit_qty", "backorder_until")


@dataclass(frozen=True)
class BackorderLimit:
    """How far backorders are allowed, and who says so."""

    kind: str
    #: Of the kind ``quantity``: in the product's unit.
    quantity: float
    source: str


class BackorderPolicyMixin(models.AbstractModel):
    """Backorders up to a quantity, up to what is on its way, or until a day (B16).

    The limit is part of the answer of whoever decides: it holds where that one
    allows backorders, and is not mixed with what others say.
    """

    _inherit = "backorder.policy.mixin"

    backorder_limit = fields.Selection(
        LIMITS,
        default="none",
        required=True,
        copy=False,
        help="How far a product may be promised beyond stock, where that is allowed."
        " What is on its way are the receipts that are trusted, whatever their date.",
    )
    backorder_limit_qty = fields.Float(
        "Up To",
        digits="Product Unit",
        copy=False,
        help="How much may be promised beyond stock in one warehouse, by all orders"
        " together, in the product's unit.",
    )
    backorder_until = fields.Date(
        "Allowed Until",
        copy=False,
        help="The last day on which this may be promised beyond stock.",
    )

    @api.constrains("backorder_limit_qty")
    def _check_backorder_limit_qty(self):
        if any(record.backorder_limit_qty < 0 for record in self):
            raise ValidationError(
                self.env._("A backorder limit is a quantity of 0 or more.")
            )

    @api.depends("backorder_until")
    def _compute_is_backorder_allowed(self):
        return super()._compute_is_backorder_allowed()

    # ------------------------------------------------------------------
    # The limit in force
    # ------------------------------------------------------------------

    def _get_backorder_policy(self, company):
        """Say no where the last day has passed."""
        allowed, source = super()._get_backorder_policy(company)
        decider = self._get_backorder_decider(company)
        if allowed and decider.backorder_until:
            until = fields.Date.to_string(decider.backorder_until)
            source = self.env._("%(who)s, until %(day)s", who=source, day=until)
            allowed = decider.backorder_until >= fields.Date.context_today(self)
        return allowed, source

    def _get_backorder_limit(self, company):
        """Return the :class:`BackorderLimit` in force, or None: as much as one likes.

        Asked only where backorders are allowed.
        """
        decider = self._get_backorder_decider(company)
        if decider.backorder_limit == "none":
            return None
        _allowed, source = self._get_backorder_policy(company)
        return BackorderLimit(
            decider.backorder_limit, decider.backorder_limit_qty, source
        )

    def _get_backorder_decider(self, company):
        """Return who decides here: a record that says yes or no, or the company."""
        for holder in self._get_backorder_policy_holders():
            if holder.allow_backorder != "inherit":
                return holder
        return company.sudo()

    # ------------------------------------------------------------------
    # Changing it
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if any(
            vals.get(name, "none") not in ("none", 0, False)
            for vals in vals_list
            for name in LIMIT_FIELDS
        ):
            self._check_policy_access()
        return super().create(vals_list)

    def write(self, vals):
        """A limit is as much of a permission as the policy itself (B5)."""
        if not vals.keys() & set(LIMIT_FIELDS):
            return super().write(vals)
        self._check_policy_access()
        result = super().write(vals)
        self._wake_backorder_policy()
        return result
