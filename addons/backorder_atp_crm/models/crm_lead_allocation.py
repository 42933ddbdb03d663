# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime, time, timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from odoo.addons.backorder_atp.exceptions import OrderValidationError

ROLES = (
    "sales_team.group_sale_salesman",
    "backorder_atp.group_backorder_operator",
)


class CrmLead(models.Model):
    """Reserving stock for an opportunity, and what is recorded of it."""

    _inherit = "crm.lead"

    # ------------------------------------------------------------------
    # Allocating
    # ------------------------------------------------------------------

    def action_allocate_stock(self):
        """Reserve everything that is not reserved for this opportunity yet, or nothing.

        Stock is reserved until the expected closing, within the company's limits.

        :raise AccessError: when the user may not change the opportunity
        :raise UserError: when it is lost, won, too unlikely, in a stage that reserves
            no stock, or has no product from stock or no warehouse
        :raise OrderValidationError: naming each line with the requested, available and
            short quantity; nothing is reserved then
        """
        self.ensure_one()
        self._check_may_allocate()
        missing = self._get_missing_stock()
        if not missing:
            return True
        keys = {(key[0].id, key[1].id): missing[key] for key in missing}
        with self.env["stock.promise.guard"]._claiming(keys):
            lines = self._prepare_final_lines(missing)
            self._check_stock(lines)
            reservations = self.env["stock.soft.reservation"].create(
                [self._prepare_soft_reservation(*key, missing[key]) for key in missing]
            )
        reservations.sudo().write({"origin_model": self._name, "origin_id": self.id})
        self._price_soft_reservations()
        self._log_allocation("opportunity:allocated", lines)
        self._record_allocation(reservations)
        return True

    def _prepare_final_lines(self, missing):
        """Return the lines to reserve; none is short only for a promise in flight."""
        lines = self._prepare_lines(missing)
        if short := [line for line in lines if line["short"]]:
            self.env["stock.promise.guard"]._settle_unseen(
                {(line["productId"], line["warehouseId"]) for line in short}
            )
            lines = self._prepare_lines(missing)
        return lines

    def _check_may_allocate(self):
        if not any(map(self.env.user.has_group, ROLES)):
            names = [self.env.ref(role).sudo().full_name for role in ROLES]
            raise AccessError(
                self.env._(
                    "You need the role %s for this. Ask an administrator.",
                    self.env._(" or ").join(names),
                )
            )
        self.check_access("write")
        if reason := self._get_refusal():
            raise UserError(reason)

    def _get_refusal(self):
        """Return why no stock can be reserved for this opportunity, if so."""
        if self.type != "opportunity":
            return self.env._(
                "%s is a lead. Convert it to an opportunity first.", self.name
            )
        if self.won_status == "lost" or not self.active:
            return self.env._("%s is lost. Restore it to reserve stock.", self.name)
        if self.won_status == "won":
            return self.env._(
                "%s is won. Create a quotation and reserve stock there.", self.name
            )
        if self.stage_id.stock_allocation == "never":
            return self.env._(
                "No stock is reserved in the stage %(stage)s. Move %(name)s to another"
                " stage.",
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
            "%(name)s has a probability of %(probability)g%%. Stock is reserved from"
            " %(least)g%%.",
            name=self.name,
            probability=self.probability,
            least=least,
        )

    def _get_line_refusal(self):
        demand = self.line_ids._get_demand()
        if not demand:
            return self.env._(
                "%s has no storable products. Add products first.", self.name
            )
        nowhere = [product for product, warehouse in demand if not warehouse]
        if nowhere:
            return self.env._(
                "Choose a warehouse for %s.",
                ", ".join(product.display_name for product in nowhere),
            )
        return False

    def _get_stock_company(self):
        return self.company_id or self.line_ids.company_id[:1] or self.env.company

    def _check_stock(self, lines):
        """Raise one message with the requested, available and short quantities.

        The check is against what can be promised, in every phase.
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
        reserved = self._get_reserved_quantities()
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
            own = reserved.get((product, warehouse), 0.0)
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
                    "There is not enough stock for %s. Nothing was reserved:", self.name
                ),
                *rows,
                self.env._(
                    "Reduce the quantity, choose another warehouse or wait for stock."
                ),
            ]
        )

    def _prepare_soft_reservation(self, product, warehouse, quantity):
        return {
            "product_id": product.id,
            "warehouse_id": warehouse.id,
            "quantity": quantity,
            "partner_id": self.partner_id.id,
            "origin": self.name,
            "user_id": (self.user_id or self.env.user).id,
            "expiry_date": self._get_reservation_expiry(warehouse.sudo().company_id),
        }

    def _get_reservation_expiry(self, company):
        """Return the end of the day of the expected closing, within the limits."""
        now = self.env.cr.now().replace(microsecond=0)  # as of the new soft reservation
        company = company.sudo()
        hours = min(
            company.opportunity_reservation_duration,
            company.soft_reservation_max_duration,
        )
        latest = now + timedelta(hours=hours)
        if self.date_deadline and self.date_deadline >= now.date():
            return min(latest, datetime.combine(self.date_deadline, time(23, 59)))
        return latest

    # ------------------------------------------------------------------
    # Log and chatter
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

    def _record_allocation(self, reservations):
        self.message_post(
            body=self.env._(
                "Stock reserved: %s",
                ", ".join(
                    f"{reservation.product_id.display_name}"
                    f" × {reservation.product_uom_id.round(reservation.quantity):g}"
                    for reservation in reservations
                ),
            )
        )

    @api.model
    def get_allocation_report(self, domain=None):
        """Return the stock reserved for opportunities, by stage and by product.

        Only what the user may see in the selected companies. Values are in the currency
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
        # users who may not read the opportunities see the totals, too
        domain = Domain("id", "in", report._search(domain))
        report = report.sudo()
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
