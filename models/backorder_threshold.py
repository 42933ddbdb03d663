# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import float_compare

APPROVER_GROUP = "backorder_atp.group_inventory_manager"


class BackorderThreshold(models.Model):
    """The quantity, share and value up to which a role may approve.

    The roles of a company form a chain: a request is assigned to the first role whose
    limits cover it. Zero means no limit.
    """

    _name = "backorder.threshold"
    _description = "Approval Limit"
    _order = "company_id, sequence, id"
    _rec_name = "group_id"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    sequence = fields.Integer(
        default=10, help="Requests go to the role with the lowest number first."
    )
    group_id = fields.Many2one("res.groups", "Role", required=True, ondelete="cascade")
    max_quantity = fields.Float(
        "Up to Quantity",
        digits="Product Unit",
        help="The largest quantity of a single product that may be missing, in its"
        " unit. 0 means no limit.",
    )
    max_percent = fields.Float(
        "Up to Share (%)",
        help="The largest share of the requested quantity that may be missing. 0"
        " means no limit.",
    )
    max_value = fields.Monetary(
        "Up to Value",
        help="The highest value of the missing quantities, at the higher of price"
        " and cost. 0 means no limit.",
    )

    _company_group_unique = models.Constraint(
        "UNIQUE (company_id, group_id)",
        "This role already has approval limits in this company. Edit those instead.",
    )
    _limits_positive = models.Constraint(
        "CHECK (max_quantity >= 0 AND max_percent >= 0 AND max_value >= 0)",
        "A limit cannot be negative. Enter 0 for no limit.",
    )

    @api.constrains("group_id")
    def _check_group(self):
        """An approver must at least be an inventory manager."""
        manager = self.env.ref(APPROVER_GROUP)
        for threshold in self:
            group = threshold.group_id
            if manager not in group | group.all_implied_ids:
                raise ValidationError(
                    self.env._(
                        "%s cannot approve. Choose a role that includes Inventory"
                        " Manager.",
                        group.display_name,
                    )
                )

    @api.model
    def _get_chain(self, company):
        """Return the limits of all roles of ``company`` in the order of escalation."""
        return self.sudo().search([("company_id", "=", company.id)])

    def _allows(self, request):
        """Whether ``request`` is within these limits."""
        self.ensure_one()
        return all(
            not limit or float_compare(request[stake], limit, precision_digits=6) <= 0
            for limit, stake in (
                (self.max_quantity, "max_shortage_qty"),
                (self.max_percent, "max_shortage_percent"),
                (self.max_value, "shortage_value"),
            )
        )

    def _includes(self, user):
        """Return the limits of the roles that ``user`` has."""
        return self.filtered(
            lambda threshold: threshold.group_id in user.sudo().all_group_ids
        )

    def _get_users(self):
        """Return the users with this role in this company."""
        self.ensure_one()
        return self.env["res.users"].search(
            [
                ("all_group_ids", "in", self.group_id.id),
                ("company_ids", "in", self.company_id.id),
                ("share", "=", False),
            ],
            order="id",
        )

    @api.model
    def _create_missing(self):
        """Create the default chain for companies that existed before the addon."""
        companies = self.env["res.company"].with_context(active_test=False).search([])
        self._create_defaults(companies - self.search([]).company_id)

    @api.model
    def _create_defaults(self, companies):
        """Create each company's default chain: inventory, then finance managers."""
        return self.sudo().create(
            [
                values
                for company in companies
                for values in self._prepare_defaults(company)
            ]
        )

    @api.model
    def _prepare_defaults(self, company):
        return [
            {
                "company_id": company.id,
                "sequence": 10,
                "group_id": self.env.ref(APPROVER_GROUP).id,
                "max_value": 5000,
            },
            {
                "company_id": company.id,
                "sequence": 20,
                "group_id": self.env.ref("backorder_atp.group_finance_manager").id,
            },
        ]
