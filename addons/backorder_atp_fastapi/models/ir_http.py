# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from werkzeug.routing import BaseConverter

from odoo import models
from odoo.http import request

from ..dispatcher import CONVERTER, ROUTING_TYPE

# Always read from the main database: a replica does not know which entries of the log
# are final.
NEVER_FROM_REPLICA = ("/events",)


def is_readonly(_controller, _rule, _args):
    """Whether a request only reads, so that a replica may answer it.

    A replica lags behind: to read your own last write, send Cache-Control: no-cache.
    """
    http = request.httprequest
    return (
        http.method in ("GET", "HEAD")
        and not http.path.endswith(NEVER_FROM_REPLICA)
        and "no-cache" not in http.headers.get("Cache-Control", "")
    )


class AnythingConverter(BaseConverter):
    """The rest of a path, with any characters, so that the API answers all paths."""

    part_isolating = False
    regex = "(?s:.*?)"
    weight = 200


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _get_converters(cls):
        return {**super()._get_converters(), CONVERTER: AnythingConverter}

    def _endpoint_routing_rules(self):
        """Decide per request what is read-only; the table holds no functions."""
        for url, endpoint in super()._endpoint_routing_rules():
            if endpoint.routing["type"] == ROUTING_TYPE:
                endpoint.routing = {**endpoint.routing, "readonly": is_readonly}
            yield url, endpoint
