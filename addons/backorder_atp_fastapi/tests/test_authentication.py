# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import socket
from datetime import timedelta

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..models.res_config_settings import API_RATE, MAX_RATE
from .common import ROOT, ApiCommon

PATH = "/inventory/PROTECTED/availability"


@tagged("post_install", "-at_install")
class TestAuthentication(ApiCommon):
    def test_key_opens(self):
        """D2: the key comes as X-Api-Key or as a Bearer token."""
        key = self.keys["viewer"]
        for headers in ({"X-Api-Key": key}, {"Authorization": f"Bearer {key}"}):
            response = self._call("GET", PATH, None, headers=headers)
            self.assertEqual(response.status_code, 200, response.text)

    def test_no_key_or_a_wrong_one(self):
        """D2: a request without a valid key is refused."""
        for headers in (
            {},
            {"X-Api-Key": "nonsense"},
            {"X-Api-Key": self.keys["viewer"][:-1] + "x"},
            {"Authorization": "Bearer nonsense"},
            {"Authorization": f"Basic {self.keys['viewer']}"},
        ):
            response = self._call("GET", PATH, None, headers=headers)
            self._assert_problem(response, 401, "unauthorized")
            self.assertEqual(response.headers["WWW-Authenticate"], "Bearer")

    def test_scope_and_expiration(self):
        """D2: a key of another scope or an expired one is refused."""
        user = self.users["viewer"]
        yesterday = fields.Datetime.now() - timedelta(days=1)
        for key, status in (
            (self._create_key(user, scope=None), 200),
            (self._create_key(user, scope="odoo.plugin.outlook"), 401),
            (self._create_key(user, expiration=yesterday), 401),
        ):
            response = self._call("GET", PATH, None, headers={"X-Api-Key": key})
            self.assertEqual(response.status_code, status)

    def _call_kw(self, model, method, *args, **kwargs):
        return self.make_jsonrpc_request(
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": args, "kwargs": kwargs},
        )

    def _make_key(self, **values):
        """Return the key that a user creates in the preferences."""
        self.authenticate("backorder_viewer", "backorder_viewer")
        wizard = "res.users.apikeys.description"
        wizard_ids = self._call_kw(wizard, "create", [{"name": "Shop", **values}])
        check = self._call_kw(wizard, "make_key", wizard_ids)
        action = self._call_kw(
            check["res_model"],
            "run_check",
            [check["res_id"]],
            context={"password": "backorder_viewer"},
        )
        return action["context"]["default_key"]

    def test_key_for_this_alone(self):
        """D2: a key can be limited to this API."""
        for only, status in ((True, 401), (False, 200)):
            key = self._make_key(backorder_api_only=only)
            self.logout()
            headers = {"X-Api-Key": key}
            response = self._call("GET", PATH, None, headers=headers)
            self.assertEqual(response.status_code, 200, response.text)
            response = self.url_open(
                "/json/2/res.users/search_count",
                json={"domain": []},
                headers={"Authorization": f"Bearer {key}"},
            )
            self.assertEqual(response.status_code, status, response.text)

    def test_rate_limit_of_a_key(self):
        """E9: a key beyond its rate limit is refused; other keys are not."""
        self.env["ir.config_parameter"].set_param(API_RATE, 2)
        for _request in range(2):
            self.assertEqual(self._call("GET", PATH, "viewer").status_code, 200)
        response = self._call("GET", PATH, "viewer")
        self._assert_problem(
            response, 429, "too-many-requests", "2 requests per minute"
        )
        self.assertIn(int(response.headers["Retry-After"]), range(1, 31))
        self.assertEqual(self._call("GET", PATH, "manager").status_code, 200)

    def test_rate_has_limits(self):
        """E9: an invalid setting is refused, or ignored."""
        settings = self.env["res.config.settings"]
        for rate in (0, -1, MAX_RATE + 1):
            with self.assertRaisesRegex(ValidationError, "Requests per minute"):
                settings.create({"backorder_api_rate": rate})
        for stored, rate in (("x", 600), ("-5", 1), ("99999999", MAX_RATE)):
            self.env["ir.config_parameter"].set_param(API_RATE, stored)
            self.assertEqual(settings._get_backorder_api_rate(), rate)

    def test_invalid_content_length(self):
        """E9: an invalid Content-Length gets the status 400."""
        for length in ("abc", "-5", "1e3", "9" * 40):
            response = self._send_raw(
                f"POST {ROOT}/orders HTTP/1.1\r\nHost: localhost\r\n"
                f"X-Odoo-Database: {self.env.cr.dbname}\r\n"
                f"Content-Type: application/json\r\nConnection: close\r\n"
                f"X-Api-Key: {self.keys['sales']}\r\n"
                f"Content-Length: {length}\r\n\r\n"
            )
            status = response.split(b" ", 2)[1]
            self.assertIn(status, (b"400", b"413"), (length, response))

    def _send_raw(self, text):
        address = ("127.0.0.1", self.http_port())
        with (
            mute_logger("odoo.http", "werkzeug"),
            self.allow_requests(all_requests=True),
            socket.create_connection(address, timeout=20) as connection,
        ):
            connection.sendall(text.encode())
            connection.shutdown(socket.SHUT_WR)
            parts = iter(lambda: connection.recv(65536), b"")
            return b"".join(parts)

    def test_archived_user(self):
        """D2: the key of an archived user is refused."""
        self.users["viewer"].active = False
        response = self._call("GET", PATH, "viewer")
        self._assert_problem(response, 401, "unauthorized")

    def test_employees_only(self):
        """D2: the key of a portal user is refused."""
        user = new_test_user(
            self.env,
            "backorder_portal",
            groups="base.group_portal",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        headers = {"X-Api-Key": self._create_key(user)}
        response = self._call("GET", PATH, None, headers=headers)
        self._assert_problem(response, 403, "forbidden", "employees")

    def test_session_is_no_key(self):
        """D2: a browser session gives no access."""
        self.authenticate("backorder_viewer", "backorder_viewer")
        self._assert_problem(self._call("GET", PATH, None), 401, "unauthorized")

    def test_company(self):
        """E5: requests apply to a company of the user, by default the current one."""
        other = self.env["res.company"].create({"name": "Other Keepers"})
        for company in (other, self.env.ref("base.main_company")):
            headers = {"X-Company-Id": str(company.id)}
            response = self._call("GET", PATH, "viewer", headers=headers)
            self._assert_problem(response, 403, "forbidden", "X-Company-Id")
        self.users["viewer"].company_ids = [Command.link(other.id)]
        headers = {"X-Company-Id": str(other.id)}
        body = self._get_json(PATH, "viewer", headers=headers)
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", other.id)])
        self.assertEqual(
            [row["warehouseId"] for row in body["warehouses"]], warehouse.ids
        )
        self.assertEqual(body["totalQuantityOnHand"], 0)

    def test_language(self):
        """D2: messages are in the requested language; an invalid header is ignored."""
        self.env["res.lang"]._activate_lang("fr_FR")
        for header in ("fr-FR", "fr;q=x;y", "%%%", "de;q="):
            headers = {"Accept-Language": header}
            response = self._call("GET", PATH, "viewer", headers=headers)
            self.assertEqual(response.status_code, 200, header)

    def test_session_is_not_made(self):
        """D2: a request creates no session."""
        response = self._call("GET", PATH, "viewer")
        self.assertNotIn("Set-Cookie", response.headers)
