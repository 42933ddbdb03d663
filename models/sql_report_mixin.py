# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

from ..planned import without_jit


class SqlReportMixin(models.AbstractModel):
    """A report based on a long SQL statement.

    JIT compilation is disabled, because it would take longer than the statement.
    """

    _name = "sql.report.mixin"
    _description = "Report Read by SQL"

    @api.model
    def search_count(self, domain, limit=None):
        with without_jit(self.env.cr):
            return super().search_count(domain, limit)

    @api.model
    def _read_group(self, *args, **kwargs):
        with without_jit(self.env.cr):
            return super()._read_group(*args, **kwargs)

    @api.model
    def _read_grouping_sets(self, *args, **kwargs):
        with without_jit(self.env.cr):
            return super()._read_grouping_sets(*args, **kwargs)

    def _fetch_query(self, query, fields):
        with without_jit(self.env.cr):
            return super()._fetch_query(query, fields)
