# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

# State of an opportunity after its last soft reservation, by how that ended.
ENDED = {"consumed": "ordered", "expired": "expired", "released": "released"}


class CrmLead(models.Model):
    """Opportunities reserve the stock they are likely to need."""

    _name = "crm.lead"
    _inherit = ["crm.lead", "credit.impact.mixin"]

    line_ids = fields.One2many("crm.lead.line", "lead_id", "Products", copy=True)
    line_total = fields.Monetary(
        "Products Total",
        compute="_compute_line_total",
        currency_field="company_currency",
    )
    soft_reservation_ids = fields.One2many(
        "stock.soft.reservation",
        "origin_id",
        "Soft Reservations",
        domain=[("origin_model", "=", "crm.lead")],
        copy=False,
        readonly=True,
        server_only=True,
    )
    allocation_state = fields.Selection(
        [
            ("none", "Not Reserved"),
            ("partial", "Partially Reserved"),
            ("allocated", "Reserved"),
            ("expired", "Reservation Expired"),
            ("released", "Reservation Released"),
            ("ordered", "Ordered"),
        ],
        "Stock",
        compute="_compute_allocation",
    )
    allocated_value = fields.Monetary(
        "Reserved Value",
        compute="_compute_allocation",
        currency_field="company_currency",
    )
    stock_reserved_until = fields.Datetime(
        compute="_compute_allocation", help="When the first soft reservation expires."
    )
    stock_end_reason = fields.Char(
        "Release Reason",
        compute="_compute_allocation",
        help="Why no stock is reserved now.",
    )
    can_allocate_stock = fields.Boolean(compute="_compute_can_allocate_stock")
    is_allocation_offered = fields.Boolean(
        compute="_compute_can_allocate_stock",
        help="The stock was reserved before and can be reserved again.",
    )

    @api.depends("line_ids.price_subtotal")
    def _compute_line_total(self):
        for lead in self:
            lead.line_total = sum(lead.line_ids.mapped("price_subtotal"))

    @api.depends(
        "active",
        "line_ids.quantity",
        "line_ids.product_id",
        "line_ids.warehouse_id",
        "soft_reservation_ids.state",
        "soft_reservation_ids.remaining_quantity",
        "soft_reservation_ids.release_reason",
        "soft_reservation_ids.expiry_date",
        "soft_reservation_ids.opportunity_price",
    )
    def _compute_allocation(self):
        reserving = self.filtered(lambda lead: lead._get_counting_soft_reservations())
        components = reserving.line_ids._get_components()
        for lead in self:
            reservations = lead._get_counting_soft_reservations()
            lead.allocation_state = lead._get_allocation_state(components)
            lead.allocated_value = sum(
                reservation.remaining_quantity * reservation.opportunity_price
                for reservation in reservations
            )
            lead.stock_reserved_until = min(
                reservations.mapped("expiry_date"), default=False
            )
            last = lead.sudo().soft_reservation_ids.sorted("id")[-1:]
            lead.stock_end_reason = not reservations and last.release_reason

    @api.depends("allocation_state", "probability", "stage_id", "type", "won_status")
    def _compute_can_allocate_stock(self):
        components = self.line_ids._get_components()
        for lead in self:
            lead.can_allocate_stock = (
                lead.type == "opportunity"
                and lead.active
                and lead.won_status == "pending"
                and lead.allocation_state != "allocated"
                and bool(lead.line_ids._get_demand(components))
            )
            lead.is_allocation_offered = (
                lead.allocation_state in ("expired", "released")
                and lead.can_allocate_stock
                and not lead._get_refusal()
            )

    def _get_allocation_state(self, components):
        """Return how far the stock for this opportunity is reserved."""
        if self._get_reserved_quantities():
            missing = self._get_missing_stock(components)
            return "partial" if missing else "allocated"
        last = self.sudo().soft_reservation_ids.sorted("id")[-1:]
        if last.state == "active" and last.is_expired:
            return "expired"
        return ENDED.get(last.state, "none")

    def _get_counting_soft_reservations(self):
        return self.sudo().soft_reservation_ids.filtered(
            lambda reservation: (
                reservation.state == "active" and not reservation.is_expired
            )
        )

    def _get_reserved_quantities(self):
        """Return ``{(product, warehouse): quantity}`` reserved, in product units."""
        reserved = defaultdict(float)
        for reservation in self._get_counting_soft_reservations().with_env(self.env):
            own = reservation.sudo()
            reserved[
                own.product_id.with_env(self.env), own.warehouse_id.with_env(self.env)
            ] += own.remaining_quantity
        return reserved

    def _get_missing_stock(self, components=None):
        """Return ``{(product, warehouse): quantity}`` demanded and not reserved yet.

        :param components: of the lines, if they have been computed already
        """
        reserved = self._get_reserved_quantities()
        missing = {}
        for key, quantity in self.line_ids._get_demand(components).items():
            left = quantity - reserved.get(key, 0.0)
            if key[0].uom_id.compare(left, 0) > 0:
                missing[key] = left
        return missing

    # ------------------------------------------------------------------
    # Quotation
    # ------------------------------------------------------------------

    def _prepare_opportunity_quotation_context(self):
        """Add the products of the opportunity to the quotation."""
        context = super()._prepare_opportunity_quotation_context()
        warehouse = self.line_ids.warehouse_id
        if not self.line_ids or len(warehouse) > 1:
            return context
        if warehouse:
            context["default_warehouse_id"] = warehouse.id
            context["default_company_id"] = warehouse.company_id.id
        context["default_order_line"] = self._prepare_order_lines(self.line_ids)
        return context

    def _prepare_order_lines(self, lines):
        company = lines.company_id[:1] or self.env.company
        pricelist = self.partner_id.with_company(company).property_product_pricelist
        currency = pricelist.currency_id or company.currency_id
        return [Command.create(line._prepare_order_line(currency)) for line in lines]

    def action_new_quotation(self):
        """Create one quotation for each warehouse."""
        action = super().action_new_quotation()
        if len(self.line_ids.warehouse_id) <= 1:
            return action
        orders = self.env["sale.order"]
        for warehouse, lines in self.line_ids.grouped("warehouse_id").items():
            context = {
                **action["context"],
                "default_warehouse_id": warehouse.id,
                "default_company_id": lines.company_id[:1].id,
            }
            orders |= orders.with_context(**context).create(
                {"order_line": self._prepare_order_lines(lines)}
            )
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sale.action_quotations_with_onboarding"
        )
        return {**action, "domain": [("id", "in", orders.ids)], "context": {}}

    # ------------------------------------------------------------------
    # Credit
    # ------------------------------------------------------------------

    @api.depends("line_ids.price_subtotal", "expected_revenue", "won_status")
    def _compute_credit_impact(self):
        return super()._compute_credit_impact()

    def _is_credit_applicable(self):
        return self.type == "opportunity" and self.won_status == "pending"

    def _get_credit_amount(self):
        return self.line_total or self.expected_revenue

    def get_credit_impact(self):
        """Return what this opportunity would do to the credit of its customer.

        :return: as ``res.partner.get_credit_impact``
        :raise AccessError: when the user may not read the opportunity
        :raise UserError: when it has no customer yet
        """
        self.ensure_one()
        self.check_access("read")
        if not self.partner_id:
            raise UserError(self.env._("Choose a customer for %s first.", self.name))
        company = self._get_stock_company()
        partner = self.sudo().with_company(company).partner_id
        return partner._prepare_credit_impact(self._get_credit_amount())
