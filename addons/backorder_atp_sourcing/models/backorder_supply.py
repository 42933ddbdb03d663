# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict
from dataclasses import dataclass

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from odoo.addons.backorder_atp.dates import get_near_day
from odoo.addons.backorder_atp.models.stock_availability_source import OPEN_MOVE_STATES

OPERATOR_GROUP = "backorder_atp.group_backorder_operator"
# How many backordered orders a purchase or transfer names as its source.
NAMED_ORDERS = 5


@dataclass(frozen=True)
class Need:
    """Shortage and incoming supply of a product in a warehouse, in its unit."""

    product: models.BaseModel
    warehouse: models.BaseModel
    shortage: float
    requested: float
    ordered: float
    #: The part of the shortage that belongs to orders on hold.
    held: float = 0.0

    @property
    def key(self):
        return self.product.id, self.warehouse.id

    @property
    def uncovered(self):
        """The shortage that no purchase, confirmed or not, and no transfer covers."""
        return max(0.0, self.shortage - self.requested - self.ordered)

    @property
    def to_buy(self):
        """The same without orders on hold, which need a review first."""
        return max(0.0, self.shortage - self.held - self.requested - self.ordered)

    @property
    def insufficient(self):
        """The shortage that remains after all incoming supply has been received."""
        return max(0.0, self.shortage - self.ordered)


