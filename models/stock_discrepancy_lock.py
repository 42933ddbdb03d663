# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import SQL

from .stock_discrepancy import OPEN_STATES, SEVERITIES

LOCK_POLICIES = [
    ("hard", "Hard: nothing is promised"),
    ("soft", "Soft: promised when acknowledged"),
    ("monitor", "Monitor: warn only"),
    ("none", "None"),
]


class StockDiscrepancy(models.Model):
    """The lock of an open discrepancy."""

    _inherit = "stock.discrepancy"

    lock_policy = fields.Selection(
        LOCK_POLICIES,
        "Lock",
        compute="_compute_lock_policy",
        help="Lock in force while this is open: the one of the product's stock policy"
        " there, or the company's for the severity.",
    )

    @api.depends("state", "severity", "location_id", "warehouse_id", "product_id")
    def _compute_lock_policy(self):
        policies = {row[0]: row[3] for row in self._fetch_locks(self._origin.ids)}
        for discrepancy in self:
            discrepancy.lock_policy = policies.get(
                discrepancy._origin.id, discrepancy._get_unsaved_policy()
            )

    def _get_unsaved_policy(self):
        if self._origin or not self.severity:
            return "none"
        return self.company_id.sudo()[f"discrepancy_lock_{self.severity}"]

    def _get_lock_policy(self):
        """Return the lock in force: ``hard``, ``soft``, ``monitor`` or ``none``."""
        self.ensure_one()
        return self.sudo().lock_policy

    @api.model
    def _get_open_locks(self, products, warehouses):
        """Return the open discrepancies with a lock, in one query.

        See :meth:`_get_lock_policy` of each.

        :param products: ``product.product`` records
        :param warehouses: ``stock.warehouse`` records
        :return: ``{(product_id, warehouse_id): stock.discrepancy records}``
        """
        condition = SQL(
            "discrepancy.product_id = ANY(%s) AND discrepancy.warehouse_id = ANY(%s)",
            list(products.ids),
            list(warehouses.ids),
        )
        locks = {}
        for id_, product_id, warehouse_id, policy in self._fetch_locks(None, condition):
            record = self.sudo().browse(id_)
            with self.env.protecting([self._fields["lock_policy"]], record):
                record.lock_policy = policy
            if policy != "none":
                key = (product_id, warehouse_id)
                locks[key] = locks.get(key, record.browse()) | record
        return locks

    def _filter_by_policy(self, policy):
        return self.filtered(lambda record: record._get_lock_policy() == policy)

    def _prepare_document(self):
        """Return this as a document of the explanation."""
        self.ensure_one()
        return {
            "label": self.name,
            "quantity": self.delta_qty,
            "date": fields.Date.to_string(self.detected_date),
        }

    def _warn_of_promise(self, order):
        """Log the promise despite this; warn the user outside the monitor phase."""
        events = self.env["backorder.event"]
        names = ", ".join(self.mapped("name"))
        events._log(
            "order:discrepancy_warning",
            order=order,
            product=self.product_id,
            warehouse=self.warehouse_id,
            quantity=sum(self.mapped("delta_qty")),
            reason=names,
            payload={
                "discrepancies": self.mapped("name"),
                "lines": [self._prepare_warning_line()],
            },
        )
        if order.company_id.promise_phase != "dark":
            events._warn_user(
                self.env._(
                    "%(order)s promises %(product)s, but %(discrepancies)s is open.",
                    order=order.name,
                    product=self.product_id.display_name,
                    discrepancies=names,
                )
            )

    def _prepare_warning_line(self):
        """Return the promised product, for reports."""
        return {
            "productId": self.product_id.id,
            "product": self.product_id.display_name,
            "warehouseId": self.warehouse_id.id,
            "shortfall": 0.0,
        }

    @api.model
    def _fetch_locks(self, ids, condition=None):
        """Return ``(id, product_id, warehouse_id, policy)`` of open ones."""
        if not ids and not condition:
            return []
        self._flush_locks()
        self.env.cr.execute(
            self._get_lock_query(
                condition or SQL("discrepancy.id = ANY(%s)", list(ids))
            )
        )
        return self.env.cr.fetchall()

    @api.model
    def _get_lock_query(self, condition):
        """Return the statement for the lock of each open discrepancy.

        The most specific stock policy around its location applies, else the company's
        setting for its severity. Availability joins this statement too.
        """
        return SQL(
            """
            SELECT discrepancy.id, discrepancy.product_id, discrepancy.warehouse_id,
                   COALESCE(setting.lock_policy, %(by_severity)s) AS policy
              FROM stock_discrepancy discrepancy
              JOIN res_company company ON company.id = discrepancy.company_id
              LEFT JOIN stock_location place ON place.id = discrepancy.location_id
              LEFT JOIN LATERAL (
                    SELECT setting.lock_policy
                      FROM stock_policy setting
                      LEFT JOIN stock_location around ON around.id = setting.location_id
                     WHERE setting.product_id = discrepancy.product_id
                       AND setting.warehouse_id = discrepancy.warehouse_id
                       AND setting.lock_policy != 'inherit'
                       AND (setting.location_id IS NULL
                            OR place.parent_path LIKE around.parent_path || '%%')
                     ORDER BY LENGTH(around.parent_path) DESC NULLS LAST
                     LIMIT 1) setting ON TRUE
             WHERE discrepancy.state IN %(open)s AND %(condition)s
             ORDER BY discrepancy.id
            """,
            by_severity=SQL(
                "CASE discrepancy.severity %s END",
                SQL(" ").join(
                    SQL(
                        "WHEN %s THEN %s",
                        severity,
                        SQL.identifier("company", f"discrepancy_lock_{severity}"),
                    )
                    for severity, _label in SEVERITIES
                ),
            ),
            open=OPEN_STATES,
            condition=condition,
        )

    @api.model
    def _flush_locks(self):
        self.flush_model(
            [
                "company_id",
                "location_id",
                "product_id",
                "severity",
                "state",
                "warehouse_id",
            ]
        )
        self.env["stock.policy"].flush_model()
        self.env["res.company"].flush_model(
            [f"discrepancy_lock_{severity}" for severity, _label in SEVERITIES]
        )
        self.env["stock.location"].flush_model(["parent_path"])

    # ------------------------------------------------------------------
    # Locks open and close
    # ------------------------------------------------------------------

    def _get_lock_keys(self):
        return {
            (discrepancy.product_id, discrepancy.warehouse_id.sudo())
            for discrepancy in self
        }

    def _touch_locks(self, before=()):
        """Touch the guard, so that concurrent promises see the changed lock."""
        self.invalidate_recordset(["lock_policy"])
        self.env["stock.promise.guard"]._touch(
            [
                (product.id, warehouse.id)
                for product, warehouse in self._get_lock_keys() | set(before)
            ]
        )

    def _enqueue_locked(self, before=(), source=None):
        """Enqueue retries for the products that were locked."""
        keys = self._get_lock_keys() | set(before)
        if not keys:
            return
        self.env["backorder.retry"]._enqueue_backordered(
            self.env["product.product"].union(*(key[0] for key in keys)),
            self.env["stock.warehouse"].sudo().union(*(key[1] for key in keys)),
            source or f"discrepancy:{','.join(self[:5].mapped('name'))}",
        )
