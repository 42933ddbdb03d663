# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict
from contextlib import contextmanager

from odoo import api, fields, models
from odoo.tools import SQL

from ..exceptions import InsufficientStockError
from ..transaction import TransactionDict, TransactionVar
from .backorder_event import SOURCE
from .stock_move_fact import BOOKING
from .stock_move_taken import RESERVED

# The key of a quant.
KEY_FIELDS = ("product_id", "location_id", "lot_id", "package_id", "owner_id")
# By product and location: what became free, what was replenished, and the cause.
RISES = TransactionDict("backorder_atp.rises")

# Quantity taken per quant key while goods are moved.
DECREMENTS = TransactionVar()
# The part of it that is a physical fact.
BOOKED = TransactionVar()


class StockQuant(models.Model):
    _inherit = "stock.quant"

    is_backorder_allowed = fields.Boolean(
        "Backorders Allowed", compute="_compute_backorder_policy"
    )
    backorder_policy_source = fields.Char(
        "Backorder Policy Set By", compute="_compute_backorder_policy"
    )
    availability_kind = fields.Selection(related="location_id.availability_kind")

    # Availability asks by product, for the locations of a warehouse.
    _product_location_idx = models.Index("(product_id, location_id)")
    # Shortages are computed from the stock below zero.
    _negative_idx = models.Index("(product_id, location_id) WHERE quantity < 0")

    @api.depends("product_id", "location_id")
    def _compute_backorder_policy(self):
        for location, quants in self.grouped("location_id").items():
            policies = self.env["stock.policy"]._get_policies(
                quants.product_id, location
            )
            for quant in quants:
                key = (quant.product_id.id, location.id)
                allowed, source = policies.get(key, (False, False))
                quant.is_backorder_allowed = allowed
                quant.backorder_policy_source = source

    def action_open_stock_policy(self):
        """Open the stock policies of this product in this warehouse."""
        self.ensure_one()
        warehouse = self.location_id.warehouse_id
        action = self.env["ir.actions.actions"]._for_xml_id(
            "backorder_atp.stock_policy_action"
        )
        return {
            **action,
            "domain": [
                ("product_id", "=", self.product_id.id),
                ("warehouse_id", "=", warehouse.id),
            ],
            "context": {
                "default_product_id": self.product_id.id,
                "default_warehouse_id": warehouse.id,
            },
        }

    def _apply_inventory(self, date=None):
        """Apply the count and record it as the source of what follows."""
        source = f"cycle-count:{self[:1].location_id.display_name}"
        with (
            self.env["backorder.event"]._caused_by(source),
            self.env["stock.move"]._booking_facts(),
        ):
            return super()._apply_inventory(date=date)

    # ------------------------------------------------------------------
    # Every change of stock
    # ------------------------------------------------------------------

    @api.model
    def _update_available_quantity(
        self,
        product_id,
        location_id,
        quantity=False,
        reserved_quantity=False,
        lot_id=None,
        package_id=None,
        owner_id=None,
        in_date=None,
    ):
        """Record what is taken and what becomes free, and wait for a locked row."""
        holds_stock = location_id.usage in ("internal", "transit")
        key = self._get_change_key(
            product_id, location_id, lot_id, package_id, owner_id
        )
        if holds_stock and quantity < 0:
            self._wait_for_decrement(product_id, location_id, key, quantity)
        elif holds_stock and reserved_quantity < 0:
            parts = {"lot_id": lot_id, "package_id": package_id, "owner_id": owner_id}
            self._wait_for_release(
                product_id, location_id, key, parts, reserved_quantity
            )
        result = super()._update_available_quantity(
            product_id,
            location_id,
            quantity,
            reserved_quantity,
            lot_id=lot_id,
            package_id=package_id,
            owner_id=owner_id,
            in_date=in_date,
        )
        if holds_stock:
            self._record_change(key, quantity or 0.0, reserved_quantity or 0.0)
        return result

    def _get_change_key(self, *parts):
        return tuple(part.id if part else False for part in parts)

    def _record_change(self, key, quantity, reserved_quantity):
        cr = self.env.cr
        decrements = DECREMENTS.get(cr)
        if quantity and decrements is not None:
            decrements[key] += quantity
            if BOOKING.get(cr):
                BOOKED.get(cr)[key] += quantity
        if quantity != reserved_quantity:
            self._record_rise(key[:2], quantity - reserved_quantity, quantity)

    # ------------------------------------------------------------------
    # Waiting for the row
    # ------------------------------------------------------------------

    def _wait_for_decrement(self, product, location, key, quantity):
        """Wait for a row that another delivery writes, instead of creating another.

        Odoo skips a locked row and creates a duplicate. If the balance may go
        negative there must be one row; if not, the duplicate would hide what the
        other delivery takes. In the monitor phase Odoo's behaviour is unchanged.
        """
        if not self._is_decrement_guarded(product, location):
            return
        balance = sum(self._lock_quantities(key))
        if product.uom_id.compare(balance + quantity, 0) < 0:
            # the row may not exist yet
            self.env["stock.promise.guard"]._touch(
                [(product.id, location.warehouse_id.id or 0)]
            )

    def _wait_for_release(self, product, location, key, parts, released):
        """Wait for the rows of a reservation that ends, and let one row have it.

        Odoo skips a locked row and takes the reservation off a duplicate, which has
        less: the rest would stay reserved for nobody until the nightly scheduler.
        """
        if not self._is_decrement_guarded(product, location):
            return
        self._lock_quantities(key)
        quants = self.sudo()._gather(product, location, **parts, strict=True)
        others = quants[1:].filtered("reserved_quantity")
        if others and quants[0].reserved_quantity + released < 0:
            quants[0].reserved_quantity += sum(others.mapped("reserved_quantity"))
            others.reserved_quantity = 0

    def _lock_quantities(self, key):
        """Wait for the rows of ``key``; return what each has."""
        self.flush_model([*KEY_FIELDS, "quantity", "reserved_quantity"])
        self.env.cr.execute(
            SQL(
                "SELECT quantity FROM stock_quant WHERE %s FOR NO KEY UPDATE",
                self._get_key_condition(key),
            )
        )
        return [quantity or 0.0 for (quantity,) in self.env.cr.fetchall()]

    def _is_decrement_guarded(self, product, location):
        company = location._get_owning_company()
        if not company:
            return False
        if company.promise_phase == "hard":
            return True
        policies = self.env["stock.policy"]._get_policies(product, location)
        return policies[product.id, location.id][0]

    def _get_key_condition(self, key):
        return SQL(" AND ").join(
            SQL("%s IS NOT DISTINCT FROM %s", SQL.identifier(name), value or None)
            for name, value in zip(KEY_FIELDS, key, strict=True)
        )

    # ------------------------------------------------------------------
    # Stock below zero
    # ------------------------------------------------------------------

    @api.model
    @contextmanager
    def _checking_decrements(self):
        """Check at the end of the outermost operation what it has taken.

        Goods pass through locations, which may be below zero in between. Only the
        balances at the end count.
        """
        cr = self.env.cr
        if DECREMENTS.get(cr) is not None:
            yield
            return
        with (
            DECREMENTS.setting(cr, defaultdict(float)) as decrements,
            BOOKED.setting(cr, defaultdict(float)) as booked,
            RESERVED.setting(cr, {}) as reserved,
        ):
            yield
        self._check_decrements(
            {key: delta for key, delta in decrements.items() if delta < 0}, booked
        )
        self.env["stock.move"]._check_taken_reservations(reserved)

    @api.model
    def _check_decrements(self, decrements, booked):
        """Refuse, warn of or record every key that ends below zero.

        :param booked: the part of ``decrements`` that is a physical fact
        """
        negatives = [
            {**row, "booked": booked.get(self._get_row_key(row), 0.0)}
            for row in self._get_negatives(decrements)
        ]
        if not negatives:
            return
        allowed, oversold, refused = [], [], []
        products = self.env["product.product"].browse(
            {row["product_id"] for row in negatives}
        )
        locations = self.env["stock.location"].browse(
            {row["location_id"] for row in negatives}
        )
        policies = self.env["stock.policy"]._get_policies(products, locations)
        limits = self.env["stock.policy"]._get_limits(products, locations)
        for row in negatives:
            key = row["product_id"], row["location_id"]
            is_allowed = policies[key][0] and self._is_within_limit(row, limits[key])
            if is_allowed:
                allowed.append(row)
            else:
                (oversold if self._is_booked(row) else refused).append(row)
        if refused:
            self._refuse_negatives(refused)
        self._record_negatives("inventory.backordered", allowed)
        self._book_oversold(oversold)

    @api.model
    def _get_negatives(self, decrements):
        """Return the keys that ended below zero, with their balance, in one query.

        The sum over all rows of a key counts: Odoo may keep more than one.
        """
        if not decrements:
            return []
        self.flush_model([*KEY_FIELDS, "quantity"])
        self.env.cr.execute(
            SQL(
                """
                SELECT product_id, location_id, lot_id, package_id, owner_id,
                       SUM(quantity)::float8 AS balance
                  FROM stock_quant
                 WHERE product_id IN %s AND location_id IN %s
                 GROUP BY product_id, location_id, lot_id, package_id, owner_id
                HAVING SUM(quantity) < 0
                """,
                tuple({key[0] for key in decrements}),
                tuple({key[1] for key in decrements}),
            )
        )
        return [
            {**row, "delta": decrements[key]}
            for row in self.env.cr.dictfetchall()
            if (key := self._get_row_key(row)) in decrements
            and self._is_below_zero(row)
            and self._get_row_company(row)
        ]

    def _get_row_key(self, row):
        return tuple(row[name] or False for name in KEY_FIELDS)

    def _get_row_company(self, row):
        location = self.env["stock.location"].browse(row["location_id"])
        return location._get_owning_company()

    def _is_booked(self, row):
        """Whether physical facts alone explain that this is below zero."""
        uom = self.env["product.product"].browse(row["product_id"]).uom_id
        return (
            uom.compare(row["delta"], row["booked"]) >= 0
            or uom.compare(row["balance"], row["booked"]) >= 0
        )

    def _is_within_limit(self, row, limit):
        """Whether stock may go so far below zero."""
        if not limit or limit.kind != "quantity":
            return True
        uom = self.env["product.product"].browse(row["product_id"]).uom_id
        return uom.compare(row["balance"], -limit.quantity) >= 0

    def _is_below_zero(self, row):
        uom = self.env["product.product"].browse(row["product_id"]).uom_id
        return uom.compare(row["balance"], 0) < 0

    @api.model
    def _refuse_negatives(self, rows):
        """Refuse in the enforce phase, warn in the approve phase, else record."""
        by_phase = defaultdict(list)
        for row in rows:
            by_phase[self._get_row_company(row).promise_phase].append(row)
        if by_phase["hard"]:
            self._log_refused(by_phase["hard"])
            raise InsufficientStockError(
                self._get_insufficient_message(
                    self.env._("There is not enough stock, so nothing was moved:"),
                    by_phase["hard"],
                )
            )
        if by_phase["soft"]:
            self.env["backorder.event"]._warn_user(
                self._get_insufficient_message(
                    self.env._("Stock has gone below zero:"), by_phase["soft"]
                )
            )
        self._record_negatives(
            "inventory.oversold", by_phase["soft"] + by_phase["dark"]
        )

    @api.model
    def _book_oversold(self, rows):
        """Record what can no longer be refused, and alert the responsible."""
        self._record_negatives("inventory.oversold", rows)
        self._handle_backordered(
            [row for row in rows if self._get_row_company(row).promise_phase != "dark"]
        )

    @api.model
    def _log_refused(self, rows):
        """Log the refusal after its rollback."""
        for row in rows:
            self.env["backorder.event"]._log_after_rollback(
                "inventory.refused", **self._prepare_negative_event(row)
            )

    def _get_insufficient_message(self, headline, rows):
        """Return one message with every product and location, and what to do."""
        return "\n".join(
            [
                headline,
                *(self._get_insufficient_line(row) for row in rows),
                self.env._(
                    "Reduce the quantity, bring in stock first, or let an inventory"
                    " manager allow backorders for the product."
                ),
            ]
        )

    def _get_insufficient_line(self, row):
        product = self.env["product.product"].browse(row["product_id"])
        return self.env._(
            "• %(product)s in %(place)s: requested %(requested)s, available"
            " %(available)s %(unit)s",
            product=product.display_name,
            place=self._get_place_name(row),
            requested=product.uom_id.round(-row["delta"]),
            available=max(0.0, product.uom_id.round(row["balance"] - row["delta"])),
            unit=product.uom_id.name,
        )

    def _get_place_name(self, row):
        """Return the location with the lot, package and owner, if any."""
        names = [self.env["stock.location"].browse(row["location_id"]).display_name]
        for model, field in (
            ("stock.lot", "lot_id"),
            ("stock.package", "package_id"),
            ("res.partner", "owner_id"),
        ):
            if row[field]:
                names.append(self.env[model].browse(row[field]).display_name)
        return " / ".join(names)

    # ------------------------------------------------------------------
    # inventory.backordered
    # ------------------------------------------------------------------

    @api.model
    def _record_negatives(self, event_type, rows):
        if not rows:
            return
        self.env["backorder.event"]._log_many(
            [
                {"event_type": event_type, **self._prepare_negative_event(row)}
                for row in rows
            ]
        )
        if event_type == "inventory.backordered":
            self._handle_backordered(rows)
        else:
            self.env["stock.discrepancy"]._record_negatives(rows)

    def _prepare_negative_event(self, row):
        location = self.env["stock.location"].browse(row["location_id"])
        return {
            "product": self.env["product.product"].browse(row["product_id"]),
            "warehouse": location.warehouse_id,
            "company": self._get_row_company(row),
            "quantity": row["delta"],
            "payload": {
                "variant_id": row["product_id"],
                "inventory_item_id": row["product_id"],
                "location_id": row["location_id"],
                "location": self._get_place_name(row),
                "delta": row["delta"],
                "new_stock": row["balance"],
            },
        }

    @api.model
    def _handle_backordered(self, rows):
        """Ask the responsible of each product to replenish; extend to do more."""
        for row in rows:
            product = self.env["product.product"].browse(row["product_id"]).sudo()
            company = self._get_row_company(row)
            user = product.with_company(company).responsible_id or (
                company._get_backorder_responsible()
            )
            if user:
                self._schedule_backordered(
                    product, user, self._get_place_name(row), row
                )

    def _schedule_backordered(self, product, user, place, row):
        activity_type = "backorder_atp.mail_activity_type_replenish"
        template = product.product_tmpl_id
        note = self.env._(
            "The stock in %(place)s is %(balance)s %(unit)s.",
            place=place,
            balance=product.uom_id.round(row["balance"]),
            unit=product.uom_id.name,
        )
        activity = template.activity_search([activity_type], user_id=user.id)
        if activity:
            activity[0].note = note
        else:
            template.activity_schedule(
                activity_type,
                summary=self.env._("Negative stock: replenish"),
                note=note,
                user_id=user.id,
            )

    # ------------------------------------------------------------------
    # Stock becomes free
    # ------------------------------------------------------------------

    def _record_rise(self, place_key, free, quantity):
        """Add up what becomes free; what is free at the end triggers a retry."""
        cr = self.env.cr
        before = RISES.get_all(cr).get(place_key, (0.0, 0.0, {}))
        cause = SOURCE.get(cr) or "stock-changed"
        rise = (before[0] + free, before[1] + quantity, {**before[2], cause: True})
        RISES.put(cr, place_key, rise)
        RISES.work_off(cr, self.env["stock.quant"].sudo()._enqueue_rises)

    @api.model
    def _enqueue_rises(self):
        """Enqueue a retry for stock that became free or was lost.

        A loss only affects demand that is not reserved yet; it also loses what
        others reserve.
        """
        rises = RISES.take(self.env.cr)
        self.env["stock.discrepancy"]._record_rises(
            [key for key, (_free, quantity, _causes) in rises.items() if quantity > 0]
        )
        freed = {
            key: causes
            for key, (free, quantity, causes) in rises.items()
            if free > 1e-9 or (free < -1e-9 and quantity < -1e-9)
        }
        reserved = {key for key, row in rises.items() if row[0] < -1e-9} - freed.keys()
        freed |= {key: rises[key][2] for key in self._get_undue_keys(reserved)}
        warehouses = self._get_supply_places({place_id for _product, place_id in freed})
        self.env["backorder.retry"]._enqueue(
            {
                (product_id, warehouses[place_id]): ", ".join(causes)
                for (product_id, place_id), causes in freed.items()
                if place_id in warehouses
            }
        )

    @api.model
    def _get_undue_keys(self, keys):
        """Return those ``(product_id, location_id)`` with backordered orders whose
        reservation date has not come yet."""
        if not keys:
            return set()
        self.env["stock.move"].flush_model(
            ["product_id", "location_id", "state", "picking_type_id", "sale_line_id"]
        )
        self.env["stock.picking.type"].flush_model(["reservation_method"])
        self.env.cr.execute(
            SQL(
                """
                SELECT DISTINCT move.product_id, spot.id
                  FROM stock_move move
                  JOIN stock_picking_type type ON type.id = move.picking_type_id
                  JOIN stock_location place ON place.id = move.location_id
                  JOIN stock_location spot ON spot.id = ANY(%s)
                   AND spot.warehouse_id = place.warehouse_id
                 WHERE move.product_id = ANY(%s)
                   AND move.state IN ('confirmed', 'partially_available')
                   AND move.sale_line_id IS NOT NULL
                   AND type.reservation_method != 'at_confirm'
                """,
                list({place_id for _product_id, place_id in keys}),
                list({product_id for product_id, _place_id in keys}),
            )
        )
        return set(self.env.cr.fetchall())

    @api.model
    def _get_supply_places(self, place_ids):
        """Return ``{location_id: warehouse_id}`` of locations that count as supply."""
        places = self.env["stock.location"].browse(place_ids)
        return {
            place.id: place.warehouse_id.id
            for place in places.exists()
            if place.availability_kind in ("pickable", "inbound") and place.warehouse_id
        }
