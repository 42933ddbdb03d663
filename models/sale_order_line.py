# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from contextlib import contextmanager

from odoo import api, fields, models
from odoo.fields import Domain

from ..transaction import TransactionDict
from .sale_order_installation import ADOPTING
from .stock_availability_source import OPEN_MOVE_STATES

# Fields computed from the moves of a line.
BACKORDER_FIELDS = [
    "backorder_qty",
    "backorder_product_qty",
    "allocated_qty",
    "open_qty",
]

# Orders that got stock in this transaction.
ALLOCATED = TransactionDict("backorder_atp.allocated")


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    backorder_qty = fields.Float(
        "Backordered",
        compute="_compute_backorder",
        store=True,
        digits="Product Unit",
        help="Quantity that is neither delivered, reserved nor covered by stock, in the"
        " line's unit.",
        server_only=True,
    )
    backorder_product_qty = fields.Float(
        "Backordered (Product Unit)",
        compute="_compute_backorder",
        store=True,
        digits="Product Unit",
        server_only=True,
    )
    allocated_qty = fields.Float(
        "Allocated",
        compute="_compute_backorder",
        store=True,
        digits="Product Unit",
        help="Reserved or delivered quantity, in the line's unit.",
        server_only=True,
    )
    open_qty = fields.Float(
        "To Deliver (Stock)",
        compute="_compute_backorder",
        store=True,
        digits="Product Unit",
        help="Quantity from stock that is not delivered yet, in the line's unit.",
        server_only=True,
    )

    _backorder_idx = models.Index(
        "(product_id, warehouse_id, order_id) WHERE backorder_product_qty > 0"
    )

    # ------------------------------------------------------------------
    # Covered or short
    # ------------------------------------------------------------------

    @api.depends(
        "state",
        "product_id",
        "product_uom_id",
        "product_uom_qty",
        "order_id.requires_inventory_override",
        "move_ids.state",
        "move_ids.quantity",
        "move_ids.product_uom_qty",
        "move_ids.reservation_date",
        "move_ids.procure_method",
    )
    def _compute_backorder(self):
        before = self._get_recorded_allocation()
        confirmed = self.filtered(
            lambda line: line.state == "sale" and line._needs_stock()
        )
        moves = confirmed.move_ids.filtered(lambda move: move._serves_customer())
        coverage = moves._get_coverage()
        delivered = confirmed._get_delivered_quantities()
        for line in self:
            own_moves = line.move_ids & moves
            demand, allocated, short = line._get_line_figures(
                own_moves, coverage, delivered
            )
            line.backorder_product_qty = short
            line.backorder_qty = line._to_line_unit(short)
            line.allocated_qty = line._to_line_unit(allocated)
            line.open_qty = line._to_line_unit(demand)
        self._log_allocations(before)

    def _get_line_figures(self, moves, coverage, delivered):
        """Return the figures of :meth:`_get_backorder_figures` for the whole line.

        :param delivered: as from :meth:`_get_delivered_quantities`
        """
        return self._get_backorder_figures(
            moves, coverage, delivered.get((self.id, self.product_id.id), 0.0)
        )

    def _get_backorder_figures(self, moves, coverage, delivered):
        """Return open demand, allocation and shortage in the product's unit.

        :param delivered: the quantity that the customer received and kept
        """
        demand = reserved = covered = 0.0
        for move in moves:
            parts = coverage.get(move, (0.0, 0.0, 0.0))
            demand += parts[0]
            reserved += parts[1]
            covered += parts[2]
        if (
            self.state == "sale"
            and self.order_id.requires_inventory_override
            and not moves
        ):
            demand = max(0.0, self._get_product_qty() - delivered)
        short = max(0.0, demand - reserved - covered)
        return demand, reserved + max(0.0, delivered), short

    def _to_line_unit(self, quantity):
        if not quantity:
            return 0.0
        return self.product_id.uom_id._convert_quantity(
            quantity, self.product_uom_id, rounding_method="HALF-UP"
        )

    @api.model
    def _refresh_uncovered(self, product, warehouse, with_due=False):
        """Recompute lines that may change without a change of their own moves: demand
        not due yet, and demand that goods being put away may cover.

        :param with_due: also demand that is due and could not be reserved
        """
        domain = Domain(
            [
                ("product_id", "=", product.id),
                ("warehouse_id", "=", warehouse.id),
                ("state", "=", "sale"),
                ("move_ids.state", "in", ("confirmed", "partially_available")),
            ]
        )
        if not with_due and not warehouse._has_inbound_places():
            domain &= Domain(
                "move_ids.picking_type_id.reservation_method", "!=", "at_confirm"
            )
        self.sudo().search(domain)._recompute_backorders()

    def _get_demand_keys(self):
        """Return each ``(product, warehouse)`` that this line takes stock from."""
        self.ensure_one()
        moves = self.move_ids.filtered(
            lambda move: (
                move.state in OPEN_MOVE_STATES and move.location_id.warehouse_id
            )
        )
        return {(move.product_id, move.location_id.warehouse_id) for move in moves} or {
            (self.product_id, self.warehouse_id)
        }

    def _get_demand_domain(self, products):
        """Return the domain of lines that may be short of ``products``."""
        return Domain("product_id", "in", products.ids)

    def _recompute_backorders(self):
        """Recompute these lines and their orders although no move has changed."""
        for name in BACKORDER_FIELDS:
            self.env.add_to_compute(self._fields[name], self)
        self.modified(BACKORDER_FIELDS)

    @contextmanager
    def _settling(self):
        """Compute these lines once an operation has ended, not during it.

        While demand is merged, split or partly delivered, an order would appear
        covered or short for a moment.
        """
        followed = [self._fields[name] for name in BACKORDER_FIELDS] if self else []
        for field in followed:
            self.env.remove_to_compute(field, self)
        with self.env.protecting(followed, self):
            yield
        lines = self.exists()
        if lines:
            lines._recompute_backorders()

    @api.model
    def _cron_refresh_undue(self):
        """Recompute once a day the lines whose reservation date has come or passed."""
        self.env["uom.uom"]._report_without_size()
        companies = self.env["res.company"].sudo().search([])
        companies._work_off("undue", self._refresh_undue)

    @api.model
    def _refresh_undue(self, company):
        moves = self.env["stock.move"].search(
            [
                ("company_id", "=", company.id),
                ("state", "in", ("waiting", "confirmed", "partially_available")),
                ("sale_line_id", "!=", False),
                "|",
                ("picking_type_id.reservation_method", "!=", "at_confirm"),
                ("procure_method", "=", "make_to_order"),
            ]
        )
        with self.env["backorder.event"]._caused_by("calendar"):
            self.env["backorder.failure"]._work_on_each(
                "undue",
                moves.sale_line_id.order_id,
                lambda orders: orders.order_line._recompute_backorders(),
            )

    # ------------------------------------------------------------------
    # Allocation events
    # ------------------------------------------------------------------

    def _get_recorded_allocation(self):
        """Return ``{line_id: quantity}`` as last known, from the cache or the table."""
        recorded = {
            line.id: line._cache["allocated_qty"]
            for line in self
            if "allocated_qty" in line._cache
        }
        missing = [
            id_ for id_ in self._ids if isinstance(id_, int) and id_ not in recorded
        ]
        if missing:
            self.env.cr.execute(
                "SELECT id, allocated_qty FROM sale_order_line WHERE id = ANY(%s)",
                [missing],
            )
            recorded.update(dict(self.env.cr.fetchall()))
        return recorded

    def _log_allocations(self, before):
        """Log one entry for each order of which a line got more."""
        if ADOPTING.get(self.env.cr):
            return
        gained = self.filtered(
            lambda line: (
                isinstance(line.id, int)
                and line.state == "sale"
                and line.product_uom_id
                and line.product_uom_id.compare(
                    line.allocated_qty, before.get(line.id) or 0.0
                )
                > 0
            )
        )
        ALLOCATED.put_all(self.env.cr, dict.fromkeys(gained.order_id.ids, True))
        self.env["backorder.event"]._log_many(
            [
                {
                    "event_type": "order:allocated",
                    "order": order,
                    "payload": {
                        "lines": [
                            line._prepare_allocation_payload(before) for line in lines
                        ]
                    },
                }
                for order, lines in gained.grouped("order_id").items()
            ]
        )

    def _prepare_allocation_payload(self, before):
        return {
            "lineId": self.id,
            "productId": self.product_id.id,
            "product": self.product_id.display_name,
            "allocated": self.allocated_qty,
            "previouslyAllocated": before.get(self.id) or 0.0,
            "backordered": self.backorder_qty,
        }

    # ------------------------------------------------------------------
    # Withheld deliveries
    # ------------------------------------------------------------------

    def _action_launch_stock_rule(self, *, previous_product_uom_qty=False):
        """Withhold the delivery of orders with a pending approval."""
        released = self.filtered(lambda line: not line.order_id._is_delivery_withheld())
        return super(SaleOrderLine, released)._action_launch_stock_rule(
            previous_product_uom_qty=previous_product_uom_qty
        )
