# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import re

from odoo import api, fields, models

#: How many causes of one event are named.
SHOWN_CAUSES = 3
#: What comes before the name of a cause, as :meth:`_caused_by` is given it.
KEY = re.compile("[a-z]+(-[a-z]+)*")


class BackorderEvent(models.Model):
    """The causes of an event in words."""

    _inherit = "backorder.event"

    cause = fields.Char("Caused By (Text)", compute="_compute_cause")

    @api.depends("trigger_source")
    @api.depends_context("lang")
    def _compute_cause(self):
        for event in self:
            event.cause = self._name_causes(event.trigger_source)

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
    def _name_causes(self, source):
        """Return the causes of ``source`` in words, the first ones by name."""
        causes = list(dict.fromkeys(self._split_causes(source)))
        shown = ", ".join(causes[:SHOWN_CAUSES])
        if len(causes) <= SHOWN_CAUSES:
            return shown
        return self.env._(
            "%(causes)s and %(count)s more",
            causes=shown,
            count=len(causes) - SHOWN_CAUSES,
        )

    @api.model
    def _split_causes(self, source):
        """Return each cause in words; a name may have commas and colons, too."""
        labels = self._get_cause_labels()
        causes = []
        for part in filter(None, (source or "").split(", ")):
            key, _colon, name = part.partition(":")
            if key in labels or KEY.fullmatch(key):
                label = labels.get(key) or key.replace("-", " ").capitalize()
                causes.append(f"{label} {name}".strip())
            elif causes:
                causes[-1] += f", {part}"
            else:
                causes.append(part)
        return causes
