# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.tools import SQL


class BackorderRetry(models.Model):
    """The queue follows the last run: its lines first, losing lines last."""

    _inherit = "backorder.retry"

    def _get_queue_rank(self):
        return SQL(
            """CASE WHEN move.queue_rank > 0 THEN -1 WHEN move.queue_rank < 0 THEN 9
                    ELSE %s END""",
            super()._get_queue_rank(),
        )

    def _get_queue_since(self):
        """The rank of the run, written as seconds since 1970, orders its lines."""
        return SQL(
            """COALESCE(to_timestamp(NULLIF(ABS(move.queue_rank), 0))
                        AT TIME ZONE 'UTC', %s)""",
            super()._get_queue_since(),
        )
