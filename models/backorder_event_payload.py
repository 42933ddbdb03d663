# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import re

from odoo import api, models
from odoo.tools.misc import formatLang

# The components of availability in the order of the formula, with their sign.
PROMISE_PARTS = {
    "pickable": 1,
    "inbound": 1,
    "committed": -1,
    "held": -1,
    "safety_stock": -1,
    "locked": -1,
}
# Keys that are shown elsewhere or are meant for programs.
HIDDEN_KEYS = {
    "components",
    "faults",
    "inventory_item_id",
    "location_id",
    "sku",
    "timestamp",
    "variant_id",
}


class BackorderEvent(models.Model):
    """The payload of an event as a readable table."""

    _inherit = "backorder.event"

    @api.depends("payload")
    def _compute_payload_html(self):
        qweb = self.env["ir.qweb"]
        for event in self:
            event.payload_html = bool(event.payload) and qweb._render(
                "backorder_atp.backorder_event_payload", event._prepare_payload_values()
            )

    def _prepare_payload_values(self):
        """Return the values of the template, which escapes them."""
        self.ensure_one()
        payload = dict(self.payload)
        lines = payload.pop("lines", None) or []
        columns = self._sort_payload_keys({key for line in lines for key in line})
        return {
            "columns": [
                {
                    "label": self._get_payload_label(name),
                    "is_number": all(self._is_number(line.get(name)) for line in lines),
                }
                for name in columns
            ],
            "lines": [
                {
                    "cells": [self._get_payload_cell(name, line) for name in columns],
                    "parts": self._get_promise_parts(line.get("components")),
                }
                for line in lines
            ],
            "facts": [
                (self._get_payload_label(name), self._get_payload_cell(name, payload))
                for name in self._sort_payload_keys(self._get_filled_keys(payload))
            ],
            "file_url": self._get_file_url(),
        }

    def _get_filled_keys(self, payload):
        return {key for key, value in payload.items() if value not in (None, False, "")}

    def _sort_payload_keys(self, keys):
        """Return the keys to show, those with a label first."""
        known = [*self._get_payload_labels()]
        return sorted(
            {key for key in keys if not key.endswith("Id")} - HIDDEN_KEYS,
            key=lambda key: (known.index(key) if key in known else len(known), key),
        )

    def _get_payload_labels(self):
        """Return ``{key: label}`` in the order of the columns."""
        return {
            "product": self.env._("Product"),
            "warehouse": self.env._("Warehouse"),
            "required": self.env._("Required"),
            "available": self.env._("Available"),
            "shortfall": self.env._("Short"),
            "toDeliverBefore": self.env._("To Deliver Before"),
            "toDeliver": self.env._("To Deliver"),
            "previouslyAllocated": self.env._("Previously Allocated"),
            "allocated": self.env._("Allocated"),
            "previouslyBackordered": self.env._("Previously Backordered"),
            "backordered": self.env._("Still Backordered"),
            "value": self.env._("Value"),
            "reason": self.env._("Reason"),
            "discrepancies": self.env._("Open Discrepancies"),
            "acknowledged": self.env._("Acknowledged"),
            "kind": self.env._("Request Type"),
            "orderNumber": self.env._("Order"),
            "previousStatus": self.env._("Status Before"),
            "newStatus": self.env._("Status After"),
            "totalItems": self.env._("Items"),
            "allocatedItems": self.env._("Items Allocated"),
            "backorderedItems": self.env._("Items Backordered"),
            "location": self.env._("Location"),
            "delta": self.env._("Change"),
            "new_stock": self.env._("Stock After"),
            "oldPhase": self.env._("Phase Before"),
            "newPhase": self.env._("Phase After"),
        }

    def _get_payload_selections(self):
        """Return ``{key: field}``: what is shown by the label of a selection."""
        status = self.env["sale.order"]._fields["backorder_state"]
        return {
            "oldPhase": self._fields["phase"],
            "newPhase": self._fields["phase"],
            "previousStatus": status,
            "newStatus": status,
            "kind": self.env["backorder.override"]._fields["kind"],
        }

    def _get_payload_label(self, name):
        """Return the label of a key, by default the key split into words."""
        words = re.sub(r"([A-Z])|_", r" \1", name).strip().capitalize()
        return self._get_payload_labels().get(name, words)

    def _get_payload_cell(self, name, values):
        """Return ``{"text", "is_number"}`` of one value."""
        value = values.get(name)
        is_number = self._is_number(value)
        return {
            "text": self._format_payload_value(name, value, is_number),
            "is_number": is_number,
        }

    def _is_number(self, value):
        return isinstance(value, int | float) and not isinstance(value, bool)

    def _format_payload_value(self, name, value, is_number):
        if name == "value" and is_number and self.currency_id:
            return self.currency_id.format(value)
        if field := self._get_payload_selections().get(name):
            return dict(field._description_selection(self.env)).get(value, value)
        if value is True:
            return self.env._("Yes")
        if isinstance(value, float):
            return formatLang(self.env, value, dp="Product Unit")
        if isinstance(value, list):
            return ", ".join(
                str(item.get("name", item) if isinstance(item, dict) else item)
                for item in value
            )
        return "" if value in (None, False) else str(value)

    def _get_promise_parts(self, components):
        """Return ``[(sign, label, quantity)]``: how availability was calculated."""
        if not components:
            return []
        labels = self._get_part_labels()
        parts = [
            ("-" if sign < 0 else "+", labels[name], components[name])
            for name, sign in PROMISE_PARTS.items()
            if name in components and (components[name] or name == "pickable")
        ]
        parts.append(("=", labels["atp"], components.get("atp", 0.0)))
        return [
            (sign, label, formatLang(self.env, quantity or 0.0, dp="Product Unit"))
            for sign, label, quantity in parts
        ]

    def _get_part_labels(self):
        return {
            "pickable": self.env._("Pickable"),
            "inbound": self.env._("Inbound"),
            "committed": self.env._("Committed"),
            "held": self.env._("Soft Reserved"),
            "safety_stock": self.env._("Safety Stock"),
            "locked": self.env._("Locked"),
            "atp": self.env._("Available to Promise"),
        }

    def _get_file_url(self):
        """Return the download URL of the file of this entry, or False."""
        return False
