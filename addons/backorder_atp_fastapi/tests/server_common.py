# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json
import secrets
import urllib.error
import urllib.request

from odoo import sql_db

from odoo.addons.backorder_atp.tests.server_common import WITH_BRIDGES, ServerCommon
from odoo.addons.base.models.res_users import INDEX_SIZE, KEY_CRYPT_CONTEXT

from .common import ROOT

CLIENTS = 8


class ApiServerCommon(ServerCommon):
    """Requests to several server processes, with a key of the administrator."""

    modules = WITH_BRIDGES

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.key = cls._make_key()

    @classmethod
    def _make_key(cls):
        """Insert a key for all of Odoo, like Odoo, which would ask for the password."""
        key = secrets.token_hex(20)
        [user] = cls.admin.call("res.users", "search", [("login", "=", "admin")])
        with sql_db.db_connect(cls.database).cursor() as cr:
            cr.execute(
                """INSERT INTO res_users_apikeys (name, user_id, key, index)
                   VALUES ('Test', %s, %s, %s)""",
                (user, KEY_CRYPT_CONTEXT.hash(key), key[:INDEX_SIZE]),
            )
        return key

    def _create_stocked(self, quantity):
        product_id = self._create_product("Wanted")
        self._set_stock(product_id, quantity)
        return product_id

    def _request(self, path, body=None, **headers):
        """Call the API; return ``(status, body, headers)``."""
        return self._send(f"{ROOT}{path}", body, X_Api_Key=self.key, **headers)

    def _request_json2(self, model, method, **values):
        """Call a method by Odoo's JSON-2 API; return ``(status, body, headers)``."""
        return self._send(
            f"/json/2/{model}/{method}",
            values,
            Authorization=f"Bearer {self.key}",
            X_Odoo_Database=self.database,
        )

    def _send(self, path, body=None, **headers):
        request = urllib.request.Request(
            f"{self.server.url}{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Content-Type": "application/json",
                **{name.replace("_", "-"): value for name, value in headers.items()},
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=120) as response:
                return response.status, json.load(response), response.headers
        except urllib.error.HTTPError as error:
            return error.code, json.load(error), error.headers
