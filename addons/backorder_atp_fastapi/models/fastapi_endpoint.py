# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from fastapi import APIRouter
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.responses import HTMLResponse

from odoo import api, fields, models
from odoo.modules import get_manifest

from ..dispatcher import CONVERTER, ROUTING_TYPE
from ..openapi import prepare_openapi
from ..routers import backorders, discrepancies, events, inventory, orders

APP = "backorder_atp"
SWAGGER = "/backorder_atp_fastapi/static/lib/swagger-ui/swagger-ui"


class FastapiEndpoint(models.Model):
    _inherit = "fastapi.endpoint"

    app = fields.Selection(
        selection_add=[(APP, "Backorders & Available to Promise")],
        ondelete={APP: "cascade"},
    )

    def _get_fastapi_routers(self) -> list[APIRouter]:
        if self.app != APP:
            return super()._get_fastapi_routers()
        return [
            inventory.router,
            discrepancies.router,
            backorders.router,
            orders.router,
            events.router,
        ]

    def _prepare_fastapi_app_params(self):
        params = super()._prepare_fastapi_app_params()
        if self.app == APP:
            params |= {
                "version": get_manifest("backorder_atp_fastapi")["version"],
                "docs_url": None,  # replaced in _get_app
                "redoc_url": None,
            }
        return params

    def _get_app(self):
        app = super()._get_app()
        if self.app == APP:
            app.get("/docs", include_in_schema=False)(self._get_docs_page())
            prepare_openapi(app, self.root_path)
            app.state.routes = [
                route
                for router in self._get_fastapi_routers()
                for route in router.routes
            ]
        return app

    def _get_docs_page(self):
        """Return the page that describes the API, without external resources."""
        page = get_swagger_ui_html(
            openapi_url=self.openapi_url,
            title=self.name,
            swagger_js_url=f"{SWAGGER}-bundle.js",
            swagger_css_url=f"{SWAGGER}.css",
            swagger_favicon_url="/web/static/img/favicon.ico",
        ).body.decode()

        def show_docs() -> HTMLResponse:
            return HTMLResponse(page)

        return show_docs

    def _get_routing_info(self):
        routing = super()._get_routing_info()
        if self.app == APP:
            routing["type"] = ROUTING_TYPE
            routing["routes"] = [
                route.replace("<path:", f"<{CONVERTER}:") for route in routing["routes"]
            ]
        return routing

    @api.model
    def _fastapi_app_fields(self):
        return [*super()._fastapi_app_fields(), "app", "name", "description"]

    @api.depends("app")
    def _compute_urls(self):
        result = super()._compute_urls()
        self.filtered(lambda endpoint: endpoint.app == APP).redoc_url = False
        return result
