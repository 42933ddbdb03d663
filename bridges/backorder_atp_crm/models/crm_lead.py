# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict
from datetime import datetime, time, timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain

from odoo.addons.backorder_atp.exceptions import OrderValidationError

ROLES = (
    "sales_team.group_sale_salesman",
    "backorder_atp.group_backorder_operator",
)


class CrmLead(models.Model):
    """Opportunities hold the stock they are likely to need (E4)."""

    _name = "crm.lead"
    _inherit = ["crm.lead", "credit.impact.mixin"]

    line_ids = fields.One2many("crm.lead.line", "lead_id", "Products", copy=True)
    line_total = fields.Monetary(
        "Products Total",
        compute="_compute_line_total",
        currency_field="company_currency",
    )
    stock_hold_ids = fields.One2many(
        "stock.hold",
        "origin_id",
        "Stock Holds",
        domain=[("origin_model", "=", "crm.lead")],
        copy=False,
    )
    allocation_state = fields.Selection(
        [
            ("none", "No Stock Held"),
            ("partial", "Held in Part"),
            ("allocated", "Stock Held"),
            ("expired", "Hold Expired"),
            ("ordered", "Ordered"),
        ],
        "Stock",
        compute="_compute_allocation",
    )
    allocated_value = fields.Monetary(
        "Value Held", compute="_compute_allocation", currency_field="company_currency"
    )
    stock_held_until = fields.Datetime(
        compute="_compute_allocation", help="When the first of its holds expires."
    )
    can_allocate_stock = fields.Boolean(compute="_compute_allocation")

    @api.depends("line_ids.price_subtotal")
    def _compute_line_total(self):
        for lead in self:
            lead.line_total = sum(lead.line_ids.mapped("price_subtotal"))

    @api.depends(
        "active",
        "line_ids.quantity",
        "line_ids.product_id",
        "line_ids.warehouse_id",
        "stock_hold_ids.state",
        "stock_hold_ids.remaining_quantity",
        "stock_hold_ids.expiry_date",
        "type",
        "won_status",
    )
    def _compute_allocation(self):
        for lead in self:
            holds = lead._get_counting_stock_holds()
            lead.allocation_state = lead._get_allocation_state()
            lead.allocated_value = lead._get_held_value()
            lead.stock_held_until = min(holds.mapped("expiry_date"), default=False)
            lead.can_allocate_stock = (
                lead.type == "opportunity"
                and lead.active
                and lead.won_status == "pending"
                and lead.allocation_state != "allocated"
                and bool(lead.line_ids._get_demand())
            )

    def _get_allocation_state(self):
        """Return how far the opportunity holds what it asks for."""
        held = self._get_held_quantities()
        if held:
            missing = self._get_missing_stock()
            return "partial" if missing else "allocated"
        last = self.sudo().stock_hold_ids.sorted("id")[-1:]
        if last.state == "consumed":
            return "ordered"
        if last.state == "expired" or last.is_expired:
            return "expired"
        return "none"

    def _get_counting_stock_holds(self):
        return self.sudo().stock_hold_ids.filtered(
            lambda hold: hold.state == "active" and not hold.is_expired
        )

    def _get_held_quantities(self):
        """Return ``{(product, warehouse): quantity}`` held, in the product's unit."""
        held = defaultdict(float)
        for hold in self._get_counting_stock_holds().with_env(self.env):
            own = hold.sudo()
            held[
                own.product_id.with_env(self.env), own.warehouse_id.with_env(self.env)
            ] += own.remaining_quantity
        return held

    def _get_held_value(self):
        """Return what is held, at the prices of the lines."""
        prices = defaultdict(lambda: [0.0, 0.0])
        for line in self.line_ids:
            row = prices[line.product_id, line.warehouse_id]
            row[0] += line.price_subtotal
            row[1] += line._get_product_qty()
        return sum(
            quantity * prices[key][0] / prices[key][1]
            for key, quantity in self._get_held_quantities().items()
            if prices[key][1]
        )

    def _get_missing_stock(self):
        """Return ``{(product, warehouse): quantity}`` asked for and not held yet."""
        held = self._get_held_quantities()
        missing = {}
        for key, quantity in self.line_ids._get_demand().items():
            left = quantity - held.get(key, 0.0)
            if key[0].uom_id.compare(left, 0) > 0:
                missing[key] = left
        return missing

    # ------------------------------------------------------------------
    # Allocating
    # ------------------------------------------------------------------

    def action_allocate_stock(self):
        """Hold what this opportunity asks for and does not hold yet, or nothing (E4).

        Stock is held until the expected closing, within the limits of the company.

        :raise AccessError: for whoever may not change the opportunity
        :raise UserError: when it is lost, won, too unlikely, in a stage that holds no
            stock, asks for nothing from stock or from no warehouse
        :raise OrderValidationError: naming each line with what is requested,
            available and short; nothing is held then
        """
        self.ensure_one()
        self._check_may_allocate()
        missing = self._get_missing_stock()
        if not missing:
            return True
        keys = [(product.id, warehouse.id) for product, warehouse in missing]
        guard = self.env["stock.promise.guard"]
        if guard._is_fresh_request("action_allocate_stock"):
            guard._serialize(keys)
        guard._touch(keys)
        lines = self._prepare_lines(missing)
        self._check_stock(lines)
        holds = self.env["stock.hold"].create(
            [self._prepare_stock_hold(*key, missing[key]) for key in missing]
        )
        self._log_allocation("opportunity:allocated", lines)
        self._note_allocation(holds)
        return True

    def _check_may_allocate(self):
        if not any(map(self.env.user.has_group, ROLES)):
            names = [self.env.ref(role).sudo().full_name for role in ROLES]
            raise AccessError(
                self.env._(
                    "This needs the role %s. Ask an administrator.",
                    self.env._(" or ").join(names),
                )
            )
        self.check_access("write")
        if reason := self._get_refusal():
            raise UserError(reason)

    def _get_refusal(self):
        """Return why this opportunity may not hold stock, if it may not."""
        if self.type != "opportunity":
            return self.env._(
                "%s is a lead: convert it to an opportunity first.", self.name
            )
        if self.won_status == "lost" or not self.active:
            return self.env._(
                "%s is lost: restore it before stock is held for it.", self.name
            )
        if self.won_status == "won":
            return self.env._(
                "%s is won: make its quotation, and hold stock for that.", self.name
            )
        if self.stage_id.stock_allocation == "never":
            return self.env._(
                "Opportunities of stage %(stage)s hold no stock. Move %(name)s on.",
                stage=self.stage_id.name,
                name=self.name,
            )
        return self._get_probability_refusal() or self._get_line_refusal()

    def _get_probability_refusal(self):
        company = self._get_stock_company().sudo()
        least = company.opportunity_min_probability
        if self.probability >= least:
            return False
        return self.env._(
            "%(name)s has a probability of %(probability)g %%; stock is held from"
            " %(least)g %% on.",
            name=self.name,
            probability=self.probability,
            least=least,
        )

    def _get_line_refusal(self):
        demand = self.line_ids._get_demand()
        if not demand:
            return self.env._(
                "%s asks for nothing from stock. Add products.", self.name
            )
        nowhere = [product for product, warehouse in demand if not warehouse]
        if nowhere:
            return self.env._(
                "Choose a warehouse for %s: several are possible.",
                ", ".join(product.display_name for product in nowhere),
            )
        return False

    def _get_stock_company(self):
        return self.company_id or self.line_ids.company_id[:1] or self.env.company

    def _check_stock(self, lines):
        """Raise one message with what is requested, available and short of each line.

        What is judged is what can be promised, in every phase (E5).
        """
        if not any(line["short"] for line in lines):
            return
        self.env["backorder.event"]._log_after_rollback(
            "opportunity:short",
            company=self._get_stock_company(),
            payload=self._prepare_allocation_payload(lines),
        )
        raise OrderValidationError(self._get_shortage_message(lines))

    def _prepare_lines(self, missing):
        """Return one dict for each product and warehouse, in the product's unit."""
        held = self._get_held_quantities()
        availability = (
            self.env["stock.availability"]
            .sudo()
            .get_availability(
                self.env["product.product"].union(*(key[0] for key in missing)),
                self.env["stock.warehouse"].union(*(key[1] for key in missing)),
                components=["atp"],
            )
        )
        lines = []
        for (product, warehouse), quantity in missing.items():
            own = held.get((product, warehouse), 0.0)
            free = max(0.0, availability[product.id, warehouse.id]["atp"])
            requested = product.uom_id.round(own + quantity)
            lines.append(
                {
                    "productId": product.id,
                    "sku": product.default_code or False,
                    "product": product.display_name,
                    "unit": product.uom_id.name,
                    "warehouseId": warehouse.id,
                    "warehouse": warehouse.sudo().name,
                    "requested": requested,
                    "available": product.uom_id.round(own + free),
                    "short": max(0.0, product.uom_id.round(quantity - free)),
                }
            )
        return lines

    def _get_shortage_message(self, lines):
        rows = [
            self.env._(
                "• %(product)s in %(warehouse)s: requested %(requested)s, available"
                " %(available)s, short %(short)s %(unit)s",
                **{
                    name: line[name]
                    for name in (
                        "product",
                        "warehouse",
                        "requested",
                        "available",
                        "short",
                        "unit",
                    )
                },
            )
            for line in lines
        ]
        return "\n".join(
            [
                self.env._(
                    "Not enough stock for %s. All of it is held or nothing:", self.name
                ),
                *rows,
                self.env._("Ask for less, choose another warehouse, or wait."),
            ]
        )

    def _prepare_stock_hold(self, product, warehouse, quantity):
        return {
            "product_id": product.id,
            "warehouse_id": warehouse.id,
            "quantity": quantity,
            "partner_id": self.partner_id.id,
            "origin": self.name,
            "origin_model": self._name,
            "origin_id": self.id,
            "expiry_date": self._get_hold_expiry(warehouse.sudo().company_id),
        }

    def _get_hold_expiry(self, company):
        """Return the end of the day of the expected closing, within the limits."""
        now = fields.Datetime.now()
        company = company.sudo()
        hours = min(company.opportunity_hold_duration, company.hold_max_duration)
        latest = now + timedelta(hours=hours)
        if self.date_deadline and self.date_deadline >= now.date():
            return min(latest, datetime.combine(self.date_deadline, time(23, 59)))
        return latest

    # ------------------------------------------------------------------
    # Releasing
    # ------------------------------------------------------------------

    def action_release_stock(self, reason):
        """Let go of what this opportunity holds, at once (E4).

        :param reason: why, for the log; required
        :raise AccessError: for whoever is neither its salesperson, nor made the hold,
            nor is an operator
        :raise UserError: when nothing is held
        """
        self._get_releasable_holds().action_release(reason)

    def action_open_release_stock(self):
        """Ask why, then release."""
        return self._get_releasable_holds().action_open_release()

    def _get_releasable_holds(self):
        self.check_access("read")
        holds = self.env["stock.hold"].browse(self._get_counting_stock_holds().ids)
        if not holds:
            raise UserError(
                self.env._("Nothing is held for this opportunity any more.")
            )
        return holds

    def action_view_stock_holds(self):
        """Open everything that is or was held for this opportunity."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "backorder_atp.stock_hold_action"
        )
        domain = [("origin_model", "=", self._name), ("origin_id", "=", self.id)]
        return {**action, "domain": domain, "context": {"create": False}}

    def _release_stock(self, reason):
        """End what these hold, for a reason that follows from what happened to them."""
        self.sudo().stock_hold_ids._settle("released", reason)

    def _trim_stock_holds(self):
        """Let go of what is held beyond what the lines ask for now."""
        for lead in self:
            demand = lead.line_ids._get_demand()
            for key, held in lead._get_held_quantities().items():
                if key[0].uom_id.compare(held, demand.get(key, 0.0)) > 0:
                    lead._trim_stock_hold(key, held - demand.get(key, 0.0))

    def _trim_stock_hold(self, key, surplus):
        """Take ``surplus`` from the holds of a product, the last ones first."""
        holds = self._get_counting_stock_holds().filtered(
            lambda hold: (
                (hold.product_id.id, hold.warehouse_id.id) == (key[0].id, key[1].id)
            )
        )
        reason = self.env._("The opportunity asks for less")
        for hold in holds.sorted("id", reverse=True):
            if key[0].uom_id.compare(surplus, hold.remaining_quantity) >= 0:
                surplus -= hold.remaining_quantity
                hold._settle("released", reason)
            elif key[0].uom_id.compare(surplus, 0) > 0:
                hold._give_back(surplus, reason)
                surplus = 0.0

    # ------------------------------------------------------------------
    # What happens to the opportunity
    # ------------------------------------------------------------------

    def write(self, vals):
        """Let the holds follow: lost, archived, moved to a stage, another customer."""
        arriving = self.browse()
        if "stage_id" in vals:
            arriving = self.filtered(lambda lead: lead.stage_id.id != vals["stage_id"])
        result = super().write(vals)
        if {"active", "probability", "stage_id", "won_status"} & vals.keys():
            self._release_lost_stock()
        if "partner_id" in vals:
            for lead in self:
                lead._get_counting_stock_holds().partner_id = lead.partner_id
        if {"company_id", "team_id"} & vals.keys():
            self._trim_stock_holds()
        arriving._allocate_on_arrival()
        return result

    def _release_lost_stock(self):
        lost = self.filtered(lambda lead: not lead.active or lead.won_status == "lost")
        lost._release_stock(self.env._("The opportunity is lost"))
        unfit = (self - lost).filtered(
            lambda lead: lead.stage_id.stock_allocation == "never"
        )
        unfit._release_stock(self.env._("Its stage holds no stock"))

    def _allocate_on_arrival(self):
        """Hold stock in stages that do so by themselves; say so where they cannot."""
        for lead in self:
            is_due = lead.stage_id.stock_allocation == "automatic"
            if not is_due or not lead.can_allocate_stock:
                continue
            try:
                with self.env.cr.savepoint():
                    lead.action_allocate_stock()
            except (UserError, AccessError) as error:
                lead.message_post(body=str(error), subtype_xmlid="mail.mt_note")

    @api.ondelete(at_uninstall=False)
    def _unlink_release_stock(self):
        self._release_stock(self.env._("The opportunity is deleted"))

    def _merge_dependences(self, opportunities):
        """Products and what is held for them go to the opportunity that stays."""
        result = super()._merge_dependences(opportunities)
        merged = opportunities.sudo()
        merged.line_ids.with_context(active_test=False).lead_id = self
        merged.stock_hold_ids.write({"origin_id": self.id, "origin": self.name})
        return result

    # ------------------------------------------------------------------
    # Quotation
    # ------------------------------------------------------------------

    def _prepare_opportunity_quotation_context(self):
        """Give the quotation the products of the opportunity."""
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
        """Make one quotation for each warehouse where there are several (A6, E4)."""
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
    # Credit (E3)
    # ------------------------------------------------------------------

    @api.depends("line_ids.price_subtotal", "expected_revenue", "won_status")
    def _compute_credit_impact(self):
        return super()._compute_credit_impact()

    def _is_credit_asked(self):
        return self.type == "opportunity" and self.won_status == "pending"

    def _get_credit_amount(self):
        return self.line_total or self.expected_revenue

    def get_credit_impact(self):
        """Return what this opportunity would do to the credit of its customer (E3).

        :return: as ``res.partner.get_credit_impact``
        :raise AccessError: for whoever may not read the opportunity
        :raise UserError: when it has no customer yet
        """
        self.ensure_one()
        self.check_access("read")
        if not self.partner_id:
            raise UserError(self.env._("Choose a customer for %s first.", self.name))
        company = self._get_stock_company()
        partner = self.sudo().with_company(company).partner_id
        return partner._prepare_credit_impact(self._get_credit_amount())

    # ------------------------------------------------------------------
    # Telling
    # ------------------------------------------------------------------

    def _prepare_allocation_payload(self, lines):
        return {
            "opportunityId": self.id,
            "opportunity": self.name,
            "stage": self.stage_id.name or False,
            "probability": self.probability,
            "partnerId": self.partner_id.id or False,
            "partner": self.partner_id.display_name or False,
            "expectedCloseDate": fields.Date.to_string(self.date_deadline) or False,
            "lines": lines,
        }

    def _log_allocation(self, event_type, lines):
        self.env["backorder.event"]._log(
            event_type,
            company=self._get_stock_company(),
            payload=self._prepare_allocation_payload(lines),
        )

    def _note_allocation(self, holds):
        self.message_post(
            body=self.env._(
                "Stock is held: %s",
                ", ".join(
                    f"{hold.product_id.display_name}"
                    f" × {hold.product_uom_id.round(hold.quantity):g}"
                    for hold in holds
                ),
            )
        )

    @api.model
    def get_allocation_report(self, domain=None):
        """Return what opportunities hold, by stage and by product (E4).

        Only what the user may see of the companies chosen; values are in the currency
        of the user's company.

        :param domain: of the report, e.g. ``[("team_id", "=", 3)]``
        :return: dict with ``totalOpportunities``, ``totalAllocatedValue``,
            ``currency``, ``opportunitiesByStage`` (``stage``, ``opportunities``,
            ``value``) and ``inventoryAllocationBySku`` (``productId``, ``sku``,
            ``product``, ``quantity``, ``value``)
        """
        report = self.env["crm.lead.allocation.report"]
        domain = Domain(domain or Domain.TRUE) & Domain(
            "company_id", "=", self.env.company.id
        )
        measures = ["value:sum", "lead_id:count_distinct"]
        [[value, leads]] = report._read_group(domain, [], measures)
        stages = report._read_group(domain, ["stage_id"], measures)
        products = report._read_group(
            domain, ["product_id"], ["quantity:sum", "value:sum"]
        )
        return {
            "totalOpportunities": leads,
            "totalAllocatedValue": value or 0.0,
            "currency": self.env.company.currency_id.name,
            "opportunitiesByStage": [
                {"stage": stage.name or False, "opportunities": count, "value": amount}
                for stage, amount, count in stages
            ],
            "inventoryAllocationBySku": [
                {
                    "productId": product.id,
                    "sku": product.default_code or False,
                    "product": product.display_name,
                    "quantity": quantity,
                    "value": amount,
                }
                for product, quantity, amount in products
            ],
        }
