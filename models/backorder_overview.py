# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

VIEWER_GROUP = "backorder_atp.group_backorder_viewer"
#: Number of records shown in a section of the overview.
LINES = 5
#: How long before the hold an order is shown.
HOLD_NOTICE = timedelta(days=2)


class BackorderOverview(models.AbstractModel):
    """What needs the user's attention now, and the figures of the week.

    Addons add sections in :meth:`_get_sections` and figures in :meth:`_get_figures`.
    """

    _name = "backorder.overview"
    _description = "Backorder Overview"

    @api.model
    def get_overview(self):
        """Return the data of the overview, under the user's access rights.

        :return: ``sections``, each with ``key``, ``title``, ``icon``, ``count``, the
            ``action`` of the whole list and ``lines`` (see :meth:`_prepare_line`);
            ``figures``, each with ``key``, ``label``, ``value``, ``previous`` (a week
            before, or None if not known) and ``action``; sections without records
            are left out
        :rtype: dict
        :raise AccessError: for users who are not viewers of backorders
        """
        self._check_viewer()
        sections = sorted(self._get_sections(), key=lambda section: section["sequence"])
        return {
            "sections": [section for section in sections if section["count"]],
            "figures": self._get_figures(self._count_orders()),
        }

    @api.model
    def _check_viewer(self):
        if not (self.env.su or self.env.user.has_group(VIEWER_GROUP)):
            raise AccessError(
                self.env._(
                    "The overview requires the role %s. Ask an administrator.",
                    self.env.ref(VIEWER_GROUP).sudo().full_name,
                )
            )

    # ------------------------------------------------------------------
    # Sections
    # ------------------------------------------------------------------

    @api.model
    def _get_sections(self):
        """Return the sections. Extended by features."""
        return [
            self._get_approval_section(),
            self._get_discrepancy_section(),
            self._get_hold_section(),
            self._get_receipt_section(),
            self._get_retry_section(),
            self._get_failure_section(),
        ]

    def _get_approval_section(self):
        return self._prepare_section(
            "approvals",
            10,
            self.env._("Awaiting Approval"),
            "fa-gavel",
            self.env["backorder.override"],
            [("state", "=", "pending")],
            "request_date, id",
            "backorder_atp.backorder_override_action",
        )

    def _get_discrepancy_section(self):
        return self._prepare_section(
            "discrepancies",
            20,
            self.env._("New Discrepancies"),
            "fa-balance-scale",
            self.env["stock.discrepancy"],
            [("state", "=", "new")],
            "detected_date, id",
            "backorder_atp.stock_discrepancy_action",
        )

    def _get_hold_section(self):
        orders = self.env["sale.order"]
        return self._prepare_section(
            "holds",
            30,
            self.env._("About to Be Put on Hold"),
            "fa-hourglass-end",
            orders,
            [
                ("id", "in", orders._get_stale(ahead=HOLD_NOTICE).ids),
                ("company_id.promise_phase", "!=", "dark"),
            ],
            "backordered_since, id",
            "backorder_atp.sale_order_action_backorder",
        )

    def _get_receipt_section(self):
        pickings = self.env["stock.picking"]
        late = (
            pickings._get_late_receipts() if pickings.has_access("read") else pickings
        )
        section = self._prepare_section(
            "receipts",
            35,
            self.env._("Late Receipts Needed by Orders"),
            "fa-truck",
            pickings,
            [("id", "in", late.ids)],
            "scheduled_date, id",
            "stock.action_picking_tree_incoming",
        )
        if late and not late._is_form_open():
            section["action"] = "backorder_atp.sale_order_action_backorder"
            section["domain"] = [("id", "in", late.backordered_order_ids.ids)]
        return section

    def _get_retry_section(self):
        retries = self.env["backorder.retry"]
        return self._prepare_section(
            "retries",
            60,
            self.env._("Stock Arrived, Not Yet Allocated"),
            "fa-clock-o",
            retries,
            retries._get_overdue_domain(),
            "since, id",
            "backorder_atp.backorder_retry_action",
        )

    def _get_failure_section(self):
        return self._prepare_section(
            "failures",
            70,
            self.env._("Failed Background Work"),
            "fa-exclamation-triangle",
            self.env["backorder.failure"],
            [],
            "last_date desc, id desc",
            "backorder_atp.backorder_failure_action",
        )

    def _prepare_section(
        self, key, sequence, title, icon, model, domain, order, action
    ):
        """Return a section for the records of ``domain``, with the first ones as lines.

        :param model: recordset whose ``_prepare_overview_line`` describes a record
        :param action: external id of the window action that lists all of them
        """
        if not model.has_access("read"):
            return {"key": key, "sequence": sequence, "count": 0}
        return {
            "key": key,
            "sequence": sequence,
            "title": title,
            "icon": icon,
            "count": model.search_count(domain),
            "action": action,
            "domain": list(Domain(domain)),
            "lines": [
                self._prepare_line(record)
                for record in model.search(domain, order=order, limit=LINES)
            ],
        }

    def _prepare_line(self, record):
        """Return a line of a section.

        :return: ``id``, ``model``, ``title``, ``detail`` and ``date`` (UTC); the method
            that returns what to ``open`` instead of the form of the record, or False;
            where the user may act on the record, the label of its ``button`` and the
            ``method`` that the button calls
        :rtype: dict
        """
        return {
            "id": record.id,
            "model": record._name,
            "detail": "",
            "date": False,
            "open": False,
            "button": False,
            "method": False,
            **record._prepare_overview_line(),
        }

    # ------------------------------------------------------------------
    # Figures
    # ------------------------------------------------------------------

    def _count_orders(self):
        """Return ``{key of a figure: count}`` of the orders the user may read."""
        orders = self.env["sale.order"]
        return {
            "backordered": orders.search_count(orders._get_backordered_domain()),
            "on_hold": orders.search_count(orders._get_held_domain()),
            "filled": self._count_filled(),
        }

    @api.model
    def _get_figures(self, counts):
        """Return the figures. Extended by features.

        :param counts: the dict of :meth:`_count_orders`
        """
        return [
            self._prepare_figure(
                "backordered",
                self.env._("Orders on Backorder"),
                counts["backordered"],
                None,
                "backorder_atp.sale_order_action_backorder",
                "backordered",
            ),
            self._prepare_figure(
                "on_hold",
                self.env._("Orders on Hold"),
                counts["on_hold"],
                None,
                "backorder_atp.sale_order_action_backorder",
                "on_hold",
            ),
            self._prepare_figure(
                "filled",
                self.env._("Filled This Week"),
                counts["filled"],
                self._count_filled(weeks=1),
                "backorder_atp.backorder_event_action",
                "filled_this_week",
            ),
        ]

    def _count_filled(self, weeks=0):
        """Return the number of backorders filled ``weeks`` before this week."""
        events = self.env["backorder.event"]
        return events.search_count(events._get_filled_domain(weeks))

    def _prepare_figure(self, key, label, value, previous, action, search_filter):
        return {
            "key": key,
            "label": label,
            "value": value,
            "previous": previous,
            "action": action,
            "filter": search_filter,
        }
