# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import UserError


class BackorderRun(models.Model):
    """Committing a simulation, if stock and demand have not changed."""

    _inherit = "backorder.run"

    def action_commit(self):
        """Reserve stock as simulated, and update promised dates and the queue.

        If stock, receipts or demand have changed, the lines concerned are simulated
        again and shown; nothing is committed then.

        :return: the notification that the client shows
        :raise AccessError: for users who are not inventory managers
        :raise UserError: when the run is not simulated, or firm lines would move
            without a reason
        """
        self.ensure_one()
        self._check_manager()
        self._check_committable()
        result = self._start("commit")
        return self._get_committed_notification() if result is True else result

    def _get_committed_notification(self):
        """Return how many lines are better and worse off after the commit."""
        return self.env["sale.order"]._get_notification(
            self.env._("%s is committed", self.name),
            self.env._(
                "%(better)s lines get their goods earlier, %(worse)s later.",
                better=self.better_count,
                worse=self.worse_count,
            ),
            kind="success",
        )

    def _commit(self):
        """Commit this run, or simulate again what has changed.

        :return: True, or a notification about the changes
        """
        keys = self._get_keys()
        # serializes decisions about the same stock
        self.env["stock.promise.guard"]._touch(keys)
        if changed := self._get_changed_keys(keys):
            self._resimulate(changed)
            return self._get_changed_notification(changed)
        with self.env["backorder.event"]._caused_by(f"run:{self.name}"):
            self._commit_simulation(keys)
        return True

    def _check_committable(self):
        if self.state != "simulated":
            raise UserError(
                self.env._("%s is not simulated. Simulate it first.", self.name)
            )
        moving = self._get_moving_firm_lines()
        if moving and not (self.firm_reason or "").strip():
            raise UserError(
                self.env._(
                    "%s firm lines would move. Enter a reason, or do not move them.",
                    len(moving),
                )
            )

    def _get_moving_firm_lines(self):
        return self.line_ids.filtered(lambda line: line.is_firm and line.is_moving)

    def _get_keys(self):
        return [
            tuple(int(part) for part in key.split(","))
            for key in self.sudo().fingerprints
        ]

    # ------------------------------------------------------------------
    # Changes since the simulation
    # ------------------------------------------------------------------

    def _get_changed_keys(self, keys):
        """Return the products and warehouses that changed since the simulation.

        Products backordered since then belong to the next run.
        """
        now = self._get_fingerprints(self._get_situation(set(keys)))
        then = self.sudo().fingerprints
        return {
            key
            for key in keys
            if now.get(f"{key[0]},{key[1]}") != then[f"{key[0]},{key[1]}"]
        }

    def _resimulate(self, changed):
        """Replace and mark the lines of the changed products."""
        run = self.sudo()
        situation = self._get_situation(changed)
        run.line_ids.filtered(
            lambda line: (line.product_id.id, line.warehouse_id.id) in changed
        ).unlink()
        vals_list = self._get_results(situation)
        run.line_ids.write({"is_recalculated": False})
        self.env["backorder.run.line"].sudo().create(
            [{**vals, "is_recalculated": True} for vals in vals_list]
        )
        kept = {
            key: value
            for key, value in run.fingerprints.items()
            if tuple(int(part) for part in key.split(",")) not in changed
        }
        run.write(
            {
                "fingerprints": {**kept, **self._get_fingerprints(situation)},
                "simulated_date": fields.Datetime.now(),
                **run._prepare_totals(),
            }
        )

    def _get_changed_notification(self, changed):
        products = self.env["product.product"].browse({key[0] for key in changed})
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "title": self.env._("Recalculated, not committed"),
                "message": self.env._(
                    "Stock, receipts or demand have changed since the simulation: %s."
                    " Check the recalculated lines and commit again.",
                    ", ".join(products[:5].mapped("display_name")),
                ),
                "sticky": True,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # ------------------------------------------------------------------
    # Committing
    # ------------------------------------------------------------------

    def _commit_simulation(self, keys):
        run = self.sudo()
        lines = run.line_ids.sorted("place")
        run._rank_moves(lines)
        run._reallocate_stock(lines)
        run._log_commit(lines)
        run.write(
            {
                "state": "committed",
                "committed_date": fields.Datetime.now(),
                "committed_by": self.env.uid,
            }
        )
        products, warehouses = self.env["product.product"], self.env["stock.warehouse"]
        self.env["sale.order.line"].sudo()._recheck_promises(
            {
                (products.browse(key[0]), warehouses.browse(key[1])): f"run:{self.name}"
                for key in keys
            }
        )

    def _rank_moves(self, lines):
        """Store the order of the run in the queue, for later arrivals."""
        for line in lines:
            sign = -1 if line.strategy == "lose" else 1
            line.move_id.queue_rank = sign * line.place
        lines.move_id.flush_recordset(["queue_rank"])

    def _reallocate_stock(self, lines):
        """Unreserve the lines that lose stock, then reserve the others."""
        losing = lines.filtered(
            lambda line: (
                line.product_id.uom_id.compare(line.new_reserved, line.old_reserved) < 0
            )
        )
        losing.move_id._do_unreserve()
        for line in lines:
            line.move_id._reserve_up_to(line.new_reserved)

    # ------------------------------------------------------------------
    # Log
    # ------------------------------------------------------------------

    def _log_commit(self, lines):
        """Log the run, each line that moves, and each firm line among them."""
        log = self.env["backorder.event"]
        log._log(
            "run:committed",
            company=self.company_id,
            reason=self.name,
            payload=self._prepare_run_payload(),
        )
        moving = lines.filtered("is_moving")
        firm = self._get_moving_firm_lines()
        log._log_many(
            [self._prepare_line_event("run:line_moved", line) for line in moving]
            + [
                {
                    **self._prepare_line_event("run:firm_moved", line),
                    "reason": self.firm_reason,
                }
                for line in firm
            ]
        )

    def _prepare_run_payload(self):
        return {
            "runId": self.id,
            "better": self.better_count,
            "same": self.same_count,
            "worse": self.worse_count,
            "exceptions": self.exception_count,
            "daysLateBefore": self.old_late_days,
            "daysLateAfter": self.new_late_days,
            "segments": [
                {"name": segment.name, "strategy": segment.strategy}
                for segment in self.segment_ids
            ],
        }

    def _prepare_line_event(self, event_type, line):
        return {
            "event_type": event_type,
            "order": line.order_id,
            "product": line.product_id,
            "warehouse": line.warehouse_id,
            "quantity": line.new_reserved - line.old_reserved,
            "reason": line.reason,
            "payload": {
                "runId": self.id,
                "lineId": line.sale_line_id.id,
                "strategy": line.strategy,
                "reservedBefore": line.old_reserved,
                "reservedAfter": line.new_reserved,
                "readyBefore": fields.Date.to_string(line.old_date) or None,
                "readyAfter": fields.Date.to_string(line.new_date) or None,
            },
        }
