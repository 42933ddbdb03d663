# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from dataclasses import dataclass

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import float_round

from odoo.addons.backorder_atp.dates import add_days
from odoo.addons.backorder_atp_sourcing.models.backorder_supply import Need


@dataclass(frozen=True)
class Proposal:
    """Proposed purchase for a need; the quantity is in the unit of the seller."""

    need: Need
    seller: models.BaseModel
    quantity: float
    obstacle: str | bool = False

    @property
    def date(self):
        now = fields.Datetime.now()
        return add_days(now, self.seller.delay) or now


class BackorderSupply(models.AbstractModel):
    """Emergency purchases."""

    _inherit = "backorder.supply"

    # ------------------------------------------------------------------
    # Interface
    # ------------------------------------------------------------------

    @api.model
    def buy(self, requests):
        """Create emergency purchases.

        Never twice for the same shortage: open supply is read again under the promise
        guard, and a request based on outdated figures is refused.

        :param requests: list of dicts with ``product_id`` and ``warehouse_id``;
            optionally ``quantity`` and ``seller_id``, in the unit of that seller
            of the product (``product.supplierinfo``), and ``uncovered``, the
            uncovered quantity shown to the user, in the product's unit
        :return: an action that shows the purchases
        :raise AccessError: for users who are neither inventory managers nor operators
            with purchase rights
        :raise UserError: when nothing can be bought, or the shortage has changed
            meanwhile
        """
        self._check_buyer()
        requests = {(row["product_id"], row["warehouse_id"]): row for row in requests}
        self._check_warehouses(
            self.env["stock.warehouse"].browse([key[1] for key in requests])
        )
        source = f"emergency-purchase:{self.env.user.login}"
        with self.env["backorder.event"]._caused_by(source):
            lines = self.sudo()._buy(requests)
        return lines.with_env(self.env)._get_emergency_action()

    @api.model
    def _check_buyer(self):
        self._check_operator()
        self._check_group(
            "purchase.group_purchase_user", "backorder_atp.group_inventory_manager"
        )

    @api.model
    def _can_buy(self):
        try:
            self._check_buyer()
        except AccessError:
            return False
        return True

    # ------------------------------------------------------------------
    # Proposals
    # ------------------------------------------------------------------

    @api.model
    def _propose(self, need):
        """Return the proposed purchase for the uncovered part of ``need``.

        Nothing is bought for orders on hold, which need a review first. The margin of
        the company is added and the quantity rounded up to whole purchase units, at
        least the vendor's minimum.
        """
        company = need.warehouse.sudo().company_id
        product = need.product.with_company(company)
        quantity = need.to_buy * (1 + company.backorder_purchase_margin / 100)
        if product.uom_id.compare(quantity, 0) <= 0:
            nothing = self.env["product.supplierinfo"]
            return Proposal(need, nothing, 0.0, self._get_nothing_message(need))
        seller = self._select_seller(product, quantity)
        if not seller:
            return Proposal(need, seller, 0.0, self._get_no_seller_message(product))
        bought = self._get_purchase_qty(product, quantity, seller, need.warehouse)
        return Proposal(need, seller, bought)

    def _get_nothing_message(self, need):
        if need.product.uom_id.compare(need.uncovered, 0) <= 0:
            return self.env._("Everything is on order.")
        return self.env._("Only orders on hold need it. Release them to buy for them.")

    def _select_seller(self, product, quantity):
        """Return Odoo's choice, or the lowest minimum if all minimums are higher."""
        seller = product._select_seller(quantity=quantity, uom_id=product.uom_id)
        if seller:
            return seller
        vendor = product._select_seller(quantity=None).partner_id
        return product._get_filtered_sellers(partner_id=vendor, quantity=None).sorted(
            "min_qty"
        )[:1]

    def _get_no_seller_message(self, product):
        if not product.purchase_ok:
            return self.env._(
                "Cannot be purchased. Transfer, manufacture or replace it."
            )
        return self.env._("No vendor. Add one on the Purchase tab of the product.")

    def _get_purchase_qty(self, product, quantity, seller, warehouse):
        """Return ``quantity`` of the product in whole units of the seller.

        Together with the open request to which it is added, it is at least the
        vendor's minimum.
        """
        unit = seller.product_uom_id
        wanted = product.uom_id._convert_quantity(quantity, unit, round=False)
        request = self._get_open_request(product, seller, warehouse)
        requested = request.product_uom_id._convert_quantity(
            request.product_qty, unit, round=False
        )
        return float_round(
            max(wanted, seller.min_qty - requested),
            precision_rounding=1.0,
            rounding_method="UP",
        )

    # ------------------------------------------------------------------
    # Buying
    # ------------------------------------------------------------------

    @api.model
    def _buy(self, requests):
        """Buy for ``{(product_id, warehouse_id): request}``; return the lines.

        Of two concurrent transactions, the guard makes one fail; it is retried with
        the purchases of the other.
        """
        self.env["stock.promise.guard"]._touch(list(requests))
        proposals = [
            self._apply_request(self._propose(need), requests[need.key])
            for need in self._get_needs_of(list(requests))
        ]
        self._check_obstacles(proposals)
        return self._purchase([row for row in proposals if not row.obstacle])

    def _apply_request(self, proposal, request):
        """Return the proposal with the quantity and vendor of the request."""
        need = proposal.need
        shown = request.get("uncovered")
        if shown is not None and need.product.uom_id.compare(need.to_buy, shown):
            raise UserError(self._get_changed_message(need, need.to_buy))
        seller = self._get_requested_seller(need, request) or proposal.seller
        quantity = request.get("quantity")
        if quantity is None or not seller:
            return proposal
        if seller.product_uom_id.compare(quantity, 0) <= 0:
            raise UserError(
                self.env._(
                    "The quantity of %s must be greater than zero.",
                    need.product.display_name,
                )
            )
        return Proposal(need, seller, quantity)

    def _get_requested_seller(self, need, request):
        seller = self.env["product.supplierinfo"].browse(request.get("seller_id"))
        company = need.warehouse.company_id
        sellers = need.product.with_company(company)._prepare_sellers()
        if seller - sellers:
            raise UserError(
                self.env._(
                    "%(vendor)s does not sell %(product)s. Choose another vendor.",
                    vendor=seller.exists().partner_id.display_name or seller.ids,
                    product=need.product.display_name,
                )
            )
        return seller

    def _check_obstacles(self, proposals):
        """Raise an error with the reasons if nothing can be bought."""
        if any(not proposal.obstacle for proposal in proposals):
            return
        raise UserError(
            "\n".join(
                [
                    self.env._("There is nothing to buy:"),
                    *(
                        f"• {row.need.product.display_name}: {row.obstacle}"
                        for row in proposals
                    ),
                ]
            )
        )

    def _purchase(self, proposals):
        """Let Odoo create the purchases: one for each vendor and warehouse."""
        rules = self.env["stock.rule"].sudo()
        rules._run_buy(
            [
                (
                    self._prepare_procurement(proposal),
                    proposal.need.warehouse._get_emergency_rule(),
                )
                for proposal in proposals
            ]
        )
        lines = self.env["purchase.order.line"]
        for proposal in proposals:
            line = self._get_purchased_line(proposal)
            self.env["backorder.event"]._log(
                "supply:purchase_created",
                **self._prepare_purchase_event(proposal, line),
            )
            lines |= line
        return lines

    def _prepare_procurement(self, proposal):
        need, seller = proposal.need, proposal.seller
        company = need.warehouse.company_id
        return self.env["stock.rule"].Procurement(
            need.product.with_company(company),
            proposal.quantity,
            seller.product_uom_id,
            need.warehouse.lot_stock_id,
            need.product.display_name,
            self._get_origin(need),
            company,
            {
                "company_id": company,
                "warehouse_id": need.warehouse,
                "date_planned": proposal.date,
                "supplierinfo_id": seller,
                "orderpoint_id": self.env["stock.warehouse.orderpoint"],
                "move_dest_ids": self.env["stock.move"],
                "is_emergency": True,
            },
        )

    def _get_origin(self, need):
        """Return the names of the orders for which it is bought."""
        orders = need.product._get_backordered_lines(need.warehouse).order_id
        return self._get_order_names(
            orders.filtered(lambda order: order.backorder_state != "on_hold")
        )

    def _get_purchased_line(self, proposal):
        need = proposal.need
        return self._get_open_request(need.product, proposal.seller, need.warehouse)

    def _get_open_request(self, product, seller, warehouse):
        """Return the open urgent request of this vendor, to which more is added."""
        return (
            self.env["purchase.order.line"]
            .sudo()
            .search(
                [
                    ("product_id", "=", product.id),
                    ("partner_id", "=", seller.partner_id.id),
                    ("order_id.is_emergency", "=", True),
                    ("order_id.state", "=", "draft"),
                    ("location_final_id", "=", warehouse.sudo().lot_stock_id.id),
                ],
                order="id desc",
                limit=1,
            )
        )

    def _prepare_purchase_event(self, proposal, line):
        need = proposal.need
        return {
            "product": need.product,
            "warehouse": need.warehouse,
            "quantity": proposal.seller.product_uom_id._convert_quantity(
                proposal.quantity, need.product.uom_id
            ),
            "payload": {
                "shortage": need.shortage,
                "requested": need.requested,
                "ordered": need.ordered,
                "onHold": need.held,
                "uncovered": need.to_buy,
                "purchaseOrderId": line.order_id.id,
                "purchaseOrder": line.order_id.name,
                "purchaseLineId": line.id,
                "vendor": line.partner_id.display_name,
                "purchaseQuantity": proposal.quantity,
                "purchaseUnit": proposal.seller.product_uom_id.name,
                "unitPrice": line.price_unit,
                "currency": line.currency_id.name,
                "expected": fields.Datetime.to_string(line.date_planned),
            },
        }
