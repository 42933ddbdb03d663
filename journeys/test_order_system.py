"""An order system with its own API keys: availability, orders, approvals, events."""

import base64
import hashlib
import hmac
import itertools
import json
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests
from conftest import call
from playwright.sync_api import expect

SECONDS = 60


class Office:
    """The administrator's actions, by the calls of the web client."""

    def __init__(self, page):
        self.page = page

    def create_product(self, name, stock, **values):
        """Return the id of a product with stock received."""
        [product_id] = call(
            self.page,
            "product.product",
            "create",
            [{"name": name, "is_storable": True, "list_price": 10, **values}],
        )
        self.receive(product_id, stock)
        return product_id

    def receive(self, product_id, quantity):
        """Receive goods, as a count would need a review in this company."""
        [warehouse] = call(
            self.page,
            "stock.warehouse",
            "search_read",
            [("code", "=", "WH")],
            ["in_type_id", "lot_stock_id"],
        )
        [vendors] = call(
            self.page, "stock.location", "search", [("usage", "=", "supplier")], limit=1
        )
        places = {
            "location_id": vendors,
            "location_dest_id": warehouse["lot_stock_id"][0],
        }
        move = {"product_id": product_id, "product_uom_qty": quantity, **places}
        receipt = {
            "picking_type_id": warehouse["in_type_id"][0],
            "move_ids": [(0, 0, move)],
            **places,
        }
        ids = call(self.page, "stock.picking", "create", [receipt])
        call(self.page, "stock.picking", "action_confirm", ids)
        call(self.page, "stock.picking", "button_validate", ids)

    def create_webhook(self, name, address):
        """Fill in the form, save it, and copy the secret that is shown once."""
        self.page.goto("/odoo/action-backorder_atp_fastapi.action_backorder_webhook")
        self.page.locator(".o_list_button_add").click()
        form = self.page.locator(".o_form_view")
        form.locator("div[name=name] input, div[name=name] textarea").fill(name)
        form.locator("div[name=url] input").fill(address)
        form.locator(".o_form_button_save").click()
        form.get_by_role("button", name="Generate Secret").click()
        dialog = self.page.locator(".modal")
        secret = dialog.locator("div[name=secret]").inner_text().split()[0]
        dialog.get_by_role("button", name="Done").click()
        expect(dialog).to_have_count(0)
        expect(self.page.get_by_text(secret)).to_have_count(0)
        return secret


class Receiver:
    """A webhook receiver that verifies the signatures."""

    def __init__(self):
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                length = int(self.headers["Content-Length"])
                receiver.received.append((dict(self.headers), self.rfile.read(length)))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *args):
                pass

        self.received = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/events"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def wait_for(self, event_type, order_id, secret):
        """Return the event, once it is here; its signature is that of the secret."""
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            for headers, body in self.received:
                event = json.loads(body)
                if event["type"] == event_type and event["data"]["orderId"] == order_id:
                    assert is_signed(headers, body, secret)
                    assert not is_signed(headers, body + b" ", secret)
                    return event["data"]
            time.sleep(0.2)
        raise AssertionError(f"{event_type} of {order_id} was not received")


def is_signed(headers, body, secret):
    """Verify the signature as specified by Standard Webhooks."""
    headers = {name.lower(): value for name, value in headers.items()}
    sent = int(headers["webhook-timestamp"])
    if abs(time.time() - sent) > 5 * 60:
        return False
    content = f"{headers['webhook-id']}.{sent}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    return f"v1,{digest}" in headers["webhook-signature"].split(" ")


def read_feed(follower, cursor):
    """Return the events since ``cursor`` and the next cursor, page by page."""
    events = []
    while True:
        page = follower.get("/events", after=cursor, limit=500)
        events += page["events"]
        cursor = page["nextCursor"]
        if not page["hasMore"]:
            return events, cursor


def follow(follower, cursor, wanted):
    """Read the feed until it has each ``(type, order id)``; return the events."""
    deadline = time.monotonic() + SECONDS
    seen = []
    while time.monotonic() < deadline:
        events, cursor = read_feed(follower, cursor)
        seen += events
        if wanted <= {(event["type"], event["orderId"]) for event in seen}:
            return seen
        time.sleep(0.2)
    raise AssertionError(f"the feed has no {wanted}, but {seen}")


@pytest.fixture
def office(open_as):
    office = Office(open_as("admin"))
    parameter = ("backorder_atp_fastapi.allow_private_webhooks", "True")
    call(office.page, "ir.config_parameter", "set_param", *parameter)
    return office


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.server.shutdown()


@pytest.fixture
def goods(office):
    """A product without backorders, one with backorders, and a customer."""
    mark = uuid.uuid4().hex[:8].upper()
    barcode = str(uuid.uuid4().int)[:13]
    names = {"default_code": f"JP-{mark}", "barcode": barcode}
    [customer_id] = call(
        office.page, "res.partner", "create", [{"name": f"Shop {mark}"}]
    )
    return {
        "mark": mark,
        "customer": customer_id,
        "barcode": barcode,
        "protected": f"JP-{mark}",
        "protected_id": office.create_product(f"Pump {mark}", 10, **names),
        "later": f"JL-{mark}",
        "later_id": office.create_product(
            f"Lamp {mark}", 4, default_code=f"JL-{mark}", allow_backorder="yes"
        ),
    }


def make_order(goods, *lines, **values):
    lines = [{"sku": sku, "quantity": quantity} for sku, quantity in lines]
    return {"customerId": goods["customer"], "lines": lines, **values}


