# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import SQL

from .stock_discrepancy import OPEN_STATES, SEVERITIES

LOCK_POLICIES = [
    ("hard", "Hard: nothing can be promised"),
    ("soft", "Soft: promised when acknowledged"),
    ("monitor", "Monitor: warn only"),
    ("none", "None"),
]


class StockDiscrepancy(models.Model):
    """What an open discrepancy locks."""

    _inherit = "stock.discrepancy"

    lock_policy = fields.Selection(
        LOCK_POLICIES,
        "Lock",
        compute="_compute_lock_policy",
        help="What is in force while this is open: the policy of the product's level"
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
        """Return ``hard``, ``soft``, ``monitor`` or ``none``: what is in force now."""
        self.ensure_one()
        return self.sudo().lock_policy

    @api.model
    def _get_open_locks(self, products, warehouses):
        """Return the open discrepancies that lock anything, in one query.

        Ask each for :meth:`_get_lock_policy`; what locks nothing is left out.

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
        """Return this as the explanation shows what is behind a figure."""
        self.ensure_one()
        return {
            "label": self.name,
            "quantity": self.delta_qty,
            "date": fields.Date.to_string(self.detected_date),
        }

    def _warn_of_promise(self, order):
        """Record, and tell the user where orders are held to anything, what passes."""
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
                    "%(order)s promises %(product)s while %(discrepancies)s is open.",
                    order=order.name,
                    product=self.product_id.display_name,
                    discrepancies=names,
                )
            )

    def _prepare_warning_line(self):
        """Return what the order promises though it is in doubt, for reports."""
        return {
            "productId": self.product_id.id,
            "product": self.product_id.display_name,
            "warehouseId": self.warehouse_id.id,
            "shortfall": 0.0,
        }

    @api.model
    def _fetch_locks(self, ids, condition=None):
        """Return ``(id, product_id, warehouse_id, policy)`` of what is open."""
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
        """Return the statement that says what each open discrepancy locks.

        The nearest level around its location that decides, else its company by its
        severity. Availability joins this too, so that there is one answer.
        """
        return SQL(
            """
            SELECT discrepancy.id, discrepancy.product_id, discrepancy.warehouse_id,
                   COALESCE(level.lock_policy, %(by_severity)s) AS policy
              FROM stock_discrepancy discrepancy
              JOIN res_company company ON company.id = discrepancy.company_id
              LEFT JOIN stock_location place ON place.id = discrepancy.location_id
              LEFT JOIN LATERAL (
                    SELECT level.lock_policy
                      FROM stock_policy level
                      LEFT JOIN stock_location around ON around.id = level.location_id
                     WHERE level.product_id = discrepancy.product_id
                       AND level.warehouse_id = discrepancy.warehouse_id
                       AND level.lock_policy != 'inherit'
                       AND (level.location_id IS NULL
                            OR place.parent_path LIKE around.parent_path || '%%')
                     ORDER BY LENGTH(around.parent_path) DESC NULLS LAST
                     LIMIT 1) level ON TRUE
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
        """Let no promise overlook that a lock has changed."""
        self.invalidate_recordset(["lock_policy"])
        self.env["stock.promise.guard"]._touch(
            [
                (product.id, warehouse.id)
                for product, warehouse in self._get_lock_keys() | set(before)
            ]
        )

    def _enqueue_locked(self, before=(), source=None):
        """Look again at who waits for what was locked."""
        keys = self._get_lock_keys() | set(before)
        if not keys:
            return
        self.env["backorder.retry"]._enqueue_waiting(
            self.env["product.product"].union(*(key[0] for key in keys)),
            self.env["stock.warehouse"].sudo().union(*(key[1] for key in keys)),
            source or f"discrepancy:{','.join(self[:5].mapped('name'))}",
        )
