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
    #: The field by which a record inherits from another.
    _backorder_policy_parent = None

    allow_backorder = fields.Selection(
        POLICIES,
        string="Backorders",
        default="inherit",
        required=True,
        copy=False,
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
        """Let only who may change what is allowed, and look again at who waits."""
        if "allow_backorder" in vals:
            self._check_policy_access()
        if not {"allow_backorder", self._backorder_policy_parent} & vals.keys():
            return super().write(vals)
        before = self._get_allowed_by_record()
        result = super().write(vals)
        after = self._get_allowed_by_record()
        if any(after[record] and not before[record] for record in self):
            self._check_policy_access()
        if "allow_backorder" in vals or before != after:
            self._wake_backorder_policy()
        return result

    def _get_allowed_by_record(self):
        return {
            record: record._get_backorder_policy(self.env.company)[0] for record in self
        }

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
            source=f"policy:{', '.join(self.mapped('display_name'))}",
        )

    def _get_backorder_policy_products(self):
        """Return the ``product.product`` records this record governs."""
        raise NotImplementedError()
