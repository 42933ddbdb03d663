# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

ALERT_TYPES = [
    ("detected", "Backorder"),
    ("persisting", "Persisting"),
    ("supply_insufficient", "Insufficient Supply"),
    ("below_safety_stock", "Below Safety Stock"),
    ("customer_not_notified", "Customers Not Notified"),
    ("many_holds", "Many on Hold"),
]


class BackorderAlert(models.Model):
    """A shortage that needs action; opened once and closed automatically.

    An alert is identified by its type, product and warehouse. It stays open as
    long as its condition holds, and the responsible users are notified once, when
    it opens. A scheduled action opens, updates and closes alerts; stock that is
    sold below zero opens one immediately.
    """

    _name = "backorder.alert"
    _description = "Backorder Alert"
    _order = "state desc, opened_date desc, id desc"

    alert_type = fields.Selection(ALERT_TYPES, "Alert", required=True, readonly=True)
    state = fields.Selection(
        [("open", "Open"), ("closed", "Closed")],
        "Status",
        default="open",
        required=True,
        readonly=True,
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    product_id = fields.Many2one(
        "product.product", readonly=True, ondelete="cascade", index="btree_not_null"
    )
    product_uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True, ondelete="cascade")
    since = fields.Datetime(
        readonly=True,
        help="When the oldest order went on backorder, or when the alert was opened.",
    )
    opened_date = fields.Datetime("Opened On", readonly=True)
    closed_date = fields.Datetime("Closed On", readonly=True)
    on_hand_qty = fields.Float(
        "On Hand", digits="Product Unit", readonly=True, aggregator="max"
    )
    reserved_qty = fields.Float(
        "Reserved",
        digits="Product Unit",
        readonly=True,
        aggregator="max",
        help="Reserved for orders and other demand.",
    )
    incoming_qty = fields.Float(
        "Incoming",
        digits="Product Unit",
        readonly=True,
        aggregator="max",
        help="On confirmed purchases, transfers and other receipts.",
    )
    requested_qty = fields.Float(
        "Requested",
        digits="Product Unit",
        readonly=True,
        aggregator="max",
        help="On requests for quotation that are not confirmed yet.",
    )
    shortage_qty = fields.Float(
        "Beyond Stock",
        digits="Product Unit",
        readonly=True,
        aggregator="max",
        help="Quantity committed beyond stock by orders, including those on hold, and"
        " by transfers without an order.",
    )
    safety_stock_qty = fields.Float(
        "Safety Stock", digits="Product Unit", readonly=True, aggregator="max"
    )
    arrival_date = fields.Datetime("Next Arrival", readonly=True)
    order_count = fields.Integer("Orders on Backorder", readonly=True, aggregator="max")
    is_executive_review = fields.Boolean(
        "Executive Review",
        readonly=True,
        help="The shortage has persisted and needs a review by management.",
    )
    review_user_id = fields.Many2one("res.users", "Reviewed By", readonly=True)
    user_ids = fields.Many2many("res.users", string="Notified Users", readonly=True)
    activity_ids = fields.One2many("mail.activity", "backorder_alert_id", "Activities")
    recommendation = fields.Text(compute="_compute_recommendation", compute_sudo=True)
    customer_plan = fields.Text(compute="_compute_recommendation", compute_sudo=True)

    # only one alert of a kind is open, even with concurrent workers
    _open_uniq = models.UniqueIndex(
        "(alert_type, company_id, COALESCE(product_id, 0), COALESCE(warehouse_id, 0))"
        " WHERE state = 'open'",
        "This alert is already open.",
    )
    _company_idx = models.Index("(company_id, state)")

    @api.depends("alert_type", "product_id", "warehouse_id")
    def _compute_display_name(self):
        types = dict(self._fields["alert_type"]._description_selection(self.env))
        for alert in self:
            about = alert.product_id.display_name or alert.company_id.name
            alert.display_name = f"{types.get(alert.alert_type)}: {about}"

    # ------------------------------------------------------------------
    # Updating alerts
    # ------------------------------------------------------------------

    @api.model
    def _cron_update(self):
        """Open, update and close the alerts of each company separately."""
        companies = self.env["res.company"].sudo().search([])
        companies._work_off("alert", self.sudo()._update, self._trigger)

    @api.model
    def _trigger(self):
        self.env.ref("backorder_atp_alert.ir_cron_alert").sudo()._trigger()

    @api.model
    def _update(self, company):
        """Update the alerts of ``company`` to the current figures."""
        alerts = self.search([("company_id", "=", company.id), ("state", "=", "open")])
        due, failed = self._get_due_of_each(company, self._get_keys(company, alerts))
        due |= self._get_due_holds(company)
        known = alerts.filtered(lambda alert: alert.product_id not in failed)
        known.filtered(lambda alert: alert._get_key() not in due)._close()
        for alert in known._filter_open():
            alert.write(due.pop(alert._get_key()))
        self._open(company, due)
        if company._is_alerting():
            failures = self.env["backorder.failure"]._find("alert", alerts)
            self.browse(failures.mapped("res_id"))._filter_open()._notify_each()

    def _filter_open(self):
        return self.filtered(lambda alert: alert.state == "open")

    def _get_due_of_each(self, company, keys):
        """Return the alerts that are due, and the products that failed."""
        due = {}

        def collect(products):
            own = {key for key in keys if key[0] in products.ids}
            due.update(self._get_due(company, own))

        products = self.env["product.product"].browse({key[0] for key in keys})
        failures = self.env["backorder.failure"]
        return due, failures._work_on_each("alert", products, collect)

    @api.model
    def _open_now(self, company, keys):
        """Open the alerts due for these products and warehouses immediately."""
        due = self._get_due(company, keys)
        alerts = self.search([("company_id", "=", company.id), ("state", "=", "open")])
        known = {alert._get_key() for alert in alerts}
        self._open(
            company, {key: values for key, values in due.items() if key not in known}
        )

    def _get_key(self):
        return self.alert_type, self.product_id.id, self.warehouse_id.id

    def _get_keys(self, company, alerts):
        """Return the keys to check: short, with safety stock, or with an open alert."""
        policies = self.env["stock.policy"].search(
            [
                ("company_id", "=", company.id),
                ("location_id", "=", False),
                "|",
                ("safety_stock_quantity", ">", 0),
                ("safety_stock_percent", ">", 0),
            ]
        )
        return {
            *self.env["backorder.supply"]._get_short_keys(company),
            *((policy.product_id.id, policy.warehouse_id.id) for policy in policies),
            *(
                (alert.product_id.id, alert.warehouse_id.id)
                for alert in alerts
                if alert.product_id
            ),
        }

    # ------------------------------------------------------------------
    # Opening
    # ------------------------------------------------------------------

    @api.model
    def _open(self, company, due):
        """Open an alert for each of ``due`` and notify the responsible users.

        The guard serializes workers that find the same shortage.
        """
        self.env["stock.promise.guard"]._touch(
            [(key[1], key[2]) for key in due if key[1]]
        )
        alerts = self.create(
            [
                {**self._prepare_alert(company, *key), **values}
                for key, values in due.items()
            ]
        )
        for alert in alerts:
            alert._log(f"alert:{alert.alert_type}")
        if company._is_alerting():
            alerts._notify_each()

    def _notify_each(self):
        """Notify the responsible users; a failed notification is recorded."""
        for alert in self:
            self.env["backorder.failure"]._work_on_each(
                "alert", alert, lambda one: one._notify()
            )

    def _prepare_alert(self, company, alert_type, product_id, warehouse_id):
        return {
            "alert_type": alert_type,
            "company_id": company.id,
            "product_id": product_id,
            "warehouse_id": warehouse_id,
            "opened_date": fields.Datetime.now(),
            "is_executive_review": alert_type == "persisting",
        }

    def _log(self, event_type):
        self.env["backorder.event"]._log(
            event_type,
            product=self.product_id or None,
            warehouse=self.warehouse_id or None,
            company=self.company_id,
            quantity=self.shortage_qty,
            payload={
                "alertId": self.id,
                "onHand": self.on_hand_qty,
                "reserved": self.reserved_qty,
                "incoming": self.incoming_qty,
                "requested": self.requested_qty,
                "safety_stock": self.safety_stock_qty,
                "ordersBackordered": self.order_count,
            },
        )

    # ------------------------------------------------------------------
    # Closing
    # ------------------------------------------------------------------

    def _close(self):
        """Close these alerts and remove their activities."""
        self.write({"state": "closed", "closed_date": fields.Datetime.now()})
        for alert in self:
            alert._log("alert:closed")
        self.activity_ids.unlink()

    # ------------------------------------------------------------------
    # User actions
    # ------------------------------------------------------------------

    def action_review(self):
        """Record that the management has reviewed these alerts.

        :raise AccessError: if the user is not an inventory manager
        """
        self.env["backorder.supply"]._check_group(
            "backorder_atp.group_inventory_manager"
        )
        self.check_access("read")
        self.sudo().write(
            {"is_executive_review": False, "review_user_id": self.env.uid}
        )

    def action_open_purchase(self):
        """Open the proposed purchases for the products."""
        return self.env["backorder.purchase"]._open(self._get_product_keys())

    def action_open_transfer(self):
        """Show the stock of the products in other warehouses."""
        return self.env["backorder.transfer"]._open(self._get_product_keys())

    def action_open_expedite(self):
        """Show the incoming purchases of the products."""
        return self.env["backorder.expedite"]._open(self._get_product_keys())

    def action_inform_customers(self):
        """Open a message to the customers who have not been notified."""
        self.ensure_one()
        orders = self.sudo()._get_orders_to_notify().with_env(self.env)
        return orders.action_inform_customer()

    def action_view_orders(self):
        """Open the orders on backorder, or those that were put on hold."""
        self.ensure_one()
        if not self.product_id:
            return self._get_new_holds_action()
        lines = self.product_id._get_backordered_lines(self.warehouse_id)
        return self.env["sale.order"]._get_board_action(
            Domain("id", "in", lines.order_id.ids)
        )

    def _get_new_holds_action(self):
        """Show the orders put on hold recently, including those released since."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "backorder_atp.sale_order_action_backorder"
        )
        domain = [("id", "in", self._get_new_holds(self.company_id))]
        return {**action, "domain": domain, "context": {"create": False}}

    def _get_product_keys(self):
        keys = [
            (alert.product_id.id, alert.warehouse_id.id)
            for alert in self
            if alert.product_id
        ]
        if not keys:
            raise UserError(
                self.env._("This alert has no product. Choose an alert for a product.")
            )
        return keys
