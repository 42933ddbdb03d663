# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import re
from contextlib import contextmanager

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..planned import Ids, executing_planned, without_jit

# Up to this many products a generic plan is the fastest.
PLANNED_PRODUCTS = 100


class StockAvailability(models.AbstractModel):
    """The only calculator of the quantities available to promise.

    It returns each component by name. The components come from sources (quants,
    moves, pending orders, stock policies), each a SQL query grouped by product and
    warehouse; one statement joins them and applies the formula. All quantities are
    in the product's unit, summed as SQL numeric and rounded once, at the end.

    To add a part, extend ``_get_sources``; to change how parts combine, extend
    :meth:`_get_formulas`.
    """

    _name = "stock.availability"
    _description = "Available to Promise"

    # ------------------------------------------------------------------
    # Public methods
    # ------------------------------------------------------------------

    @api.model
    def get_available_qty(self, product, warehouse):
        """Return the signed available-to-promise quantity.

        :param product: one ``product.product`` (record or id)
        :param warehouse: one ``stock.warehouse`` (record or id)
        :return: the quantity in the product's unit, as a float rounded to the unit
            (as usual in Odoo), once, from exact SQL numeric
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
        """Return every component of availability, in one statement.

        :param products: ``product.product`` records
        :param warehouses: ``stock.warehouse`` records
        :param excluded_orders: ``sale.order`` records whose own demand is excluded,
            since an order does not compete with itself
        :param components: names of the wanted components; by default all. Sources
            that none of them needs are not read
        :return: ``{(product_id, warehouse_id): {component: quantity}}`` with
            the keys ``on_hand``, ``pickable``, ``inbound``, ``outbound``,
            ``misplaced`` (outbound, but no open transfer takes it), ``quarantined``,
            ``negative``, ``committed``, ``reserved_units``,
            ``held``, ``safety_stock``, ``locked``, ``incoming``, ``atp``,
            ``displayed``, ``shortage``, ``backordered`` and ``effective``
        :raise AccessError: when a warehouse is not in the user's companies
        """
        self._check_warehouse_access(warehouses)
        if not products or not warehouses:
            return {}
        self._flush_sources()
        formulas = self._get_formulas()
        names = components or list(formulas)
        query = self._get_query(
            products,
            warehouses,
            excluded_orders,
            {name: formulas[name] for name in names},
        )
        with self._executing(query, products):
            return {
                (product_id, warehouse_id): dict(zip(names, figures, strict=True))
                for product_id, warehouse_id, *figures in self.env.cr.fetchall()
            }

    @contextmanager
    def _executing(self, query, products):
        """Run a statement about ``products``, to be fetched within, without JIT
        compilation and, for few products, with a generic plan."""
        cr = self.env.cr
        if len(products) <= PLANNED_PRODUCTS:
            with executing_planned(cr, query):
                yield
        else:
            with without_jit(cr):
                cr.execute(query)
                yield

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
                self.env._("Only employees can see the stock of a warehouse.")
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
            WITH requested_product AS MATERIALIZED (
                SELECT DISTINCT unnest(%(products)s) AS id
            ), requested_warehouse AS MATERIALIZED (
                SELECT DISTINCT unnest(%(warehouses)s) AS id
            ), place AS NOT MATERIALIZED (%(places)s), %(ctes)s, part AS (
                SELECT requested_product.id AS product_id,
                       requested_warehouse.id AS warehouse_id,
                       %(parts)s
                  FROM requested_product CROSS JOIN requested_warehouse
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
                              ON %(source)s.product_id = requested_product.id
                             AND %(source)s.warehouse_id = requested_warehouse.id""",
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
        """Return the names of the parts and balances used by the formulas."""
        balances = self._get_balances()
        used, formulas = set(), list(formulas)
        while formulas:
            names = set(re.findall(r"\w+", formulas.pop().code)) - used
            used |= names
            formulas += [balances[name] for name in names & balances.keys()]
        return used

    def _get_array(self, records):
        return SQL("%s::int[]", Ids(f"{{{','.join(map(str, records.ids))}}}"))

    def _get_parts(self, sources, used):
        """Yield ``sum of its sources AS name`` for each part."""
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
        """Return the names that sources may return and formulas may use."""
        return [
            "pickable",
            "inbound",
            "outbound",
            "quarantined",
            "negative",
            "committed",
            "reserved_elsewhere",
            "packed",
            "incoming",
            "safety_stock_quantity",
            "safety_stock_percent",
            "held",
            "hard_locks",
        ]

    def _get_balances(self):
        """Return ``{name: SQL}`` over the parts, for the formulas to use."""
        supply = SQL("(pickable + inbound)")
        safety_stock = SQL(
            "(safety_stock_quantity + safety_stock_percent / 100 * GREATEST(0, %s))",
            supply,
        )
        return {
            "supply": supply,
            "on_hand": SQL("(%s + outbound + quarantined)", supply),
            "reserved_units": SQL("(committed + reserved_elsewhere)"),
            "safety_stock": safety_stock,
            # a hard discrepancy lock deducts everything that could be promised
            "locked": SQL(
                """(CASE WHEN hard_locks > 0
                        THEN GREATEST(0, %s - committed - held - %s)
                        ELSE 0 END)""",
                supply,
                safety_stock,
            ),
        }

    def _get_formulas(self):
        """Return ``{component: SQL}`` over parts and balances: the formula."""
        atp = SQL("(supply - committed - held - safety_stock - locked)")
        return {
            "on_hand": SQL("on_hand"),
            "pickable": SQL("pickable"),
            "inbound": SQL("inbound"),
            "outbound": SQL("outbound"),
            "misplaced": SQL("GREATEST(0, outbound - packed)"),
            "quarantined": SQL("quarantined"),
            "negative": SQL("negative"),
            "committed": SQL("committed"),
            "reserved_units": SQL("reserved_units"),
            "held": SQL("held"),
            "safety_stock": SQL("safety_stock"),
            "locked": SQL("locked"),
            "incoming": SQL("incoming"),
            "atp": atp,
            "displayed": SQL("GREATEST(0, %s)", atp),
            "shortage": SQL("GREATEST(0, committed - supply)"),
            "backordered": SQL("GREATEST(0, reserved_units - on_hand)"),
            "effective": SQL("(on_hand - reserved_units + incoming)"),
        }
