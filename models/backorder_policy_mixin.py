# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError

POLICIES = [
    ("inherit", "As the parent says"),
    ("yes", "Allowed"),
    ("no", "Not allowed"),
]


class BackorderPolicyMixin(models.AbstractModel):
    """Something that may say whether a product can be promised beyond stock.

    Precedence (A1): level of the location, level of the warehouse, variant,
    product, category and its parents, company.
    """

    _name = "backorder.policy.mixin"
    _description = "Backorder Policy"

    allow_backorder = fields.Selection(
        POLICIES,
        string="Backorders",
        default="inherit",
        required=True,
        help="Whether this may be promised and shipped beyond what is in stock.",
    )
    is_backorder_allowed = fields.Boolean(
        "Backorders Allowed",
        compute="_compute_is_backorder_allowed",
        help="The policy in force here, whoever set it.",
    )
    backorder_policy_source = fields.Char(
        "Backorder Policy Set By",
        compute="_compute_is_backorder_allowed",
        help="Where the policy in force comes from.",
    )

    @api.depends("allow_backorder")
    @api.depends_context("company")
    def _compute_is_backorder_allowed(self):
        for record in self:
            allowed, source = record._get_backorder_policy(self.env.company)
            record.is_backorder_allowed = allowed
            record.backorder_policy_source = source

    def _get_backorder_policy(self, company):
        """Return ``(is allowed, who says so)`` as seen from this record."""
        for holder in self._get_backorder_policy_holders():
            if holder.allow_backorder != "inherit":
                return (
                    holder.allow_backorder == "yes",
                    holder._get_backorder_policy_label(),
                )
        return company.allow_backorder, self.env._("Company %s", company.name)

    def _get_backorder_policy_holders(self):
        """Return this record and those it inherits from, nearest first."""
        return list(self)

    def _get_backorder_policy_label(self):
        return self.display_name

    @api.model_create_multi
    def create(self, vals_list):
        if any(
            vals.get("allow_backorder", "inherit") != "inherit" for vals in vals_list
        ):
            self._check_policy_access()
        return super().create(vals_list)

    def write(self, vals):
        if "allow_backorder" in vals:
            self._check_policy_access()
        result = super().write(vals)
        if "allow_backorder" in vals:
            self._wake_backorder_policy()
        return result

    def _check_policy_access(self):
        """Editing a product is not yet the right to promise it beyond stock (B5)."""
        if self.env.su or self.env.user.has_group(
            "backorder_atp.group_inventory_manager"
        ):
            return
        raise AccessError(
            self.env._(
                "Only an inventory manager decides whether backorders are allowed."
            )
        )

    def _wake_backorder_policy(self):
        """Look again at the orders that wait for what this record governs."""
        self.env["backorder.check"]._enqueue_waiting(
            self._get_backorder_policy_products(),
            source=self.env._("policy: %s", ", ".join(self.mapped("display_name"))),
        )

    def _get_backorder_policy_products(self):
        """Return the ``product.product`` records this record governs."""
        raise NotImplementedError()
