# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

#: How many causes of one event are named.
SHOWN_CAUSES = 3


class BackorderEvent(models.Model):
    """The causes of an event in words."""

    _inherit = "backorder.event"

    cause = fields.Char("Caused By (Text)", compute="_compute_cause")

    @api.depends("trigger_source")
    @api.depends_context("lang")
    def _compute_cause(self):
        labels = self._get_cause_labels()
        for event in self:
            event.cause = self._describe_causes(event.trigger_source, labels)

    @api.model
    def _get_cause_labels(self):
        """Return ``{key of a cause: label}``. Extended by features."""
        return {
            "cancel": self.env._("Cancellation"),
            "cycle-count": self.env._("Inventory count"),
            "delivery": self.env._("Delivery"),
            "discrepancy": self.env._("Discrepancy"),
            "escalation": self.env._("Too long on backorder"),
            "fulfil": self.env._("Fulfilment by"),
            "hold": self.env._("Put on hold by"),
            "hold-released": self.env._("Released by"),
            "installation": self.env._("Installation"),
            "location": self.env._("Location"),
            "merge": self.env._("Merge by"),
            "order": self.env._("Order"),
            "override": self.env._("Approval of"),
            "policy": self.env._("Policy"),
            "receiving": self.env._("Receipt"),
            "split": self.env._("Split by"),
            "stock-changed": self.env._("Stock changed"),
            "taken-by": self.env._("Taken by"),
            "transfer": self.env._("Transfer"),
            "return": self.env._("Return"),
            "scrap": self.env._("Scrap order"),
            "adjustment": self.env._("Adjustment"),
            "production": self.env._("Manufacturing order"),
        }

    @api.model
    def _describe_causes(self, source, labels):
        """Return the causes of ``source`` in words, the first ones by name."""
        causes = list(dict.fromkeys(self._split_causes(source, labels)))
        shown = ", ".join(causes[:SHOWN_CAUSES])
        if len(causes) <= SHOWN_CAUSES:
            return shown
        return self.env._(
            "%(causes)s and %(count)s more",
            causes=shown,
            count=len(causes) - SHOWN_CAUSES,
        )

    @api.model
    def _split_causes(self, source, labels):
        """Yield each cause; several orders have their key before the first only."""
        previous = ""
        for part in filter(None, (source or "").split(", ")):
            key, colon, name = part.partition(":")
            if not colon and key not in labels:
                key, name = previous, part
            label = labels.get(key) or key.replace("-", " ").capitalize()
            yield f"{label} {name}".strip()
            previous = key
