# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import hashlib
import hmac
import json
import socket
from contextlib import suppress
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Event, Thread
from unittest.mock import Mock, patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import BaseCase, tagged
from odoo.tools import mute_logger

from odoo.addons.backorder_atp.tests.common import BackorderCommon

from .. import sending
from ..models import backorder_webhook_delivery
from ..models.backorder_webhook import ALLOW_PRIVATE
from ..sending import SendingError, is_public, send

SEND = f"{backorder_webhook_delivery.__name__}.send"
URL = "https://shop.example.com/events?from=odoo"


class WebhookCommon(BackorderCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users["admin"] = cls._create_user("admin", "base.group_system")
        cls.webhooks = cls.env["backorder.webhook"]
        cls.deliveries = cls.env["backorder.webhook.delivery"]
        cls.webhook = cls._create_webhook()
        cls.sent = []

    @classmethod
    def _create_webhook(cls, *types, **values):
        return cls.webhooks.create(
            {
                "name": "Shop",
                "url": URL,
                "company_id": cls.company.id,
                "event_type_ids": [Command.set(cls._get_types(*types).ids)],
                **values,
            }
        )

    @classmethod
    def _get_types(cls, *names):
        domain = [*cls.webhooks._get_event_type_domain(), ("value", "in", names)]
        return cls.env["ir.model.fields.selection"].search(domain)

    def _get_deliveries(self, webhook=None, **values):
        domain = [("webhook_id", "=", (webhook or self.webhook).id)]
        return self.deliveries.search(
            domain + [(name, "=", value) for name, value in values.items()], order="id"
        )

    def _send(self, answer=200):
        """Run the scheduled action; return the ``(url, body, headers)`` sent."""
        sent = []

        def receive(url, body, headers, allow_private):
            sent.append((url, body, headers))
            if isinstance(answer, Exception):
                raise answer
            return answer

        with patch(SEND, receive), self.enter_registry_test_mode():
            self.env.ref(
                "backorder_atp_fastapi.ir_cron_deliver"
            ).method_direct_trigger()
        self.env.invalidate_all()
        return sent


@tagged("post_install", "-at_install")
class TestWebhooks(WebhookCommon):
    # ------------------------------------------------------------------
    # Subscriptions
    # ------------------------------------------------------------------

    def test_event_is_sent_once(self):
        """B6: an event is sent as in the feed."""
        order = self._confirm((self.backorderable, 3))
        events = self._get_events("order:backordered", order_id=order)
        [delivery] = self._get_deliveries(event_type="order:backordered")
        self.assertEqual(delivery.event_number, events.id)
        sent = self._send()
        bodies = [json.loads(body) for _url, body, _headers in sent]
        [body] = [body for body in bodies if body["type"] == "order:backordered"]
        self.assertEqual(body["data"]["orderNumber"], order.name)
        self.assertEqual(body["data"]["id"], events.id)
        self.assertEqual(body["timestamp"], body["data"]["date"])
        self.assertEqual((delivery.state, delivery.response_status), ("sent", 200))
        self.assertEqual(self._send(), [])

    def test_chosen_events_only(self):
        """B6: only the selected events are sent."""
        picky = self._create_webhook("order:backordered")
        self._confirm((self.backorderable, 3))
        self.assertEqual(
            self._get_deliveries(picky).mapped("event_type"), ["order:backordered"]
        )
        self.assertGreater(len(self._get_deliveries()), 0)

    def test_own_company_only(self):
        """B6: events of another company are not sent."""
        self.events._log("order:split", company=self.env.ref("base.main_company"))
        self.assertFalse(self._get_deliveries())

    def test_archived_webhook(self):
        """B6: an archived webhook gets no events any more."""
        self.webhook.active = False
        self._confirm((self.backorderable, 3))
        self.assertFalse(self._get_deliveries())
        with self.assertRaisesRegex(UserError, "archived"):
            self.webhook.action_test()

    def test_rolled_back_event_is_not_sent(self):
        """B6: the delivery is part of the transaction."""
        savepoint = self.env.cr.savepoint()
        self._confirm((self.backorderable, 3))
        self.assertTrue(self._get_deliveries())
        savepoint.close(rollback=True)
        self.assertFalse(self._get_deliveries())

    # ------------------------------------------------------------------
    # Signature
    # ------------------------------------------------------------------

    def test_signature(self):
        """B6: the secret verifies the origin and time of a delivery."""
        self.webhook.action_test()
        [(url, body, headers)] = self._send()
        self.assertEqual(url, URL)
        key = base64.b64decode(self.webhook.secret.removeprefix("whsec_"))
        content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode()
        digest = hmac.new(key, content + body, hashlib.sha256).digest()
        self.assertEqual(
            headers["webhook-signature"], f"v1,{base64.b64encode(digest).decode()}"
        )
        self.assertEqual(json.loads(body)["type"], "webhook:test")

    def test_signature_of_the_specification(self):
        """B6: the example of Standard Webhooks has the same signature."""
        self.webhook.secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
        self.assertEqual(
            self.webhook._sign(
                "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
            ),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        )

    def test_secret_is_shown_once(self):
        """B6: secrets are generated, different, and not readable afterwards."""
        self.assertNotEqual(self._create_webhook().secret, self.webhook.secret)
        webhook = self._as("admin", self.webhook)
        action = webhook.action_renew_secret()
        shown = action["context"]["default_secret"]
        self.assertEqual(shown, self.webhook.secret)
        dialog = self._as("admin", self.env[action["res_model"]])
        dialog = dialog.with_context(**action["context"])
        values = dialog.onchange({}, [], {"secret": {}})["value"]
        self.assertEqual(values["secret"], shown)
        for name in ("secret", "previous_secret"):
            self.assertNotIn(name, webhook.fields_get())
            with self.assertRaises(AccessError):
                webhook.read([name])
            with self.assertRaises(AccessError):
                webhook.export_data([name])
            with self.assertRaises(AccessError):
                webhook.search([(name, "like", "whsec_%")])
            with self.assertRaises(AccessError):
                webhook.write({name: "whsec_c2hvcnQ="})
            with self.assertRaises(AccessError):
                webhook.create({"name": "x", "url": URL, name: "whsec_c2hvcnQ="})
        self.assertNotEqual(self.webhook.copy().secret, self.webhook.secret)

    def test_previous_secret_signs_for_a_day(self):
        """B6: both secrets sign while the receiver changes over."""
        self.webhook.action_renew_secret()
        old = self.webhook.secret
        signature = self.webhook._sign("1", 1, b"x")
        self.assertNotIn(" ", signature)
        self.webhook.action_renew_secret()
        self.assertNotEqual(self.webhook.secret, old)
        both = self.webhook._sign("1", 1, b"x").split(" ")
        self.assertEqual((len(both), both[1]), (2, signature))
        later = fields.Datetime.now() + timedelta(days=1)
        with patch.object(fields.Datetime, "now", lambda: later):
            self.assertEqual(self.webhook._sign("1", 1, b"x"), both[0])

    # ------------------------------------------------------------------
    # Failures
    # ------------------------------------------------------------------

    def test_failures_are_retried(self):
        """B6: with growing delays, then it fails; other deliveries continue."""
        self.webhook.action_test()
        delivery = self._get_deliveries()
        pauses = []
        for _attempt in range(len(backorder_webhook_delivery.BACK_OFF)):
            before = fields.Datetime.now()
            self.assertEqual(len(self._send(503)), 1)
            self.assertEqual(delivery.state, "waiting")
            self.assertIn("503", delivery.error)
            self.assertEqual(self._send(), [], "it is not due yet")
            pauses.append(delivery.next_attempt - before)
            delivery.next_attempt = before
        self.assertEqual(pauses, sorted(pauses))
        self._send(SendingError("no answer"))
        self.assertEqual((delivery.state, delivery.error), ("failed", "no answer"))
        self.assertEqual(self.webhook.failed_count, 1)
        delivery.action_retry()
        self.assertEqual(len(self._send()), 1)
        self.assertEqual((delivery.state, delivery.error), ("sent", False))

    def test_unexpected_error(self):
        """B6: an unexpected error does not block other deliveries."""
        self.webhook.action_test()
        self.webhook.action_test()
        with mute_logger(backorder_webhook_delivery.__name__):
            sent = self._send(ZeroDivisionError("x"))
        self.assertEqual(len(sent), 2)
        self.assertEqual(set(self._get_deliveries().mapped("state")), {"waiting"})

    def test_unreachable_receiver_is_tried_once(self):
        """B6: all of its due deliveries are postponed together."""
        self.webhook.action_test()
        self.webhook.action_test()
        self.assertEqual(len(self._send(SendingError("no answer"))), 1)
        deliveries = self._get_deliveries()
        self.assertEqual(deliveries.mapped("attempts"), [1, 1])
        self.assertEqual(set(deliveries.mapped("error")), {"no answer"})
        self.assertGreater(
            min(deliveries.mapped("next_attempt")), fields.Datetime.now()
        )

    def test_slow_receivers_do_not_delay_other_companies(self):
        """B6: the company whose receivers took less time is next."""
        other = self.env["res.company"].create({"name": "Prompt Keepers"})
        prompt = self._create_webhook(company_id=other.id, url=f"{URL}&prompt")
        for webhook in (self.webhook, self.webhook, self.webhook, prompt, prompt):
            webhook.with_company(webhook.company_id).action_test()
        clock = Mock(time=lambda: 0, monotonic=Mock(side_effect=range(0, 1000, 10)))
        with patch.object(backorder_webhook_delivery, "time", clock):
            urls = [url for url, _body, _headers in self._send()]
        self.assertEqual(urls, [URL, prompt.url, URL, prompt.url, URL])

    def test_killed_process(self):
        """B6: a claimed delivery is due again after a while."""
        self.webhook.action_test()
        delivery = self.deliveries._claim_next({})
        self.assertEqual(delivery, self._get_deliveries())
        self.assertFalse(self.deliveries._claim_next({}))
        later = fields.Datetime.now() + backorder_webhook_delivery.LEASE
        with patch.object(fields.Datetime, "now", lambda: later):
            self.assertEqual(self.deliveries._claim_next({}), delivery)
        self.assertEqual(delivery.attempts, 2)

    def test_old_ones_go(self):
        """B6: sent deliveries are deleted after a month, waiting ones are kept."""
        self.webhook.action_test()
        self._send()
        self.webhook.action_test()
        long_ago = fields.Datetime.now() - timedelta(days=31)
        self.env.cr.execute(
            "UPDATE backorder_webhook_delivery SET create_date = %s", (long_ago,)
        )
        self.deliveries._gc_deliveries()
        self.env.invalidate_all()
        self.assertEqual(self._get_deliveries().mapped("state"), ["waiting"])

    # ------------------------------------------------------------------
    # Access and validation
    # ------------------------------------------------------------------

    def test_administrators_only(self):
        """C10: webhooks and their secrets are for administrators."""
        for role in ("viewer", "sales", "operator", "manager", "finance"):
            for record in (self.webhook, self._get_deliveries()):
                self.assertFalse(self._as(role, record).has_access("read"))
            with self.assertRaises(AccessError):
                self._as(role, self.webhook).action_renew_secret()
            with self.assertRaises(AccessError):
                self._as(role, self.webhook).action_test()
        webhook = self._as("admin", self.webhook)
        webhook.action_test()
        self.assertEqual(webhook.waiting_count, 1)
        with self.assertRaises(AccessError):
            self._as("admin", self._get_deliveries()).write({"state": "sent"})

    def test_other_company(self):
        """C10: an administrator of one company does not see another's."""
        other = self._create_webhook(company_id=self.env.ref("base.main_company").id)
        self.assertNotIn(other, self._as("admin", self.webhooks).search([]))

    def test_events_trigger_for_everybody(self):
        """B6: users need no access to webhooks to trigger events."""
        order = self._as("sales", self._create_order((self.backorderable, 1)))
        order.action_confirm()
        self.assertTrue(self._get_deliveries(event_type="order:backordered"))

    def test_addresses(self):
        """B6: only valid encrypted URLs without a password."""
        for url in (
            "http://shop.example.com",
            "ftp://shop.example.com",
            "shop.example.com",
            "https://",
            "https://user:secret@shop.example.com",
            "https://[::1",
            "https://shop.example.com:x",
            "file:///etc/passwd",
        ):
            with self.assertRaisesRegex(ValidationError, "not a valid URL"):
                self.webhook.url = url
        self.env["ir.config_parameter"].set_param(ALLOW_PRIVATE, "True")
        self.webhook.url = "http://localhost:8080/events"

    def test_event_types_are_the_logs(self):
        """B6: other selections of Odoo are refused."""
        other = self.env["ir.model.fields.selection"].search(
            [("field_id.model", "=", "res.partner")], limit=1
        )
        with self.assertRaises(ValidationError):
            self.webhook.event_type_ids = [Command.link(other.id)]


@tagged("post_install", "-at_install")
class TestSending(BaseCase):
    """Sending, with a local receiver."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()

        class Receiver(BaseHTTPRequestHandler):
            def do_POST(self):
                length = int(self.headers["Content-Length"])
                cls.received.append((self.path, self.rfile.read(length), self.headers))
                self.send_response(302 if self.path == "/away" else 204)
                self.send_header("Location", "/elsewhere")
                self.end_headers()

            def log_message(self, *args):
                pass

        cls.received = []
        cls.server = HTTPServer(("127.0.0.1", 0), Receiver)
        cls.port = cls.server.server_port
        thread = Thread(target=cls.server.serve_forever)
        thread.start()
        cls.addClassCleanup(thread.join)
        cls.addClassCleanup(cls.server.server_close)
        cls.addClassCleanup(cls.server.shutdown)

    def _post(self, path, **options):
        url = f"http://localhost:{self.port}{path}"
        return send(url, b"{}", {"webhook-id": "1"}, **options)

    def test_post(self):
        """B6: body and headers are sent to the URL with its query."""
        self.assertEqual(self._post("/events?a=1", allow_private=True), 204)
        path, body, headers = self.received[-1]
        self.assertEqual((path, body), ("/events?a=1", b"{}"))
        self.assertEqual(headers["webhook-id"], "1")
        self.assertEqual(headers["Host"], f"localhost:{self.port}")

    def test_redirect_is_not_followed(self):
        """B6: redirects are not followed."""
        count = len(self.received)
        self.assertEqual(self._post("/away", allow_private=True), 302)
        self.assertEqual(len(self.received), count + 1)

    def test_private_addresses(self):
        """B6: private addresses are refused."""
        count = len(self.received)
        for url in (
            f"https://localhost:{self.port}/",
            f"https://127.0.0.1:{self.port}/",
            f"https://[::1]:{self.port}/",
            "https://169.254.169.254/latest/meta-data",
            "https://10.0.0.1/",
            "https://0.0.0.0/",
        ):
            with self.assertRaisesRegex(SendingError, "private network"):
                send(url, b"{}", {})
        with self.assertRaisesRegex(SendingError, "https"):
            self._post("/")
        self.assertEqual(len(self.received), count)

    def test_name_with_private_and_public_addresses(self):
        """B6: one private address among public ones is refused."""
        rows = [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443))
            for address in ("93.184.215.14", "192.168.1.1")
        ]
        with patch.object(sending.socket, "getaddrinfo", return_value=rows):
            with self.assertRaisesRegex(SendingError, "192.168.1.1"):
                send("https://rebound.example.com/", b"{}", {})

    def test_what_is_public(self):
        """B6: IPv4 addresses embedded in IPv6 are checked."""
        for address, public in (
            ("93.184.215.14", True),
            ("2606:2800:21f:cb07::1", True),
            ("127.0.0.1", False),
            ("100.64.0.1", False),
            ("224.0.0.1", False),
            ("fe80::1%eth0", False),
            ("fd00::1", False),
            ("::ffff:10.0.0.1", False),
            ("64:ff9b::a00:1", False),
            ("2002:a00:1::", False),
            ("::a00:1", False),
            ("::ffff:0:a00:1", False),
            ("64:ff9b:1::a00:1", False),
            ("64:ff9b::5db8:d70e", True),
            ("2001:0:5db8:d70e::", False),
            ("2a00::5efe:a00:1", False),
            ("fec0::1", False),
            ("3fff::1", False),
            ("4000::1", False),
        ):
            self.assertEqual(is_public(address), public, address)

    def test_no_connection(self):
        """B6: a failed connection is an error."""
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            port = unused.getsockname()[1]
        with self.assertRaisesRegex(SendingError, "Could not connect to 127.0.0.1"):
            send(f"http://127.0.0.1:{port}/", b"{}", {}, allow_private=True)
        with patch.object(
            sending.socket, "getaddrinfo", side_effect=socket.gaierror("unknown")
        ):
            with self.assertRaisesRegex(SendingError, "cannot be resolved"):
                send("https://nowhere.example.com/", b"{}", {})

    def test_slow_response_is_cut_off(self):
        """B6: a response that is too slow is an error."""
        receiver = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(receiver.close)
        is_left = Event()

        def dribble():
            connection, _address = receiver.accept()
            with connection, suppress(OSError):
                connection.sendall(b"HTTP/1.1 200 OK\r\nX-Drops: ")
                while True:
                    connection.sendall(b".")
                    is_left.wait(0.01)
            is_left.set()

        thread = Thread(target=dribble, daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{receiver.getsockname()[1]}/"
        with patch.object(sending, "TOTAL_SECONDS", 0.2):
            with self.assertRaisesRegex(SendingError, "did not complete its response"):
                send(url, b"{}", {}, allow_private=True)
        thread.join()

    def test_certificate_is_checked(self):
        """B6: a receiver without a valid certificate is refused."""
        with self.assertRaises(SendingError):
            send(f"https://localhost:{self.port}/", b"{}", {}, allow_private=True)
