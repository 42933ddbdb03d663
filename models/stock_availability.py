# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import re

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..planned import Ids, execute_planned

OPEN_MOVE_STATES = ("waiting", "confirmed", "partially_available", "assigned")
# Up to so many products a plan made for any few of them is the best.
PLANNED_PRODUCTS = 100


class StockAvailability(models.AbstractModel):
    """THE calculator of what can be promised (B1).

    Every flow that needs a quantity asks here, and gets every part of it by
    name. The parts come from sources (quants, moves, pending orders, levels),
    each one SQL query grouped by product and warehouse; one statement joins
    them all and applies the formula. All quantities are in the product's unit,
    summed as SQL numeric and rounded once, at the end.

    To add a part, extend :meth:`_get_sources`; to change how parts combine,
    extend :meth:`_get_formulas`.
    """

    _name = "stock.availability"
    _description = "Available to Promise"

    # ------------------------------------------------------------------
    # What others call
    # ------------------------------------------------------------------

    @api.model
    def get_available_qty(self, product, warehouse):
        """Return the signed available-to-promise quantity (B1).

        :param product: one ``product.product`` (record or id)
        :param warehouse: one ``stock.warehouse`` (record or id)
        :return: the quantity in the product's unit. The source document asks
            for a decimal; Odoo's habit is a float rounded to the unit, so that
            is what this is, rounded once from exact SQL numeric
        :rtype: float
        :raise AccessError: when the warehouse is not in the user's companies
        """
        product = self._as_records("product.product", product).ensure_one()
        warehouse = self._as_records("stock.warehouse", warehouse).ensure_one()
        availability = self.get_availability(product, warehouse, components=["atp"])
        return availability[product.id, warehouse.id]["atp"]

    @api.private
    def get_availability(
        self, products, warehouses, excluded_orders=None, components=None
    ):
        """Return every component of availability, in one statement (B1, D1).

        :param products: ``product.product`` records
        :param warehouses: ``stock.warehouse`` records
        :param excluded_orders: ``sale.order`` records whose own demand is left
            out, since an order never competes with itself
        :param components: names of the components wanted, where not all are; what
            none of them needs is not read
        :return: ``{(product_id, warehouse_id): {component: quantity}}`` with
            the keys ``on_hand``, ``pickable``, ``inbound``, ``outbound``,
            ``quarantined``, ``negative``, ``committed``, ``reserved_units``,
            ``held``, ``buffer``, ``locked``, ``incoming``, ``atp``,
            ``displayed``, ``shortage``, ``backordered`` and ``effective``
        :raise AccessError: when a warehouse is not in the user's companies
        """
        self._check_warehouse_access(warehouses)
        if not products or not warehouses:
            return {}
        self._flush_sources()
        formulas = self._get_formulas()
        names = components or list(formulas)
        self._execute(
            self._get_query(
                products,
                warehouses,
                excluded_orders,
                {name: formulas[name] for name in names},
            ),
            products,
        )
        return {
            (product_id, warehouse_id): dict(zip(names, figures, strict=True))
            for product_id, warehouse_id, *figures in self.env.cr.fetchall()
        }

    def _execute(self, query, products):
        """Run a statement about ``products``; it would take longer to compile than to
        run, and of few products longer to plan."""
        if len(products) <= PLANNED_PRODUCTS:
            execute_planned(self.env.cr, query)
        else:
            self.env.cr.execute(SQL("SET LOCAL jit = off; %s", query))

    def _as_records(self, model, value):
        return (
            value
            if isinstance(value, models.BaseModel)
            else self.env[model].browse(value)
        )

    def _check_warehouse_access(self, warehouses):
        if self.env.su:
            return
        if not self.env.user._is_internal():
            raise AccessError(
                self.env._("Only employees see what is available in a warehouse.")
            )
        foreign = warehouses.sudo().filtered(
            lambda warehouse: warehouse.company_id not in self.env.user.company_ids
        )
        if foreign:
            raise AccessError(
                self.env._(
                    "The stock of %(warehouses)s belongs to another company."
                    " Ask an administrator for access to that company.",
                    warehouses=", ".join(foreign.mapped("name")),
                )
            )

    # ------------------------------------------------------------------
    # The statement
    # ------------------------------------------------------------------

    def _get_query(self, products, warehouses, excluded_orders, formulas):
        used = self._get_used_names(formulas.values())
        sources = {
            name: (query, columns)
            for name, (query, columns) in self._get_sources(
                products, excluded_orders
            ).items()
            if used.intersection(columns)
        }
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        return SQL(
            """
            WITH asked_product AS MATERIALIZED (
                SELECT DISTINCT unnest(%(products)s) AS id
            ), asked_warehouse AS MATERIALIZED (
                SELECT DISTINCT unnest(%(warehouses)s) AS id
            ), place AS NOT MATERIALIZED (%(places)s), %(ctes)s, part AS (
                SELECT asked_product.id AS product_id,
                       asked_warehouse.id AS warehouse_id,
                       %(parts)s
                  FROM asked_product CROSS JOIN asked_warehouse
                  %(joins)s
                OFFSET 0
            ), balance AS (
                SELECT part.*, %(balances)s FROM part OFFSET 0
            )
            SELECT product_id, warehouse_id, %(formulas)s FROM balance
            """,
            products=self._get_array(products),
            warehouses=self._get_array(warehouses),
            places=self._get_place_query(warehouses),
            ctes=SQL(", ").join(
                SQL("%s AS (%s)", SQL.identifier(name), query)
                for name, (query, _columns) in sources.items()
            ),
            parts=SQL(", ").join(self._get_parts(sources, used)),
            joins=SQL(" ").join(
                SQL(
                    """LEFT JOIN %(source)s
                              ON %(source)s.product_id = asked_product.id
                             AND %(source)s.warehouse_id = asked_warehouse.id""",
                    source=SQL.identifier(name),
                )
                for name in sources
            ),
            balances=SQL(", ").join(
                SQL("%s AS %s", formula, SQL.identifier(name))
                for name, formula in self._get_balances().items()
                if name in used
            )
            or SQL("NULL"),
            formulas=SQL(", ").join(
                SQL("ROUND(%s, %s)::float8", formula, digits)
                for formula in formulas.values()
            ),
        )

    def _get_place_query(self, warehouses):
        """The locations of the warehouses, with their kind."""
        return SQL(
            """
            SELECT location.id, location.warehouse_id,
                   location.availability_kind AS kind,
                   location.availability_kind IN ('pickable', 'inbound') AS is_supply
              FROM stock_location location
             WHERE location.warehouse_id = ANY(%s)
               AND location.usage IN ('internal', 'transit', 'view')
            """,
            self._get_array(warehouses),
        )

    def _get_used_names(self, formulas):
        """Return the names of the parts and balances that the formulas are made of."""
        balances = self._get_balances()
        used, formulas = set(), list(formulas)
        while formulas:
            names = set(re.findall(r"\w+", formulas.pop().code)) - used
            used |= names
            formulas += [balances[name] for name in names & balances.keys()]
        return used

    def _get_array(self, records):
        return SQL("%s::int[]", Ids(records.ids))

    def _get_parts(self, sources, used):
        """Yield ``sum of the sources that bring it AS name`` for each part."""
        brought = {}
        for name, (_query, columns) in sources.items():
            for column in columns:
                brought.setdefault(column, []).append(SQL.identifier(name, column))
        for part in self._get_part_names():
            if part not in used:
                continue
            columns = brought.get(part, [])
            total = SQL(" + ").join(
                [SQL("COALESCE(%s, 0)", column) for column in columns]
            )
            yield SQL(
                "%s AS %s",
                total if columns else SQL("0::numeric"),
                SQL.identifier(part),
            )

    def _get_part_names(self):
        """Return the names a source may bring and a formula may use."""
        return [
            "pickable",
            "inbound",
            "outbound",
            "quarantined",
            "negative",
            "committed",
            "reserved_elsewhere",
            "incoming",
            "buffer_quantity",
            "buffer_percent",
            "held",
            "hard_locks",
        ]

    def _get_balances(self):
        """Return ``{name: SQL}`` over the parts, for the formulas to use."""
        supply = SQL("(pickable + inbound)")
        buffer = SQL(
            "(buffer_quantity + buffer_percent / 100 * GREATEST(0, %s))", supply
        )
        return {
            "supply": supply,
            "on_hand": SQL("(%s + outbound + quarantined)", supply),
            "reserved_units": SQL("(committed + reserved_elsewhere)"),
            "buffer": buffer,
            # what a hard discrepancy lock takes away: all that could be promised
            "locked": SQL(
                """(CASE WHEN hard_locks > 0
                        THEN GREATEST(0, %s - committed - held - %s)
                        ELSE 0 END)""",
                supply,
                buffer,
            ),
        }

    def _get_formulas(self):
        """Return ``{component: SQL}`` over parts and balances: the formula."""
        atp = SQL("(supply - committed - held - buffer - locked)")
        return {
            "on_hand": SQL("on_hand"),
            "pickable": SQL("pickable"),
            "inbound": SQL("inbound"),
            "outbound": SQL("outbound"),
            "quarantined": SQL("quarantined"),
            "negative": SQL("negative"),
            "committed": SQL("committed"),
            "reserved_units": SQL("reserved_units"),
            "held": SQL("held"),
            "buffer": SQL("buffer"),
            "locked": SQL("locked"),
            "incoming": SQL("incoming"),
            "atp": atp,
            "displayed": SQL("GREATEST(0, %s)", atp),
            "shortage": SQL("GREATEST(0, committed - supply)"),
            "backordered": SQL("GREATEST(0, reserved_units - on_hand)"),
            "effective": SQL("(on_hand - reserved_units + incoming)"),
        }

    # ------------------------------------------------------------------
    # The sources
    # ------------------------------------------------------------------

    def _get_sources(self, products, excluded_orders):
        """Return ``{name: (query, parts it brings)}``.

        A query yields ``product_id``, ``warehouse_id`` and one column for each
        part it brings. It may read ``asked_product``, and ``place``: the
        locations of the asked warehouses with their kind. What several sources
        bring is added up.
        """
        demand = ["committed", "reserved_elsewhere"]
        stock = ["pickable", "inbound", "outbound", "quarantined", "negative"]
        asked = SQL("= ANY(%s)", self._get_array(products))
        excluded = self._get_exclusion(SQL("move.sale_line_id"), excluded_orders)
        return {
            "quant_source": (self._get_quant_query(asked), stock),
            "demand_source": (
                self._get_demand_query(self._get_leaving_rows(asked, excluded)),
                demand,
            ),
            "made_source": (
                self._get_demand_query(self._get_made_rows(asked, excluded)),
                demand,
            ),
            "incoming_source": (self._get_incoming_query(asked), ["incoming"]),
            "pending_source": (self._get_pending_query(excluded_orders), demand),
            "level_source": (
                self._get_level_query(),
                ["buffer_quantity", "buffer_percent"],
            ),
            "lock_source": (self._get_lock_query(), ["hard_locks"]),
        }

    def _flush_sources(self):
        """Write to the database what the sources read there."""
        self.env["stock.quant"].flush_model(
            ["product_id", "location_id", "quantity", "owner_id"]
        )
        self.env["stock.move"].flush_model(
            [
                "product_id",
                "location_id",
                "location_dest_id",
                "location_final_id",
                "state",
                "product_qty",
                "procure_method",
                "sale_line_id",
            ]
        )
        self.env["stock.move.line"].flush_model(["move_id", "quantity_product_uom"])
        self.env["stock.location"].flush_model(
            ["warehouse_id", "availability_kind", "usage"]
        )
        self.env["stock.level"].flush_model()
        self.env["res.company"].flush_model(["partner_id", "promise_vendor_stock"])
        self.env["res.partner"].flush_model(["supplier_rank"])
        self.env["backorder.override"].flush_model(["order_id", "state"])
        self.env["backorder.override.line"].flush_model()
        self.env["stock.discrepancy"]._flush_locks()

    def _get_quant_query(self, asked):
        """Stock by kind of place. Quants of one place net against each other."""
        return SQL(
            """
            SELECT quant.product_id, place.warehouse_id,
                   SUM(quant.quantity) FILTER (WHERE place.kind = 'pickable')
                       AS pickable,
                   SUM(quant.quantity) FILTER (WHERE place.kind = 'inbound')
                       AS inbound,
                   SUM(quant.quantity) FILTER (WHERE place.kind = 'outbound')
                       AS outbound,
                   SUM(quant.quantity) FILTER (WHERE place.kind = 'quarantine')
                       AS quarantined,
                   SUM(quant.quantity) FILTER (WHERE quant.quantity < 0) AS negative
              FROM stock_quant quant
              JOIN place ON place.id = quant.location_id
             WHERE quant.product_id %s
               AND %s
             GROUP BY quant.product_id, place.warehouse_id
            """,
            asked,
            self._get_quant_condition(),
        )

    def _get_quant_condition(self):
        """Which quants may be promised: our own, and a vendor's where allowed.

        Extend it to leave out lots that are expired or due for removal.
        """
        return SQL(
            """(quant.owner_id IS NULL OR EXISTS (
                    SELECT FROM stock_warehouse warehouse
                      JOIN res_company company ON company.id = warehouse.company_id
                      JOIN res_partner owner ON owner.id = quant.owner_id
                     WHERE warehouse.id = place.warehouse_id
                       AND (owner.id = company.partner_id
                            OR company.promise_vendor_stock AND owner.supplier_rank > 0)
               ))"""
        )

    def _get_demand_query(self, rows):
        """What moves will take out of the warehouse, by product and warehouse.

        Goods in an outbound place are somebody's already: such a move is no
        commitment, but still a unit reserved (D1).
        """
        return SQL(
            """
            SELECT product_id, warehouse_id,
                   SUM(quantity) FILTER (WHERE is_supply) AS committed,
                   SUM(quantity) FILTER (WHERE NOT is_supply) AS reserved_elsewhere
              FROM (%s) demand
             GROUP BY product_id, warehouse_id
            """,
            rows,
        )

    def _get_leaving_rows(self, asked, excluded):
        """Open moves that will take stock out of the warehouse."""
        return SQL(
            """
            SELECT move.id, move.product_id, place.warehouse_id, place.is_supply,
                   move.product_qty AS quantity
              FROM stock_move move
              %s
             WHERE move.product_id %s
               AND move.procure_method != 'make_to_order'
               AND %s
            """,
            self._get_leaving_joins(),
            asked,
            self._get_leaving_condition(excluded),
        )

    def _get_made_rows(self, asked, excluded):
        """Open moves made to order; they take no more than has come for them."""
        return SQL(
            """
            SELECT move.id, move.product_id, place.warehouse_id, place.is_supply,
                   LEAST(move.product_qty, GREATEST(0, %(brought)s - %(taken)s))
                       AS quantity
              FROM stock_move move
              %(joins)s
             WHERE move.product_id %(asked)s
               AND move.procure_method = 'make_to_order'
               AND %(leaving)s
            OFFSET 0
            """,
            joins=self._get_leaving_joins(),
            asked=asked,
            leaving=self._get_leaving_condition(excluded),
            brought=SQL(
                """COALESCE((SELECT SUM(line.quantity_product_uom)
                        FROM stock_move_move_rel rel
                        JOIN stock_move origin
                          ON origin.id = rel.move_orig_id AND origin.state = 'done'
                        JOIN stock_move_line line ON line.move_id = origin.id
                       WHERE rel.move_dest_id = move.id), 0)"""
            ),
            taken=SQL(
                """COALESCE((SELECT SUM(line.quantity_product_uom)
                        FROM stock_move sibling
                        JOIN stock_move_line line ON line.move_id = sibling.id
                       WHERE sibling.state = 'done' AND sibling.id IN (
                             SELECT other.move_dest_id
                               FROM stock_move_move_rel own
                               JOIN stock_move_move_rel other
                                 ON other.move_orig_id = own.move_orig_id
                              WHERE own.move_dest_id = move.id)), 0)"""
            ),
        )

    def _get_leaving_joins(self):
        """Join a move to the asked place it starts from, and to where it ends."""
        return SQL(
            """JOIN place ON place.id = move.location_id
              LEFT JOIN place final ON final.id
                   = COALESCE(move.location_final_id, move.location_dest_id)"""
        )

    def _get_leaving_condition(self, excluded):
        return SQL(
            """move.state IN %s AND %s
               AND (final.warehouse_id IS DISTINCT FROM place.warehouse_id
                    OR place.is_supply AND final.kind = 'outbound')""",
            OPEN_MOVE_STATES,
            excluded,
        )

    def _get_incoming_query(self, asked):
        """What open moves will bring in, by product and warehouse."""
        return SQL(
            """
            SELECT product_id, warehouse_id, SUM(quantity) AS incoming
              FROM (%s) supply
             GROUP BY product_id, warehouse_id
            """,
            self._get_incoming_rows(asked),
        )

    def _get_incoming_rows(self, asked):
        """Open moves that will bring stock in; of a chain, only its last open one."""
        return SQL(
            """
            SELECT move.id, move.product_id, place.warehouse_id, move.date,
                   move.product_qty AS quantity
              FROM stock_move move
              JOIN place ON place.id
                   = COALESCE(move.location_final_id, move.location_dest_id)
              LEFT JOIN place source ON source.id = move.location_id
              LEFT JOIN place next ON next.id = move.location_dest_id
             WHERE move.product_id %(asked)s
               AND move.state IN %(open)s
               AND place.is_supply
               AND source.warehouse_id IS DISTINCT FROM place.warehouse_id
               AND (next.warehouse_id = place.warehouse_id OR NOT EXISTS (
                       SELECT FROM stock_move_move_rel rel
                         JOIN stock_move later ON later.id = rel.move_dest_id
                        WHERE rel.move_orig_id = move.id AND later.state IN %(open)s))
            """,
            asked=asked,
            open=OPEN_MOVE_STATES,
        )

    def _get_pending_query(self, excluded_orders):
        """What orders ask for whose approval or delivery waits for a decision."""
        return SQL(
            """
            SELECT line.product_id, line.warehouse_id,
                   SUM(line.requested_qty) AS committed, 0 AS reserved_elsewhere
              FROM backorder_override request
              JOIN backorder_override_line line ON line.override_id = request.id
             WHERE request.state = 'pending'
               AND line.product_id IN (SELECT id FROM asked_product)
               AND request.order_id != ALL(%s)
             GROUP BY line.product_id, line.warehouse_id
            """,
            self._get_array(excluded_orders or self.env["sale.order"]),
        )

    def _get_level_query(self):
        """The safety buffer, kept per warehouse."""
        return SQL(
            """
            SELECT level.product_id, level.warehouse_id,
                   level.buffer_quantity, level.buffer_percent
              FROM stock_level level
             WHERE level.location_id IS NULL
               AND level.product_id IN (SELECT id FROM asked_product)
            """
        )

    def _get_lock_query(self):
        """The open discrepancies that let nothing be promised (B2)."""
        condition = SQL(
            """discrepancy.product_id IN (SELECT id FROM asked_product)
               AND discrepancy.warehouse_id IN (SELECT id FROM asked_warehouse)"""
        )
        return SQL(
            """
            SELECT lock.product_id, lock.warehouse_id, COUNT(*) AS hard_locks
              FROM (%s) lock
             WHERE lock.policy = 'hard'
             GROUP BY lock.product_id, lock.warehouse_id
            """,
            self.env["stock.discrepancy"]._get_lock_query(condition),
        )

    def _get_exclusion(self, line_id, excluded_orders):
        if not excluded_orders or not excluded_orders.order_line.ids:
            return SQL("TRUE")
        return SQL(
            "(%s IS NULL OR %s != ALL(%s))",
            line_id,
            line_id,
            self._get_array(excluded_orders.order_line),
        )