def test_from_question_to_split(api, office, receiver, goods):
    """Every step, with its events in the feed and the webhook."""
    shop, manager, operator = api("sales"), api("manager"), api("operator")
    follower = api("viewer")
    secret = office.create_webhook(f"Journey {goods['mark']}", receiver.url)
    _events, cursor = read_feed(follower, 0)

    # the same by reference, by barcode, and by id
    for part in (goods["protected"], goods["barcode"], goods["protected_id"]):
        found = shop.get(f"/inventory/{part}/availability")
        assert found["productId"] == goods["protected_id"]
        assert found["availableToPromise"] == 10
        assert found["totalQuantityOnHand"] == 10

    # sent twice, ordered once
    key = f"{goods['mark']}-1"
    body = make_order(goods, (goods["protected"], 6), customerReference=key)
    order = shop.post("/orders", body, key, 201)
    assert order["status"] == "ALLOCATED"
    assert order["lines"][0]["quantityAllocated"] == 6
    assert shop.post("/orders", body, key, 201) == order
    other = make_order(goods, (goods["protected"], 1))
    assert shop.post("/orders", other, key, 422)["type"].endswith("key-reused")
    part = shop.get(f"/inventory/{goods['barcode']}/availability")
    assert part["availableToPromise"] == 4

    # short: it needs the approval of a manager
    body = make_order(goods, (goods["protected"], 7))
    short = shop.post("/orders", body, f"{goods['mark']}-2", 201)
    assert short["status"] == "PENDING_APPROVAL"
    [item] = short["unavailableItems"]
    assert (item["required"], item["available"], item["shortfall"]) == (7, 4, 3)
    path = f"/orders/{short['orderId']}"

    # reduced to the stock it could be promised; increased again, a manager approves it
    line = short["lines"][0]["lineId"]
    change = {"lines": [{"lineId": line, "quantity": 4}]}
    assert shop.call("PUT", path, json=change)["unavailableItems"] == []
    change["lines"][0]["quantity"] = 7
    assert shop.call("PUT", path, json=change)["lines"][0]["quantity"] == 7
    reason = {"reason": "They always pay"}
    shop.post(f"{path}/approve", reason, expected=403)
    approved = manager.post(f"{path}/approve", reason)
    assert approved["status"] == "PARTIALLY_ALLOCATED"
    assert approved["lines"][0]["quantityAllocated"] == 4

    # a product with backorders is confirmed, partially allocated, and split
    body = make_order(goods, (goods["later"], 9))
    later = shop.post("/orders", body, f"{goods['mark']}-3", 201)
    assert (later["status"], later["shortfall"]) == ("PARTIALLY_ALLOCATED", 5)
    path = f"/orders/{later['orderId']}"
    allocated = operator.post(f"{path}/allocate", {"allowPartial": True})
    assert allocated["unavailableItems"][0]["shortfall"] == 5
    split = operator.post(f"{path}/split-backorder", {"customerAgreed": True})
    assert split["originalStatus"] == "ALLOCATED"
    child = shop.get(f"/orders/{split['backorderOrderId']}")
    assert (child["status"], child["shortfall"]) == ("BACKORDERED", 5)
    assert child["originalOrderId"] == later["orderId"]
    listed = follower.get("/orders/backorders", productId=goods["later_id"])
    assert [row["orderId"] for row in listed["orders"]] == [child["orderId"]]
    batch = {"orderIds": [child["orderId"], short["orderId"]]}
    assert operator.post("/orders/allocate-batch", batch)["stillBackordered"] == 2

    # the feed has all events, in order and once
    wanted = {
        ("order:allocated", order["orderId"]),
        ("order:approval_requested", short["orderId"]),
        ("order:approved", short["orderId"]),
        ("order:backordered", short["orderId"]),
        ("order:backordered", later["orderId"]),
        ("order:retry", later["orderId"]),
        ("order:split", later["orderId"]),
        ("order:retry", child["orderId"]),
    }
    events = follow(follower, cursor, wanted)
    ids = [event["id"] for event in events]
    assert all(before < after for before, after in itertools.pairwise(ids))

    # and so has the webhook, signed
    delivered = receiver.wait_for("order:split", later["orderId"], secret)
    assert delivered == next(
        event
        for event in events
        if (event["type"], event["orderId"]) == ("order:split", later["orderId"])
    )


def test_errors_say_what_to_do(api, url, goods):
    """Invalid requests get a problem and change nothing."""
    shop, viewer = api("sales"), api("viewer")
    path = f"/inventory/{goods['protected']}/availability"
    body = make_order(goods, (goods["protected"], 1))

    def ask(**headers):
        return requests.get(f"{url}/api/v2{path}", headers=headers, timeout=60)

    for answer in (ask(), ask(**{"X-Api-Key": "nonsense"})):
        assert answer.status_code == 401
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert ask(Authorization="Bearer viewer-dev-local-key").status_code == 200

    problem = viewer.post("/orders", body, f"{goods['mark']}-4", 403)
    assert problem["type"].endswith(":forbidden")
    unknown = make_order(goods, (f"NO-{goods['mark']}", 1))
    problem = shop.post("/orders", unknown, f"{goods['mark']}-5", 404)
    assert f"NO-{goods['mark']}" in problem["detail"]
    nobody = {**body, "customerId": 2**31 - 1}
    problem = shop.post("/orders", nobody, f"{goods['mark']}-6", 404)
    assert "Customer not found" in problem["detail"]
    problem = shop.post("/orders", body, expected=422)
    assert problem["errors"][0]["location"] == "header.Idempotency-Key"

    headers = {"Idempotency-Key": f"{goods['mark']}-7"}
    for media_type, data, status in (
        ("application/json", "{", 422),
        ("application/json", "[]", 422),
        ("text/plain", json.dumps(body), 415),
    ):
        headers["Content-Type"] = media_type
        problem = shop.call("POST", "/orders", status, data=data, headers=headers)
        assert problem["status"] == status
    assert shop.get(path)["availableToPromise"] == 10
