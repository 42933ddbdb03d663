# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.sql_db import db_connect
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..exceptions import OrderValidationError
from .common import BackorderCommon


class DiscrepancyCommon(BackorderCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.discrepancies = cls.env["stock.discrepancy"]
        cls.company.backorder_responsible_id = cls.users["manager"]
        cls.protected.standard_price = 10
        cls._set_stock(cls.protected, 10)
        cls.customers = cls.env.ref("stock.stock_location_customers")

    @classmethod
    def _enter(cls, product=None, expected=10, counted=9, **values):
        """Enter a discrepancy manually; 9 of 10 has medium severity."""
        return cls.discrepancies.create(
            {
                "product_id": (product or cls.protected).id,
                "warehouse_id": cls.warehouse.id,
                "expected_qty": expected,
                "counted_qty": counted,
                **values,
            }
        )

    def _count(self, quantity, role="operator", product=None, apply=True, **values):
        """Count as that user, and apply with the button of the row."""
        quants = self._as(role, self.env["stock.quant"])
        quant = quants.with_context(inventory_mode=True).create(
            {
                "product_id": (product or self.protected).id,
                "location_id": self.stock.id,
                "inventory_quantity": quantity,
                **values,
            }
        )
        quant = quants.browse(quant.id)
        if apply:
            quant.action_apply_inventory()
        return quant

    def _find(self, origin_kind=None, product=None):
        domain = [("product_id", "=", (product or self.protected).id)]
        if origin_kind:
            domain.append(("origin_kind", "=", origin_kind))
        return self.discrepancies.search(domain)

    def _get_notifications(self):
        """Return the notifications that the user's client will get."""
        return "".join(
            str(message)
            for message in self.env.cr.precommit.data.get("bus.bus.values", [])
        )


@tagged("post_install", "-at_install")
class TestDiscrepancy(DiscrepancyCommon):
    # ------------------------------------------------------------------
    # Numbers and severity
    # ------------------------------------------------------------------

    def test_numbers(self):
        """B2: difference, percentage and value at cost; owner, age and reference."""
        discrepancy = self._enter(counted=7)
        self.assertEqual(
            (discrepancy.delta_qty, discrepancy.percent, discrepancy.value),
            (-3, 30, -30),
        )
        self.assertRegex(discrepancy.name, r"^DISC/\d{4}")
        self.assertEqual(discrepancy.user_id, self.users["manager"])
        self.assertEqual(discrepancy.activity_ids.user_id, self.users["manager"])
        discrepancy.sudo().detected_date = "2026-01-01"
        self.assertGreater(discrepancy.age, 100)

    def test_expected_zero_is_a_difference_of_100_percent(self):
        """B2: an expected quantity of 0 gives a difference of 100 %."""
        self.assertEqual(self._enter(expected=0, counted=2).percent, 100)

    def test_value_is_at_the_cost_when_it_was_found(self):
        """B2: a later cost does not change the value."""
        discrepancy = self._enter(counted=7)
        self.protected.standard_price = 99
        self.env.flush_all()
        discrepancy.invalidate_recordset()
        self.assertEqual(discrepancy.value, -30)

    def test_highest_severity_wins(self):
        """B2: the severity depends on percentage, quantity and value."""
        self.company.write(
            {
                "discrepancy_high_quantity": 50,
                "discrepancy_critical_quantity": 500,
                "discrepancy_medium_value": 100,
                "discrepancy_high_value": 1000,
                "discrepancy_critical_value": 5000,
            }
        )
        dear = self._create_product("Dear", standard_price=600)
        for product, expected, counted, severity in (
            (self.protected, 100, 99, "low"),
            (self.protected, 100, 95, "medium"),
            (self.protected, 100, 80, "high"),
            (self.protected, 100, 50, "critical"),
            (self.protected, 1000, 1050, "high"),
            (dear, 1000, 998, "high"),
            (dear, 1000, 991, "critical"),
        ):
            with self.subTest(product=product.name, expected=expected, counted=counted):
                discrepancy = self._enter(product, expected, counted)
                self.assertEqual(discrepancy.severity, severity)
                discrepancy.sudo().unlink()

    def test_limits_are_checked(self):
        """B2: limits cannot be negative and must rise with the severity."""
        with self.assertRaisesRegex(ValidationError, "cannot be negative"):
            self.company.discrepancy_min_percent = -1
        with self.assertRaisesRegex(ValidationError, "rise from medium"):
            self.company.discrepancy_medium_percent = 60

    def test_bad_input_is_explained(self):
        """B2: no difference, a service, a location of another warehouse."""
        with self.assertRaisesRegex(ValidationError, "Enter a difference"):
            self._enter(counted=10)
        service = self._create_product("Service", type="service", is_storable=False)
        with self.assertRaisesRegex(ValidationError, "not kept in stock"):
            self._enter(service)
        other = self._create_warehouse("Other", "OTH")
        with self.assertRaisesRegex(ValidationError, "is not in the warehouse"):
            self._enter(location_id=other.lot_stock_id.id)

    def test_one_open_per_product_and_location(self):
        """B2: a second one is refused while the first is open."""
        first = self._enter()
        self._enter(location_id=self.shelf.id)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            self._enter()
        first.action_reject("typo")
        self.assertTrue(self._enter())

    # ------------------------------------------------------------------
    # Counts
    # ------------------------------------------------------------------

    def test_defaults_change_nothing(self):
        """B9: without thresholds nothing is raised and every count is applied."""
        self._count(1)
        self.assertEqual(self._get(self.protected, "on_hand"), 1)
        self._receive(self.protected, 5)
        self.assertFalse(self._find())

    def test_each_threshold_raises(self):
        """B2: percentage, quantity or value alone; a difference equal to the threshold
        does not count."""
        for field, tolerated, exceeded in (
            ("discrepancy_min_percent", 20, 19),
            ("discrepancy_min_quantity", 2, 1.9),
            ("discrepancy_min_value", 20, 19),
        ):
            with self.subTest(field=field):
                self.company[field] = tolerated
                self._count(8)
                self.assertFalse(self._find())
                self._set_stock(self.protected, 10)
                self.company[field] = exceeded
                quant = self._count(8)
                found = self._find("count")
                self.assertEqual((found.expected_qty, found.counted_qty), (10, 8))
                self.assertEqual(found.location_id, self.stock)
                self.assertEqual(quant.quantity, 8, "it applies all the same")
                self.assertFalse(found.is_count_pending)
                found.sudo().unlink()
                self.company[field] = 0
                self._set_stock(self.protected, 10)

    def test_count_above_threshold_is_pending(self):
        """B2: with the review enabled, an operator's count above it is not applied;
        others are."""
        other = self._create_product("Other")
        self._set_stock(other, 100)
        self._review_counts()
        quants = self._count(5, apply=False) | self._count(
            99, product=other, apply=False
        )
        quants.action_apply_inventory()
        self.assertEqual(quants.mapped("quantity"), [10, 99])
        self.assertEqual(quants.mapped("inventory_quantity_set"), [True, False])
        self.assertEqual(quants[0].inventory_quantity, 5)
        found = self._find()
        self.assertEqual((found.state, found.is_count_pending), ("new", True))
        self.assertEqual(quants[0].open_discrepancy_ids, found)
        self.assertEqual(found.activity_ids.summary, "Decide on the count")
        self.assertFalse(self._find(product=other))

    def _review_counts(self):
        self.company.write(
            {"discrepancy_min_percent": 10, "discrepancy_review_counts": True}
        )

    def test_user_is_notified_who_decides(self):
        """B2: the notification contains the count and the owner."""
        self._review_counts()
        self._count(5)
        notifications = self._get_notifications()
        for part in ("Counts Pending Approval", "DISC/", "backorder_manager"):
            self.assertIn(part, notifications)

    def test_no_path_around_the_review(self):
        """B2: apply all, the conflict wizard, the quantity of the product, a deletion
        and the quantity itself."""
        self._review_counts()
        quant = self._count(5, apply=False)
        wizard = (
            self.env["stock.inventory.adjustment.name"]
            .with_user(self.users["operator"])
            .create({"quant_ids": [Command.set(quant.ids)]})
        )
        wizard.action_apply()
        self.assertEqual(quant.quantity, 10)
        quant.sudo().action_clear_inventory_quantity()

        # Odoo's stock administrator is not an inventory manager of this addon
        self.users["operator"].group_ids += self.env.ref(
            "stock.group_stock_manager"
        ) | self.env.ref("product.group_product_manager")
        quant.with_context(inventory_mode=True).inventory_quantity = 4
        self.env.flush_all()
        self._force_stock(self.protected, 1)
        quant.invalidate_recordset()
        conflict = quant.action_apply_inventory()
        self.assertEqual(conflict["res_model"], "stock.inventory.conflict")
        Form.from_action(
            self.env(user=self.users["operator"]), conflict
        ).save().action_keep_counted_quantity()
        self.assertEqual(quant.quantity, 11)
        quant.sudo().action_clear_inventory_quantity()

        quant.with_context(inventory_mode=True).inventory_quantity_auto_apply = 3
        self.assertEqual(quant.quantity, 11)
        self.assertEqual(self._find().counted_qty, 3)
        self._as("operator", self.env["stock.quant"]).with_context(
            inventory_mode=True
        ).create(
            {
                "product_id": self.protected.id,
                "location_id": self.stock.id,
                "inventory_quantity_auto_apply": 2,
            }
        )
        self.assertEqual(quant.quantity, 11)
        self.assertEqual(self._find().counted_qty, 2)
        self._as("operator", self.protected).qty_available = 1
        self.assertEqual(quant.quantity, 11)
        self.assertEqual(self._find().counted_qty, 1)
        quant.with_context(
            inventory_mode=True, inventory_report_mode=True
        ).action_set_inventory_quantity_zero()
        self.assertEqual(quant.quantity, 11)
        with self.assertRaises(AccessError):
            quant.unlink()
        with self.assertRaises(AccessError):
            quant.write({"quantity": 1})
        self.assertEqual(self._get(self.protected, "on_hand"), 11)
        self.assertEqual(len(self._find()), 1)

    def test_context_defaults_have_no_effect(self):
        """B2: neither severity nor state can be set by the context."""
        self._review_counts()
        self._count(5, apply=False).with_context(
            default_severity="low", default_state="resolved", default_is_agreed=True
        ).action_apply_inventory()
        found = self._find()
        self.assertEqual(
            (found.severity, found.state, found.is_agreed), ("critical", "new", False)
        )

    def test_manager_applies_any_count(self):
        """B2: an inventory manager's count is applied, and is a discrepancy."""
        self._review_counts()
        quant = self._count(5, role="manager")
        self.assertEqual(quant.quantity, 5)
        self.assertFalse(self._find().is_count_pending)

    def test_manager_applies_the_pending_count(self):
        """B2: resolving it posts the count in the manager's name, through a move."""
        self._review_counts()
        quant = self._count(5)
        found = self._as("manager", self._find())
        action = found.with_context(operation="resolve").action_open_decision()
        with Form.from_action(self.env(user=self.users["manager"]), action) as form:
            self.assertTrue(form.post_correction)
            form.reason = "counted twice"
        form.record.action_resolve()
        self.assertEqual(found.state, "resolved")
        self.assertEqual(quant.quantity, 5)
        self.assertFalse(quant.inventory_quantity_set)
        move = self.env["stock.move"].search(
            [("product_id", "=", self.protected.id)], order="id desc", limit=1
        )
        self.assertTrue(move.is_inventory)
        self.assertEqual(move.create_uid, self.users["manager"])
        self.assertEqual(len(self._find()), 1)
        self.assertFalse(found.activity_ids)

    def _assert_people(self, found, counted_by, applied_by):
        self.assertEqual(
            (found.counted_by_id, found.applied_by_id),
            (self.users[counted_by], self.users.get(applied_by, self.env["res.users"])),
        )
        self.assertEqual(found.source, f"Count by {self.users[counted_by].name}")

    def test_counter_and_applier_are_recorded(self):
        """B2: a pending count that a manager applies stays the operator's count."""
        self._review_counts()
        self._count(5)
        found = self._find()
        self._assert_people(found, "operator", None)
        self._as("manager", found).action_resolve("ok", post_correction=True)
        self._assert_people(found, "operator", "manager")

    def test_counter_is_kept_when_applied_by_the_row(self):
        """B2: with the button of the count, also after the stock has moved."""
        self._review_counts()
        quant = self._count(5)
        self.env.flush_all()
        self._receive(self.protected, 3)
        action = self._as("manager", quant).action_apply_inventory()
        Form.from_action(
            self.env(user=self.users["manager"]), action
        ).save().action_keep_difference()
        self.assertEqual(quant.quantity, 8)
        self._assert_people(self._find(), "operator", "manager")
        self.assertFalse(quant.counted_by_id, "nothing is counted any more")

    def test_counter_is_recorded_without_review(self):
        """B2: the user who entered the quantity, not the one who applied it."""
        self.company.discrepancy_min_percent = 10
        quant = self._count(5, apply=False)
        self._as("manager", quant).action_apply_inventory()
        self._assert_people(self._find(), "operator", "manager")

    def test_counted_again_by_another(self):
        """B2: another quantity is another count."""
        self._review_counts()
        quant = self._count(5)
        self._as("manager", quant).with_context(
            inventory_mode=True
        ).inventory_quantity = 4
        self._as("manager", quant).action_apply_inventory()
        self._assert_people(self._find(), "manager", "manager")

    def test_counter_of_a_manual_entry_is_kept(self):
        """B2: posting it does not make the manager the counter."""
        values = {"product_id": self.protected.id, "location_id": self.stock.id}
        found = self._as("operator", self.discrepancies).create(
            {
                **values,
                "warehouse_id": self.warehouse.id,
                "expected_qty": 10,
                "counted_qty": 9,
            }
        )
        self._force_stock(self.protected, 2)
        self._as("manager", found).action_resolve("ok", post_correction=True)
        self.assertEqual(found.counted_by_id, self.users["operator"])
        self.assertEqual(found.applied_by_id, self.users["manager"])

    def test_moves_since_the_count_are_kept(self):
        """B2: the difference is posted, not the counted quantity."""
        self._review_counts()
        quant = self._count(5)
        self._receive(self.protected, 3)
        self._as("manager", self._find()).action_resolve("ok", post_correction=True)
        self.assertEqual(quant.quantity, 8)

    def test_withdrawn_count_is_not_posted(self):
        """B2: a count that was cleared cannot be posted."""
        self._review_counts()
        quant = self._count(5)
        quant.action_clear_inventory_quantity()
        found = self._as("manager", self._find())
        with self.assertRaisesRegex(UserError, "withdrawn"):
            found.action_resolve("ok", post_correction=True)
        self.assertEqual(found.state, "new")

    def test_rejecting_drops_the_count(self):
        """B2: the stock does not change, and no count is left to apply."""
        self._review_counts()
        quant = self._count(5)
        self._as("manager", self._find()).action_reject("count again")
        self.assertEqual((quant.quantity, quant.inventory_quantity_set), (10, False))
        self.assertEqual(self._find().state, "rejected")

    def test_counted_again_updates(self):
        """B2: one open discrepancy follows the counts; lots are separate."""
        self._review_counts()
        self._count(5)
        self._count(2)
        self.assertEqual(self._find().counted_qty, 2)
        tracked = self._create_product("Tracked", tracking="lot")
        for name in ("A", "B"):
            lot = self.env["stock.lot"].create({"name": name, "product_id": tracked.id})
            self._count(3, product=tracked, lot_id=lot.id)
        self.assertEqual(self._find(product=tracked).mapped("lot_id.name"), ["B", "A"])

    def test_agreeing_count_proposes_to_close(self):
        """B2: a matching count marks it; a manager closes it."""
        self._review_counts()
        self._count(5)
        found = self._as("manager", self._find())
        with self.assertRaisesRegex(UserError, "still differ"):
            found.action_close_agreed()
        self._count(10)
        self.assertEqual((found.state, found.is_agreed), ("new", True))
        self.assertIn("match again", found.message_ids[0].body)
        self.assertIn("match again", found.activity_ids.summary)
        found.action_close_agreed()
        self.assertEqual(found.state, "resolved")

    def test_differing_again_takes_the_proposal_back(self):
        """B2: a new difference withdraws the proposal to close."""
        self._review_counts()
        for quantity in (5, 10, 4):
            self._count(quantity)
        self.assertFalse(self._find().is_agreed)
        self.assertEqual(self._find().counted_qty, 4)

    # ------------------------------------------------------------------
    # Receipts
    # ------------------------------------------------------------------

    # ------------------------------------------------------------------
    # Stock below zero
    # ------------------------------------------------------------------

    def _deliver(self, quantity):
        picking = self._create_picking(
            self.warehouse.out_type_id,
            self.stock,
            self.customers,
            (self.protected, quantity),
        )
        self._validate(picking, quantity)
        return picking

    def test_negative_stock_not_allowed(self):
        """B2: raised if the company requires it; proposed to close once it is gone."""
        self.company.promise_phase = "soft"
        self._deliver(12)
        self.assertFalse(self._find())
        self.company.discrepancy_all_negatives = True
        picking = self._deliver(1)
        found = self._find("negative")
        self.assertEqual((found.expected_qty, found.counted_qty), (0, -3))
        self.assertEqual(found.source, f"delivery:{picking.name}")
        self._deliver(1)
        self.assertEqual(found.counted_qty, -4)
        self._receive(self.protected, 2)
        self.env.cr.flush()
        self.assertFalse(found.is_agreed)
        self._receive(self.protected, 2)
        self.env.cr.flush()
        self.assertEqual((found.state, found.is_agreed), ("new", True))

    def test_allowed_negative_is_no_discrepancy(self):
        """B2: allowed stock below zero is no discrepancy."""
        self.company.discrepancy_all_negatives = True
        self.protected.allow_backorder = "yes"
        self._deliver(12)
        self.assertFalse(self._find())

    # ------------------------------------------------------------------
    # Decisions
    # ------------------------------------------------------------------

    def test_life_of_a_discrepancy(self):
        """B2: new, under review, resolved, reopened, rejected; each is logged."""
        found = self._as("manager", self._enter(counted=7))
        found.action_start_review()
        self.assertEqual(found.state, "under_review")
        found.action_resolve("found behind the shelf")
        self.assertEqual(found.closed_by_id, self.users["manager"])
        with self.assertRaisesRegex(UserError, "Reopen it first"):
            found.action_resolve("again")
        found.action_reopen("gone again")
        self.assertEqual((found.state, found.resolution_note), ("new", False))
        self.assertTrue(found.activity_ids)
        found.action_reject("no")
        events = self.events.search(
            [("event_type", "=like", "discrepancy:%")], order="id"
        )
        self.assertEqual(
            events.mapped("event_type"),
            [
                "discrepancy:opened",
                "discrepancy:resolved",
                "discrepancy:opened",
                "discrepancy:rejected",
            ],
        )
        self.assertEqual(events[1].reason, "found behind the shelf")
        payload = events[0].payload
        self.assertEqual(
            [payload[key] for key in ("expected", "counted", "delta", "severity")],
            [10, 7, -3, "high"],
        )

    def test_correction_of_a_manual_entry(self):
        """B2: it can be posted only if a location is set."""
        with self.assertRaisesRegex(UserError, "nothing to post"):
            self._enter().action_resolve("why", post_correction=True)
        found = self._as("manager", self._enter(location_id=self.stock.id, counted=8))
        found.action_resolve("lost", post_correction=True)
        self.assertEqual(self._get(self.protected, "on_hand"), 8)
        self.assertEqual(found.state, "resolved")

    def test_lot_is_required(self):
        """B2: a tracked product is corrected by lot."""
        tracked = self._create_product("Tracked", tracking="lot")
        found = self._enter(tracked, location_id=self.stock.id)
        with self.assertRaisesRegex(UserError, "tracked by lot"):
            found.action_resolve("why", post_correction=True)

    def test_reason_is_required(self):
        """B6: no decision without a reason."""
        with self.assertRaisesRegex(UserError, "A reason is required"):
            self._enter().action_reject(" ")

    # ------------------------------------------------------------------
    # Roles and companies
    # ------------------------------------------------------------------

    def test_roles(self):
        """B2, B5: viewers see, operators enter and review, managers decide."""
        for role in ("viewer", "sales"):
            self.assertFalse(self._as(role, self.discrepancies).has_access("create"))
            self.assertTrue(self._as(role, self.discrepancies).has_access("read"))
        values = {
            "product_id": self.protected.id,
            "warehouse_id": self.warehouse.id,
            "expected_qty": 10,
            "counted_qty": 2,
        }
        operator = self._as("operator", self.discrepancies)
        found = operator.create(values)
        self.assertEqual(found.severity, "critical")
        with self.assertRaises(AccessError):
            self._as("viewer", found).action_start_review()
        found.action_start_review()
        for decide in (
            lambda: found.action_resolve("x"),
            lambda: found.action_reject("x"),
            lambda: found.action_reopen("x"),
            lambda: found.write({"severity": "low"}),
            lambda: found.write({"counted_qty": 9}),
            lambda: found.write({"state": "resolved"}),
            lambda: found.unlink(),
            lambda: operator.create({**values, "severity": "low"}),
            lambda: operator.create({**values, "state": "resolved"}),
        ):
            with self.assertRaises(AccessError):
                decide()
        self.assertEqual((found.state, found.severity), ("under_review", "critical"))
        self._as("manager", found).severity = "low"
        self._as("manager", found).counted_qty = 9
        self.assertEqual(
            found.severity, "medium", "the severity follows the new quantities"
        )

    def test_form(self):
        """B2: an operator enters a discrepancy in the form."""
        with Form(self._as("operator", self.discrepancies)) as form:
            form.product_id = self.protected
            form.warehouse_id = self.warehouse
            form.expected_qty = 4
            form.counted_qty = 3
            self.assertEqual(form.severity, "high")
        self.assertEqual(form.record.value, -10)
        self.assertEqual(self.protected.open_discrepancy_count, 1)
        self.assertEqual(self.protected.product_tmpl_id.open_discrepancy_count, 1)

    def test_counted_quantities_are_not_edited(self):
        """B2: counted quantities are changed only by another count."""
        self.company.discrepancy_min_percent = 10
        self._count(5)
        with self.assertRaisesRegex(UserError, "Count again"):
            self._as("manager", self._find()).counted_qty = 10

    def test_companies_are_separate(self):
        """B8: each company has its own settings, discrepancies and locks."""
        other = self.env["res.company"].create({"name": "Others"})
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", other.id)])
        self.env.user.company_ids += other
        self.protected.with_company(other).standard_price = 3
        found = self.discrepancies.with_context(
            allowed_company_ids=(self.company | other).ids
        ).create(
            {
                "product_id": self.protected.id,
                "warehouse_id": warehouse.id,
                "expected_qty": 10,
                "counted_qty": 1,
            }
        )
        self.assertEqual((found.company_id, found.value), (other, -27))
        self.assertFalse(
            self._as("manager", self.discrepancies).search([("id", "=", found.id)])
        )
        self.assertEqual(self._get(self.protected), 10)


@tagged("post_install", "-at_install")
class TestDiscrepancyLock(DiscrepancyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.shortage_policy = "pending"

    def _lock(self, policy, product=None):
        """Open a discrepancy of low severity with this lock."""
        self.company.discrepancy_lock_low = policy
        return self._enter(product, 1000, 999)

    def test_nothing_is_locked_by_default(self):
        """B2: without a discrepancy the component is zero."""
        self.assertEqual(self._get(self.protected, "locked"), 0)
        self.assertFalse(
            self.discrepancies._get_open_locks(self.protected, self.warehouse)
        )

    def test_critical_locks_hard(self):
        """B2, B10: with a critical discrepancy nothing can be promised."""
        self.company.shortage_policy = "block"
        found = self._enter(counted=1)
        self.assertEqual((found.severity, found.lock_policy), ("critical", "hard"))
        self.assertEqual(self._get(self.protected, "locked"), 10)
        self.assertEqual(self._get(self.protected), 0)
        order = self._create_order((self.protected, 1))
        with self.assertRaisesRegex(
            OrderValidationError, f"{found.name} is open \\(hard lock\\)"
        ):
            order.action_confirm()
        found.action_resolve("explained")
        self.assertEqual(self._get(self.protected), 10)
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_explanation_names_the_lock(self):
        """B17: the step lists the discrepancies and opens them."""
        found = self._lock("hard")
        explanation = self.availability.explain(self.protected.id, self.warehouse.ids)[
            0
        ]
        figures = {row["name"]: row for row in explanation["figures"]}
        self.assertEqual(figures["locked"]["quantity"], -10)
        self.assertEqual(figures["locked"]["documents"][0]["label"], found.name)
        action = self.availability.get_figure_action(
            "locked", self.protected.id, self.warehouse.id
        )
        self.assertEqual(self.env[action["res_model"]].search(action["domain"]), found)

    def test_hard_lock_keeps_a_negative_balance(self):
        """B1: the lock deducts at most what is left: min(0, ATP)."""
        self._lock("hard", self.backorderable)
        self._create_picking(
            self.warehouse.out_type_id,
            self.stock,
            self.customers,
            (self.backorderable, 4),
        )
        self.assertEqual(self._get(self.backorderable), -4)
        self.assertEqual(self._get(self.backorderable, "locked"), 0)

    def test_hard_lock_beats_permission(self):
        """B2: the product is short even if backorders are allowed."""
        self._set_stock(self.backorderable, 5)
        found = self._lock("hard", self.backorderable)
        order = self._confirm((self.backorderable, 1))
        self.assertTrue(order.requires_inventory_override)
        line = order.override_ids.line_ids
        self.assertIn(found.name, line.snapshot["reason"])
        self.assertEqual(line.snapshot["discrepancies"], [found.name])
        self.assertEqual(line.shortage_qty, 1)

    def test_hard_lock_is_overridden_by_approval(self):
        """B2: an approved order passes, and the approval is logged."""
        found = self._lock("hard")
        order = self._confirm((self.protected, 1))
        self._as("manager", order.override_ids).action_approve(
            "checked by hand", [found.name]
        )
        self.assertEqual(order.state, "sale")
        event = self._get_events("order:approved", order_id=order)
        self.assertEqual(event.payload["lines"][0]["discrepancies"], [found.name])

    def test_soft_lock_needs_an_acknowledgement(self):
        """B2, B10: despite enough stock an approval is needed, and is logged."""
        found = self._lock("soft")
        self.assertEqual(self._get(self.protected), 10)
        order = self._confirm((self.protected, 3))
        self.assertTrue(order.requires_inventory_override)
        line = order.override_ids.line_ids
        self.assertEqual((line.available_qty, line.shortage_qty), (10, 0))
        self.assertIn(f"{found.name} is open (soft lock)", line.snapshot["reason"])
        self._as("manager", order.override_ids).action_approve(
            "checked by hand", [found.name]
        )
        self.assertEqual(order.state, "sale")
        event = self._get_events("order:approved", order_id=order)
        self.assertEqual(event.reason, "checked by hand")
        self.assertEqual(event.payload["lines"][0]["discrepancies"], [found.name])

    def test_soft_lock_over_a_line_without_the_product(self):
        """B2: other products and warehouses are not affected."""
        other = self._create_product("Other")
        self._set_stock(other, 5)
        self._lock("soft")
        self.assertEqual(self._confirm((other, 2)).state, "sale")

    def test_increase_is_checked_against_the_lock(self):
        """B2, B4: a confirmed line cannot be increased under a soft lock."""
        order = self._confirm((self.protected, 3))
        found = self._lock("soft")
        order.order_line.product_uom_qty = 4
        self.assertEqual(order.order_line.product_uom_qty, 3)
        request = order.override_ids
        self.assertEqual((request.kind, request.state), ("increase", "pending"))
        self._as("manager", request).action_approve("acknowledged", [found.name])
        self.assertEqual(order.order_line.product_uom_qty, 4)
        self.company.shortage_policy = "block"
        with self.assertRaisesRegex(OrderValidationError, "soft lock"):
            order.order_line.product_uom_qty = 5

    def test_dark_phase_only_logs(self):
        """B9: in the monitor phase a lock stops nothing."""
        self.company.promise_phase = "dark"
        for policy in ("hard", "soft"):
            with self.subTest(policy=policy):
                found = self._lock(policy)
                order = self._confirm((self.protected, 1))
                self.assertEqual(order.state, "sale")
                event = self._get_events("order:would_block", order_id=order)
                self.assertEqual(
                    event.payload["lines"][0]["discrepancies"], [found.name]
                )
                found.action_reject("done")

    def test_monitor_passes_and_logs(self):
        """B2: a monitoring lock warns the salesperson and stops nothing."""
        found = self._lock("monitor")
        order = self._confirm((self.protected, 3))
        self.assertEqual(order.state, "sale")
        event = self._get_events("order:discrepancy_warning", order_id=order)
        self.assertEqual(event.payload["discrepancies"], [found.name])
        self.assertIn(f"but {found.name} is open", self._get_notifications())

    def test_monitor_lock_in_the_monitor_phase_only_logs(self):
        """B9: the monitor phase logs without a warning."""
        self.company.promise_phase = "dark"
        self._lock("monitor")
        order = self._confirm((self.protected, 3))
        self.assertTrue(self._get_events("order:discrepancy_warning", order_id=order))
        self.assertNotIn("is open", self._get_notifications())

    def test_none_locks_nothing(self):
        """B2: a lock policy of none has no effect."""
        self._lock("none")
        order = self._confirm((self.protected, 3))
        self.assertEqual(order.state, "sale")
        self.assertFalse(self._get_events("order:discrepancy_warning"))

    def test_stock_policy_overrides_the_company(self):
        """B2: the most specific stock policy applies instead of the company's
        setting."""
        found = self._lock("hard")
        level = self.env["stock.policy"].create(
            {
                "product_id": self.protected.id,
                "warehouse_id": self.warehouse.id,
                "lock_policy": "monitor",
            }
        )
        self.assertEqual(self._get_policies(), ["monitor"])
        self.assertEqual(self._get(self.protected), 10)
        shelf = self.env["stock.policy"].create(
            {
                "product_id": self.protected.id,
                "warehouse_id": self.warehouse.id,
                "location_id": self.shelf.id,
                "lock_policy": "soft",
            }
        )
        self.assertEqual(self._get_policies(), ["monitor"])
        found.location_id = self.env["stock.location"].create(
            {"name": "Box", "location_id": self.shelf.id}
        )
        self.assertEqual(self._get_policies(), ["soft"])
        shelf.lock_policy = "inherit"
        self.assertEqual(self._get_policies(), ["monitor"])
        level.lock_policy = "none"
        self.assertEqual(self._get_policies(), [])
        level.unlink()
        self.assertEqual(self._get_policies(), ["hard"])

    def _get_policies(self):
        locks = self.discrepancies._get_open_locks(self.protected, self.warehouse)
        records = locks.get((self.protected.id, self.warehouse.id), [])
        policies = [record._get_lock_policy() for record in records]
        # one by one, the result is the same
        self.env.invalidate_all()
        self.assertEqual(policies, [record._get_lock_policy() for record in records])
        return policies

    def test_locks_come_in_one_query(self):
        """B8: for any number of discrepancies."""
        products = self.protected
        for number in range(5):
            product = self._create_product(f"Product {number}")
            self._enter(product)
            products |= product
        self.env.flush_all()
        with self.assertQueryCount(1):
            locks = self.discrepancies._get_open_locks(products, self.warehouse)
            policies = [records._get_lock_policy() for records in locks.values()]
        self.assertEqual(policies, ["monitor"] * 5)

    def test_resolving_retries_backorders(self):
        """C2: resolved, lowered or unlocked by policy, a retry is made."""
        order = self._confirm((self.backorderable, 2))
        for unlock in (
            lambda found: found.action_resolve("explained"),
            lambda found: found.action_reject("none"),
            lambda found: found.write({"severity": "low"}),
            lambda found: self.company.write({"discrepancy_lock_critical": "none"}),
        ):
            found = self._enter(self.backorderable, counted=1)
            self._force_stock(self.backorderable, 2)
            self.env.cr.flush()
            self.retries.search([]).unlink()
            unlock(found)
            self.assertEqual(self.retries.search([]).product_id, self.backorderable)
            found.sudo().unlink()
        self._run_retries()
        self.assertEqual(order.backorder_state, "allocated")

    def test_lock_keeps_reservations(self):
        """B2: a lock stops new promises only."""
        order = self._confirm((self.backorderable, 2))
        self._lock("hard", self.backorderable)
        self._receive(self.backorderable, 2)
        self.assertEqual(order.backorder_state, "allocated")

    def test_opening_and_closing_announce_the_change(self):
        """B8: concurrent promises wait for the changed lock."""
        counts = [self._count_changes()]
        found = self._enter(counted=1)
        counts.append(self._count_changes())
        found.severity = "low"
        counts.append(self._count_changes())
        found.action_reject("x")
        counts.append(self._count_changes())
        self.assertEqual(counts, sorted(set(counts)))

    def _count_changes(self):
        """Return how many changes of unknown size this transaction announced."""
        with db_connect(self.env.cr.dbname).cursor() as cr:
            cr.execute(
                "SELECT COUNT(*) FROM stock_promise_claim WHERE quantity IS NULL"
                " AND product_id = %s AND warehouse_id = %s",
                [self.protected.id, self.warehouse.id],
            )
            return cr.fetchone()[0]
