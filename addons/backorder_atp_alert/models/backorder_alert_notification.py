# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from markupsafe import Markup

from odoo import models
from odoo.tools import format_date

from odoo.addons.backorder_atp_purchase.models.purchase_order_line_expedite import (
    EXPEDITE_ACTIVITY,
)

ALERT_ACTIVITY = "backorder_atp.mail_activity_type_alert"
REPLENISH_ACTIVITY = "backorder_atp.mail_activity_type_replenish"
MANAGER_GROUP = "backorder_atp.group_inventory_manager"


class BackorderAlert(models.Model):
    """Notifications, activities and recommendations of alerts."""

    _inherit = "backorder.alert"

    # ------------------------------------------------------------------
    # Notifying
    # ------------------------------------------------------------------

    def _notify(self):
        """Email the responsible users and assign an activity, once.

        The emails are queued and sent after this transaction is committed.
        """
        self.ensure_one()
        users = self._get_recipients()
        self.user_ids = users
        self._queue_mails(users.filtered("email"))
        self._schedule_activities(users[:1])

    def _get_recipients(self):
        """Return the users to notify of this type of alert."""
        company = self.company_id
        responsible = company._get_backorder_responsible()
        if self.alert_type in ("persisting", "many_holds"):
            return responsible
        if self.alert_type == "supply_insufficient":
            return company._get_backorder_buyer() or responsible
        if self.alert_type == "customer_not_notified":
            return self._get_orders_to_notify().user_id or responsible
        # the first user gets the activity
        return responsible | company._get_members(MANAGER_GROUP)

    def _get_orders_to_notify(self):
        orders = self.product_id._get_backordered_lines(self.warehouse_id).order_id
        return orders._filter_customer_not_notified()

    def _queue_mails(self, users):
        template = self._get_mail_template()
        for lang, readers in users.grouped("lang").items():
            template.with_context(lang=lang).send_mail(
                self.id,
                email_values={
                    "recipient_ids": [(6, 0, readers.partner_id.ids)],
                    "email_to": False,
                },
                email_layout_xmlid="mail.mail_notification_light",
            )

    def _get_mail_template(self):
        """Return the template of this type; extend it to use another one."""
        name = "holds" if self.alert_type == "many_holds" else "product"
        return self.env.ref(f"backorder_atp_alert.mail_template_alert_{name}")

    # ------------------------------------------------------------------
    # Activities
    # ------------------------------------------------------------------

    def _schedule_activities(self, user):
        """Assign an activity to ``user`` on the product, order or purchase."""
        if self.alert_type == "many_holds":
            self._schedule(self._get_held_orders()[:1], user)
        elif self.alert_type == "customer_not_notified":
            for order in self._get_orders_to_notify():
                self._schedule_notification(order, order.user_id or user)
        elif self.alert_type == "persisting" or not self._has_activity(user):
            self._schedule(self.product_id.product_tmpl_id, user)
        if self.alert_type == "persisting":
            self._schedule_follow_up()

    def _schedule(self, record, user, **values):
        if not record or not user:
            return
        record.activity_schedule(
            **{
                "act_type_xmlid": ALERT_ACTIVITY,
                "user_id": user.id,
                "summary": self._with_language(user).display_name,
                "note": self._get_activity_note(user),
                "backorder_alert_id": self.id,
                **values,
            }
        )

    def _with_language(self, user):
        return self.with_context(lang=user.lang)

    def _get_activity_note(self, user):
        lines = (self._with_language(user).recommendation or "").splitlines()
        return Markup("<br/>").join(lines)

    def _has_activity(self, user):
        """Whether ``user`` already has an activity to replenish the product."""
        template = self.product_id.product_tmpl_id
        types = [REPLENISH_ACTIVITY, ALERT_ACTIVITY]
        return bool(template.activity_search(types, user_id=user.id))

    def _schedule_notification(self, order, user):
        """Assign an activity to notify the customer, with a deadline."""
        hours = self.company_id.backorder_notify_hours
        deadline = order.backordered_since + timedelta(hours=hours)
        self._schedule(
            order,
            user,
            date_deadline=deadline.date(),
            summary=self._with_language(user).env._("Notify the customer of the delay"),
        )

    def _schedule_follow_up(self):
        """Ask the buyers to follow up, or to find a vendor if nothing is incoming."""
        supply = self.env["backorder.supply"]
        rows = supply._get_open_supply(self.product_id, self.warehouse_id)
        lines = self.env["purchase.order.line"].browse(
            {row["line_id"] for row in rows if row["kind"] == "purchase"}
        )
        if not rows:
            self._schedule_search_for_vendor()
        for order in lines.order_id:
            buyer = order._get_buyer()
            if not order.activity_search([EXPEDITE_ACTIVITY], user_id=buyer.id):
                self._schedule(
                    order,
                    buyer,
                    act_type_xmlid=EXPEDITE_ACTIVITY,
                    summary=self._with_language(buyer).env._(
                        "Contact the vendor: orders are still on backorder"
                    ),
                )

    def _schedule_search_for_vendor(self):
        """Ask the buyer of the company, as there is no purchase order."""
        company = self.company_id
        buyer = company._get_backorder_buyer() or company._get_backorder_responsible()
        self._schedule(
            self.product_id.product_tmpl_id,
            buyer,
            summary=self._with_language(buyer).env._(
                "Find a vendor: nothing is on order and orders are still on backorder"
            ),
        )

    def _get_held_orders(self):
        return self.env["sale.order"].search(
            [
                ("backorder_state", "=", "on_hold"),
                ("company_id", "=", self.company_id.id),
            ],
            order="hold_since desc, id desc",
        )

    # ------------------------------------------------------------------
    # Recommendations
    # ------------------------------------------------------------------

    def _compute_recommendation(self):
        for alert in self:
            alert.recommendation = "\n".join(alert._get_recommendations())
            alert.customer_plan = "\n".join(alert._get_customer_plan())

    def _get_recommendations(self):
        """Yield the recommended actions, in the user's language."""
        if self.alert_type == "many_holds":
            yield self.env._(
                "Review the orders on hold with the buyer: find stock, offer"
                " substitutes, or cancel and refund."
            )
        elif self.alert_type == "customer_not_notified":
            yield from self._get_customer_plan()
        elif self.state == "open" and self.product_id:
            yield from self._get_supply_recommendations()

    def _get_supply_recommendations(self):
        if self.incoming_qty and self.arrival_date:
            yield self.env._(
                "Expedite incoming stock: %(quantity)s, next arrival on %(date)s.",
                quantity=self._format_qty(self.incoming_qty),
                date=format_date(self.env, self.arrival_date),
            )
        if self.requested_qty:
            yield self.env._(
                "Confirm the requests for quotation: %s.",
                self._format_qty(self.requested_qty),
            )
        yield from self._get_transfer_recommendations()
        to_buy = self._get_qty_to_buy()
        if to_buy > 0:
            yield self.env._("Buy at least %s more.", self._format_qty(to_buy))
            yield from self._get_vendor_recommendations()
        if self.alert_type == "below_safety_stock":
            yield self.env._(
                "Replenish up to the safety stock of %s.",
                self._format_qty(self.safety_stock_qty),
            )
        yield from self._get_substitute_recommendations()

    def _get_qty_to_buy(self):
        """Return the shortage not on order, excluding orders on hold."""
        on_hold = self.env["backorder.supply"]._get_held(
            self.product_id, self.warehouse_id
        )
        covered = self.incoming_qty + self.requested_qty + sum(on_hold.values())
        return self.shortage_qty - covered

    def _get_transfer_recommendations(self):
        if self.shortage_qty <= 0:
            return
        supply = self.env["backorder.supply"]
        elsewhere = supply._get_elsewhere(self.product_id, self.warehouse_id)
        for other, quantity in elsewhere[self.product_id.id, self.warehouse_id.id]:
            yield self.env._(
                "Transfer from %(warehouse)s: %(quantity)s available.",
                warehouse=other.name,
                quantity=self._format_qty(quantity),
            )

    def _get_vendor_recommendations(self):
        product = self.product_id.with_company(self.company_id)
        vendors = product._prepare_sellers().partner_id
        if len(vendors) > 1:
            yield self.env._(
                "Ask the other vendors, too: %s.", ", ".join(vendors.mapped("name"))
            )
        elif not vendors:
            yield self.env._("The product has no vendor. Add one.")

    def _get_substitute_recommendations(self):
        names = [
            substitute.display_name
            for substitute, quantity in self.product_id._get_available_substitutes(
                self.warehouse_id
            )
            if quantity > 0
        ]
        if names and self.shortage_qty > 0:
            yield self.env._("Offer a substitute: %s.", ", ".join(names))

    def _get_customer_plan(self):
        """Yield the recommended customer actions, in the user's language."""
        if not self.product_id:
            return
        lines = self.product_id._get_backordered_lines(self.warehouse_id)
        if not lines:
            return
        yield self.env._(
            "Orders on backorder: %(orders)s, customers: %(customers)s.",
            orders=len(lines.order_id),
            customers=len(lines.order_id.partner_id.commercial_partner_id),
        )
        if unnotified := lines.order_id._filter_customer_not_notified():
            yield self.env._(
                "Notify the customers of %s of the delay and the expected date.",
                ", ".join(unnotified.mapped("name")),
            )
        if any(line.allocated_qty for line in lines.order_id.order_line):
            yield self.env._(
                "Offer to ship the available items now and the rest later."
            )
        yield self.env._("Consider a discount on the items on backorder.")

    def _format_qty(self, quantity):
        uom = self.product_id.uom_id
        return f"{uom.round(quantity):g} {uom.name}"
