# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging
from contextlib import contextmanager

from odoo import api, models
from odoo.fields import Domain

from ..locking import SideCursor
from ..transaction import TransactionVar

_logger = logging.getLogger(__name__)

# The name of the outermost running operation.
SOURCE = TransactionVar()


class BackorderEvent(models.Model):
    """Writing entries, and the source of what is written."""

    _inherit = "backorder.event"

    # ------------------------------------------------------------------
    # Writing
    # ------------------------------------------------------------------

    @api.model
    def _log(self, event_type, **values):
        """Log one event; see :meth:`_prepare_event` for the values."""
        return self._log_many([{"event_type": event_type, **values}])

    @api.model
    def _log_many(self, values_list):
        """Log events with the names of their records and the running source."""
        if not values_list:
            return self.browse()
        return self.sudo().create(
            [self._prepare_event(**values) for values in values_list]
        )

    def _prepare_event(
        self,
        event_type,
        order=None,
        product=None,
        warehouse=None,
        company=None,
        quantity=0.0,
        reason=False,
        payload=None,
    ):
        """Return the values of one event. Its value is the sum of the payload's lines.

        :param quantity: in the product's unit
        :param payload: further details, in JSON types
        """
        holder = order or warehouse
        company = company or (holder.sudo().company_id if holder else self.env.company)
        company = company.sudo()
        return {
            "event_type": event_type,
            "company_id": company.id,
            "phase": company.promise_phase,
            "user_id": self.env.uid,
            "user_name": self.env.user.sudo().name,
            "order_id": order and order.id,
            "order_name": order and order.name,
            "product_id": product and product.id,
            "product_name": product and product.display_name,
            "warehouse_id": warehouse and warehouse.id,
            "warehouse_name": warehouse and warehouse.name,
            "quantity": quantity,
            "value": self._get_payload_value(payload),
            "currency_id": company.currency_id.id,
            "reason": reason,
            "trigger_source": SOURCE.get(self.env.cr),
            "payload": payload,
        }

    @api.model
    def _get_filled_domain(self, weeks=0):
        """Return the domain of the backorders filled in a week, without cancelled ones.

        :param weeks: how many weeks before this one
        """
        return Domain(
            [
                ("event_type", "=", "order:backorder_resolved"),
                ("date", ">=", f"=week_start {-weeks:+}w"),
                ("date", "<", f"=week_start {1 - weeks:+}w"),
                ("order_id", "any", [("state", "=", "sale")]),
                ("trigger_source", "not =like", "split:%"),
                ("trigger_source", "not =like", "merge:%"),
            ]
        )

    def _get_payload_value(self, payload):
        """Return the value of the payload's lines in the company's currency."""
        lines = (payload or {}).get("lines") or ()
        return sum(line.get("value") or 0.0 for line in lines)

    @api.model
    def _log_after_rollback(self, event_type, **values):
        """Log an event although the exception about to be raised is rolled back.

        The event is written after the rollback, in a separate transaction.
        """
        dbname, uid = self.env.cr.dbname, self.env.uid
        event = self._prepare_event(event_type, **values)

        def log():
            side = SideCursor.open(dbname)
            try:
                env = api.Environment(side.cr, uid, {})
                env["backorder.event"].sudo().create([event])
                side.cr.commit()
            except Exception:
                # the user must see the refusal itself in any case
                _logger.exception("Could not log %s", event)
            finally:
                if side:
                    side.close()

        # a caller may catch the exception and commit: only one of the two runs
        self.env.cr.postrollback.add(log)
        self.env.cr.postcommit.add(log)

    @api.model
    def _warn_user(self, message, title=None):
        """Notify the user after the commit of what was allowed as an exception."""
        self.env.user._bus_send(
            "simple_notification",
            {
                "type": "warning",
                "title": title or self.env._("Allowed for now"),
                "message": message,
                "sticky": True,
            },
        )

    # ------------------------------------------------------------------
    # Source
    # ------------------------------------------------------------------

    @api.model
    @contextmanager
    def _caused_by(self, source):
        """Record the running operation as the source of everything it triggers.

        The outermost operation counts: a reservation made during the validation of
        a receipt is caused by the receipt. Order states are recomputed before it
        ends, so that their events have the same source.
        """
        if SOURCE.get(self.env.cr):
            yield
            return
        with SOURCE.setting(self.env.cr, source):
            yield
            self.env["sale.order"]._recompute_model(
                ["backorder_state", "backordered_since"]
            )
