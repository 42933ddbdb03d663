# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from babel.dates import format_timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import babel_locale_parse, format_datetime
from odoo.tools.misc import get_lang


class StockSoftReservation(models.Model):
    """Stock reserved for a quotation or a customer until it expires.

    A soft reservation counts while it is active and has not expired, to the minute,
    whether or not the scheduled action has marked it. Only stock that can be
    promised is reserved, so that nothing committed to others is taken.
    """

    _name = "stock.soft.reservation"
    _description = "Soft Reservation"
    _order = "expiry_date, id"
    _check_company_auto = True

    name = fields.Char(
        "Reference",
        readonly=True,
        copy=False,
        default=lambda self: self.env._("New"),
        server_only=True,
    )
    product_id = fields.Many2one(
        "product.product",
        required=True,
        ondelete="restrict",
        check_company=True,
        domain=[("is_storable", "=", True)],
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        required=True,
        ondelete="restrict",
        check_company=True,
        default=lambda self: self.env["stock.policy"]._default_warehouse_id(),
    )
    company_id = fields.Many2one(
        related="warehouse_id.company_id",
        store=True,
        index=True,
        server_only=True,
    )
    product_uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    quantity = fields.Float(
        required=True,
        digits="Product Unit",
        default=1.0,
        help="The quantity reserved, in the product's unit.",
    )
    consumed_quantity = fields.Float(
        "Consumed",
        readonly=True,
        copy=False,
        digits="Product Unit",
        help="The quantity that confirmed orders have consumed.",
        server_only=True,
    )
    remaining_quantity = fields.Float(
        "Remaining",
        compute="_compute_remaining_quantity",
        store=True,
        digits="Product Unit",
        help="The quantity still reserved.",
        server_only=True,
    )
    partner_id = fields.Many2one("res.partner", "Reserved For", check_company=True)
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id",
        store=True,
        server_only=True,
    )
    order_id = fields.Many2one(
        "sale.order",
        "Quotation",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        domain=[("state", "in", ("draft", "sent"))],
        help="Only this quotation consumes the soft reservation. If empty, the next"
        " order of the customer does.",
    )
    origin = fields.Char("Source", help="Where the soft reservation comes from.")
    origin_model = fields.Char(readonly=True, copy=False, server_only=True)
    origin_id = fields.Many2oneReference(
        "Source Document",
        model_field="origin_model",
        readonly=True,
        copy=False,
        index="btree_not_null",
        server_only=True,
    )
    user_id = fields.Many2one(
        "res.users", "Reserved By", default=lambda self: self.env.user, required=True
    )
    expiry_date = fields.Datetime(
        "Expires",
        required=True,
        default=lambda self: self._default_expiry_date(),
    )
    expires_in = fields.Char(compute="_compute_expires_in")
    is_expired = fields.Boolean(
        compute="_compute_expires_in",
        help="The soft reservation has expired. It reserves no stock anymore.",
    )
    can_change = fields.Boolean(compute="_compute_can_change")
    release_date = fields.Datetime(
        "Ended On", readonly=True, copy=False, server_only=True
    )
    release_reason = fields.Char("Reason", readonly=True, copy=False, server_only=True)
    state = fields.Selection(
        [
            ("active", "Active"),
            ("consumed", "Consumed"),
            ("released", "Released"),
            ("expired", "Expired"),
        ],
        "Status",
        default="active",
        required=True,
        readonly=True,
        copy=False,
        server_only=True,
    )

    # Availability and reservation look up active soft reservations by product.
    _active_idx = models.Index("(product_id, warehouse_id) WHERE state = 'active'")
    _expiry_idx = models.Index("(expiry_date) WHERE state = 'active'")
    _quantity_positive = models.Constraint(
        "CHECK (quantity > 0)", "The quantity to reserve must be greater than zero."
    )

    @api.model
    def _default_expiry_date(self):
        hours = self.env.company.sudo().soft_reservation_duration
        return fields.Datetime.now() + timedelta(hours=hours)

    @api.depends("quantity", "consumed_quantity", "state")
    def _compute_remaining_quantity(self):
        for reservation in self:
            left = reservation.quantity - reservation.consumed_quantity
            reservation.remaining_quantity = (
                left if reservation.state == "active" else 0.0
            )

    @api.depends("expiry_date", "state")
    def _compute_expires_in(self):
        now = fields.Datetime.now()
        locale = babel_locale_parse(get_lang(self.env).code)
        for reservation in self:
            is_open = reservation.state == "active" and reservation.expiry_date
            reservation.is_expired = bool(is_open and reservation.expiry_date <= now)
            reservation.expires_in = is_open and format_timedelta(
                reservation.expiry_date - now,
                threshold=2,  # "6 days" rather than "1 week"
                add_direction=True,
                locale=locale,
            )

    @api.depends_context("uid")
    @api.depends("state", "user_id", "order_id.user_id")
    def _compute_can_change(self):
        for reservation in self:
            reservation.can_change = (
                bool(reservation._origin)
                and reservation.state == "active"
                and reservation._is_changed_by_user()
            )

    # ------------------------------------------------------------------
    # Reserving
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Reserve the whole quantity, or nothing if it cannot be promised.

        :raise OrderValidationError: naming each product of which more is requested
            than can be promised
        :raise ValidationError: when the expiry is past or beyond the company's limit
        :raise AccessError: when the user may not reserve stock
        """
        self.check_access("create")
        reservations = super().create(
            [self._prepare_reservation(vals) for vals in vals_list]
        )
        reservations._set_names()
        self._forget_soft_reserved()
        reservations._check_order()
        reservations._check_expiry(is_new=True)
        self.env["promise.decision"]._check_soft_reservations(reservations)
        reservations._log("reservation:created")
        return reservations

    def write(self, vals):
        """Allow changes only by the actions of the soft reservation.

        The write access exists only for the form, which needs it to create records.
        """
        if not self.env.su:
            self._refuse_change()
        return super().write(vals)

    def _prepare_reservation(self, vals):
        """Return the values of a soft reservation, with the customer of its order."""
        order = self.env["sale.order"].browse(vals.get("order_id"))
        return {
            **({"partner_id": order.sudo().partner_id.id} if order else {}),
            **vals,
        }

    def _set_names(self):
        sequence = self.env["ir.sequence"].sudo()
        for reservation in self.sudo():
            reservation.name = sequence.next_by_code("stock.soft.reservation")

    @api.private
    def _refuse_change(self):
        raise AccessError(
            self.env._(
                "Soft reservations cannot be edited. Use the buttons to extend or"
                " release them."
            )
        )

    @api.constrains("product_id")
    def _check_product(self):
        for reservation in self:
            if not reservation.product_id.is_storable:
                raise ValidationError(
                    self.env._(
                        "%s is not tracked in stock and cannot be reserved.",
                        reservation.product_id.display_name,
                    )
                )

    def _check_order(self):
        """Allow only quotations that the user may read."""
        self.order_id.check_access("read")
        for reservation in self:
            if reservation.order_id and reservation.order_id.state not in (
                "draft",
                "sent",
            ):
                raise ValidationError(
                    self.env._(
                        "%s is not a quotation anymore. Only quotations need a soft"
                        " reservation.",
                        reservation.order_id.name,
                    )
                )

    def _check_expiry(self, is_new=False):
        """Refuse an expiry in the past or beyond the company's limit."""
        now = fields.Datetime.now()
        for reservation in self:
            if reservation.expiry_date <= now:
                raise ValidationError(
                    self.env._(
                        "The expiry must be in the future: %s has passed.",
                        format_datetime(
                            self.env, reservation.expiry_date, dt_format="short"
                        ),
                    )
                )
            limit = reservation._get_latest_expiry(is_new)
            if reservation.expiry_date > limit + timedelta(minutes=1):
                raise ValidationError(
                    self.env._(
                        "Stock can be reserved for %(hours)g hours at most, until"
                        " %(limit)s. Choose an earlier time.",
                        hours=reservation.company_id.sudo().soft_reservation_max_duration,
                        limit=format_datetime(self.env, limit, dt_format="short"),
                    )
                )

    def _get_latest_expiry(self, is_new=False):
        """Return the latest expiry that the user may set.

        For salespeople the limit counts from the creation, also when extending.

        :param is_new: count from now, not from the start of the transaction, which may
            have waited for others
        """
        duration = timedelta(hours=self.company_id.sudo().soft_reservation_max_duration)
        start = fields.Datetime.now()
        if not is_new and not self._is_changed_by_operator():
            start = min(start, self.create_date)
        return start + duration

    # ------------------------------------------------------------------
    # Events
    # ------------------------------------------------------------------

    def _prepare_overview_line(self):
        return {
            "title": f"{self.name} · {self.product_id.display_name}",
            "detail": self.partner_id.display_name or "",
            "date": self.expiry_date,
        }