class BackorderSupply(models.AbstractModel):
    """Shortages, and the supply that covers them.

    Shortages are computed by ``stock.availability``. They are covered by all open
    purchases and transfers that bring the product to the warehouse, except those for
    one order alone. Coverage is not stored: it is read from the open documents.
    """

    _name = "backorder.supply"
    _description = "Supply of Backorders"

    # ------------------------------------------------------------------
    # Rights
    # ------------------------------------------------------------------

    @api.model
    def _check_operator(self):
        self._check_group(OPERATOR_GROUP)

    @api.model
    def _check_group(self, *groups):
        """Raise an error if the user has none of ``groups``."""
        if any(self.env.user.has_group(group) for group in groups):
            return
        names = [self.env.ref(group).sudo().full_name for group in groups]
        raise AccessError(
            self.env._(
                "You need the role %s for this. Ask an administrator.",
                self.env._(" or ").join(names),
            )
        )

    @api.model
    def _check_warehouses(self, warehouses):
        """Raise an error for warehouses of companies that the user cannot access."""
        self.env["stock.availability"]._check_warehouse_access(warehouses)

    # ------------------------------------------------------------------
    # Shortages
    # ------------------------------------------------------------------

    @api.model
    def _get_needs(self, products, warehouses):
        """Return the need of each product in each warehouse.

        :return: ``{(product_id, warehouse_id): Need}``
        """
        availability = self.env["stock.availability"].get_availability(
            products, warehouses, components=["shortage"]
        )
        coming = self._get_coming(products, warehouses)
        held = self._get_held(products, warehouses)
        return {
            (product.id, warehouse.id): Need(
                product,
                warehouse,
                availability[product.id, warehouse.id]["shortage"],
                *coming[product.id, warehouse.id],
                held.get((product.id, warehouse.id), 0.0),
            )
            for product in products
            for warehouse in warehouses
        }

    @api.model
    def _get_coming(self, products, warehouses):
        """Return ``{(product_id, warehouse_id): (requested, ordered)}``."""
        coming = defaultdict(lambda: [0.0, 0.0])
        for row in self._get_open_supply(products, warehouses):
            is_ordered = row["kind"] != "request"
            coming[row["product_id"], row["warehouse_id"]][is_ordered] += row[
                "quantity"
            ]
        return coming

    @api.model
    def _get_short_keys(self, companies):
        """Return the ``(product_id, warehouse_id)`` that may be short, by company.

        Those with open demand or negative stock, in one query on partial indexes.
        """
        self.env["stock.availability"]._flush_sources()
        self.env["sale.order.line"].flush_model(["backorder_product_qty"])
        self.env.cr.execute(
            SQL(
                """
                SELECT DISTINCT short.product_id, warehouse.id
                  FROM (%s) short
                  JOIN stock_warehouse warehouse ON warehouse.id = short.warehouse_id
                 WHERE warehouse.company_id = ANY(%s)
                """,
                SQL(" UNION ALL ").join(self._get_short_queries()),
                companies.ids,
            )
        )
        return self.env.cr.fetchall()

    def _get_short_queries(self):
        """Return queries for ``product_id, warehouse_id``; extend to look further."""
        return [
            SQL(
                """SELECT product_id, warehouse_id FROM sale_order_line
                    WHERE backorder_product_qty > 0"""
            ),
            SQL(
                """SELECT move.product_id, place.warehouse_id
                     FROM stock_move move
                     JOIN stock_location place ON place.id = move.location_id
                    WHERE move.state IN ('confirmed', 'partially_available')"""
            ),
            SQL(
                """SELECT quant.product_id, place.warehouse_id
                     FROM stock_quant quant
                     JOIN stock_location place ON place.id = quant.location_id
                    WHERE quant.quantity < 0"""
            ),
        ]

    @api.model
    def _get_company_needs(self, company):
        """Return the needs of everything that is short in ``company``."""
        keys = self._get_short_keys(company)
        return [need for need in self._get_needs_of(keys) if need.shortage > 0]

    @api.model
    def _get_needs_of(self, keys):
        """Return a :class:`Need` for each of ``keys``, in their order."""
        products = self.env["product.product"].browse({key[0] for key in keys})
        warehouses = self.env["stock.warehouse"].browse({key[1] for key in keys})
        needs = self._get_needs(products, warehouses)
        return [needs[key] for key in dict.fromkeys(keys)]

    def _get_changed_message(self, need, uncovered):
        """Return the error for a decision based on outdated figures."""
        return self.env._(
            "The shortage of %(product)s in %(warehouse)s has changed: %(uncovered)s"
            " %(unit)s are not on order now. Open the proposal again.",
            product=need.product.display_name,
            warehouse=need.warehouse.name,
            uncovered=need.product.uom_id.round(uncovered),
            unit=need.product.uom_id.name,
        )

    def _get_order_names(self, orders):
        """Return the source document of supply for backordered ``orders``."""
        names = orders.mapped("name")
        return ", ".join(names[:NAMED_ORDERS]) or self.env._("Backorders")

    # ------------------------------------------------------------------
    # Incoming supply
    # ------------------------------------------------------------------

    @api.model
    def _get_open_supply(self, products, warehouses):
        """Return every open document that will bring the products, in one query.

        Make-to-order supply for one order alone is left out.

        :return: list of dicts, soonest first, with ``product_id``,
            ``warehouse_id``, ``kind`` (``request``, ``purchase``, ``receipt``,
            ``return``, ``production`` or ``transfer``), ``quantity`` in the
            product's unit, ``date``, ``line_id`` (of a purchase) and ``move_id``
        """
        if not products or not warehouses:
            return []
        self._flush_supply()
        self.env.cr.execute(
            SQL(
                "SELECT * FROM (%s) supply ORDER BY date, line_id, move_id",
                SQL(" UNION ALL ").join(
                    SQL("(%s)", query)
                    for query in self._get_supply_queries(products, warehouses)
                ),
            )
        )
        return self.env.cr.dictfetchall()

    def _get_supply_queries(self, products, warehouses):
        """Return the queries for incoming supply; extend it for further supply."""
        return [self._get_coming_query(products, warehouses)]

    def _flush_supply(self):
        self.env["stock.availability"]._flush_sources()
        self.env["stock.move"].flush_model(["date", "move_dest_ids"])

    def _get_coming_query(self, products, warehouses):
        """Incoming moves of the warehouse, without those for one order alone."""
        availability = self.env["stock.availability"]
        return SQL(
            """
            WITH place AS NOT MATERIALIZED (%(places)s)
            SELECT incoming.product_id, incoming.warehouse_id,
                   CASE WHEN %(line)s IS NOT NULL THEN 'purchase'
                        WHEN source.usage = 'supplier' THEN 'receipt'
                        WHEN source.usage = 'customer' THEN 'return'
                        WHEN source.usage = 'production' THEN 'production'
                        ELSE 'transfer' END AS kind,
                   incoming.quantity::float8 AS quantity, incoming.date,
                   %(line)s AS line_id, move.id AS move_id
              FROM (%(rows)s) incoming
              JOIN stock_move move ON move.id = incoming.id
              JOIN stock_location source ON source.id = move.location_id
             WHERE NOT EXISTS (
                   SELECT FROM stock_move_move_rel rel
                     JOIN stock_move later ON later.id = rel.move_dest_id
                    WHERE rel.move_orig_id = move.id AND %(dedicated)s)
            """,
            line=self._get_supply_line(),
            places=availability._get_place_query(warehouses),
            rows=availability._get_incoming_rows(
                SQL("= ANY(%s)", availability._get_array(products))
            ),
            dedicated=self._get_dedicated_condition(),
        )

    def _get_supply_line(self):
        """Return the id of the line of a purchase that ``move`` receives, as SQL."""
        return SQL("NULL::integer")

    def _get_dedicated_condition(self):
        """Whether incoming supply is for the move ``later`` alone."""
        return SQL(
            "later.procure_method = 'make_to_order' AND later.state IN %s",
            OPEN_MOVE_STATES,
        )

    @api.model
    def _get_arrivals(self, products, warehouses):
        """Return ``{(product_id, warehouse_id): next arrival}`` of incoming supply.

        Implausible dates, as imports write them, are ignored.
        """
        arrivals = {}
        now = fields.Datetime.now()
        for row in self._get_open_supply(products, warehouses):
            if row["kind"] != "request" and get_near_day(row["date"], now):
                key = row["product_id"], row["warehouse_id"]
                arrivals.setdefault(key, row["date"])
        return arrivals
