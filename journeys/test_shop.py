"""Shoppers buy what can be promised, and no more."""

import datetime
import re
import uuid

import pytest
from conftest import call
from playwright.sync_api import expect

ADDRESS = {
    "name": "Anna Shopper",
    "email": "anna@example.com",
    "phone": "+49 30 123456",
    "street": "Street 1",
    "city": "Berlin",
    "zip": "10115",
}
MAIN_BUTTON = "[name=website_sale_main_button]:visible"
PHONE = {"width": 390, "height": 844}
PROMISE = re.compile(r"3 in stock, the rest from [A-Z][a-z]{2} \d+, \d{4}")


# ----------------------------------------------------------------------
# Data
# ----------------------------------------------------------------------


@pytest.fixture
def office(open_as):
    return open_as("admin")


@pytest.fixture
def create(office):
    """Return a function that publishes a new product in the shop."""
    [warehouse] = call(
        office,
        "stock.warehouse",
        "search_read",
        [("code", "=", "WH")],
        ["in_type_id"],
    )

    def create_product(name, stock, **values):
        values = {
            "name": f"{name} {uuid.uuid4().hex[:8]}",
            "is_storable": True,
            "is_published": True,
            "list_price": 20,
            "show_availability": True,
            "available_threshold": 20,
            **values,
        }
        [product_id] = call(office, "product.product", "create", [values])
        fields = ["name", "website_url"]
        [product] = call(office, "product.product", "read", [product_id], fields)
        product["receipts"] = warehouse["in_type_id"][0]
        if stock:
            receipt = expect_receipt(office, product, stock)
            call(office, "stock.picking", "button_validate", receipt)
        return product

    return create_product


def expect_receipt(office, product, quantity, days=0):
    """Plan a receipt of ``quantity`` in ``days`` days."""
    day = datetime.datetime.now() + datetime.timedelta(days=days)
    move = {"product_id": product["id"], "product_uom_qty": quantity}
    receipt = {
        "picking_type_id": product["receipts"],
        "scheduled_date": day.strftime("%Y-%m-%d 10:00:00"),
        "move_ids": [(0, 0, move)],
    }
    receipts = call(office, "stock.picking", "create", [receipt])
    call(office, "stock.picking", "action_confirm", receipts)
    return receipts


def sell_to_another(office, product):
    """Promise one to another customer, as if the soft reservations had expired."""
    domain = [("product_id", "=", product["id"]), ("state", "=", "active")]
    reservations = call(office, "stock.soft.reservation", "search", domain)
    call(office, "stock.soft.reservation", "action_release", reservations, "Time is up")
    [partner] = call(office, "res.partner", "create", [{"name": "Another Customer"}])
    line = {"product_id": product["id"], "product_uom_qty": 1}
    values = {"partner_id": partner, "order_line": [(0, 0, line)]}
    [warehouse] = call(office, "stock.warehouse", "search", [("code", "=", "WH")])
    orders = call(
        office, "sale.order", "create", [{**values, "warehouse_id": warehouse}]
    )
    call(office, "sale.order", "action_confirm", orders)


# ----------------------------------------------------------------------
# Shoppers
# ----------------------------------------------------------------------


def look_at(page, product, quantity=None):
    # the page is ready after this request
    with page.expect_response(re.compile("get_combination_info")):
        page.goto(product["website_url"])
    page.wait_for_load_state("networkidle")
    if quantity:
        field = page.locator("input[name=add_qty]")
        with page.expect_response(re.compile("get_combination_info")):
            field.fill(str(quantity))
            field.press("Tab")


def put_into_cart(page, product, quantity=None):
    look_at(page, product, quantity)
    with page.expect_response(re.compile("/shop/cart/add")):
        page.locator("#add_to_cart").click()


def go_to_pay(page):
    """Go from the cart to the payment."""
    page.goto("/shop/cart")
    page.locator("a:visible", has_text="Checkout").first.click()
    page.wait_for_url(re.compile("/shop/(address|checkout)"))
    if "/shop/address" in page.url:
        give_address(page)
        page.wait_for_url(re.compile("/shop/checkout"))
    confirm = page.locator(MAIN_BUTTON).first
    expect(confirm).not_to_have_class(re.compile("disabled"))
    confirm.click()
    page.wait_for_url(re.compile("/shop/payment"))


def give_address(page):
    for name, value in ADDRESS.items():
        page.locator(f"input[name={name}]").first.fill(value)
    page.locator("select[name=country_id]").select_option(label="Germany")
    page.locator(MAIN_BUTTON).first.click()


def choose_card(page, outcome="Successful"):
    page.locator("label.o_payment_option_label", has_text="Demo").first.click()
    page.locator("#customer_input:visible").fill("4242 4242 4242 4242")
    page.locator("#simulated_payment_state:visible").select_option(label=outcome)


def pay(page):
    page.locator("button[name=o_payment_submit_button]:visible").first.click()


def see_confirmation(page):
    """Return the name of the order on the confirmation page."""
    page.wait_for_url(re.compile("/shop/confirmation"), timeout=60000)
    expect(page.locator("h3", has_text="Thank you for your order")).to_be_visible()
    return page.locator("#order_name span").nth(1).inner_text()


def get_line(page, product):
    return page.locator(f".o_cart_product[data-product-id='{product['id']}']")


# ----------------------------------------------------------------------
# Back office
# ----------------------------------------------------------------------


SALES = "sale.action_orders"
BOARD = "backorder_atp.sale_order_action_backorder"


def open_order(page, action, name):
    """Open the order with that number, and return its id."""
    [order_id] = call(page, "sale.order", "search", [("name", "=", name)])
    page.goto(f"/odoo/action-{action}/{order_id}")
    expect(page.locator(".o_form_view", has_text=name)).to_be_visible()
    return order_id


def get_deliveries(page, order_id):
    return call(page, "stock.picking", "search", [("sale_id", "=", order_id)])


def see_delivery(page, order_id, product):
    [delivery_id] = get_deliveries(page, order_id)
    page.goto(f"/odoo/action-stock.action_picking_tree_all/{delivery_id}")
    expect(page.locator(".o_form_view")).to_contain_text(product["name"])


# ----------------------------------------------------------------------
# Journeys
# ----------------------------------------------------------------------


def test_visitor_buys_what_is_there_and_what_is_to_come(open_as, office, create):
    """Three trailers with more incoming, three bells, no saddle."""
    trailer = create("Trailer", 3, allow_backorder="yes")
    expect_receipt(office, trailer, 10, days=12)
    bell = create("Bell", 3, allow_backorder="no")
    saddle = create("Saddle", 0, allow_backorder="no")
    page = open_as()

    look_at(page, saddle)
    expect(page.locator("#out_of_stock_message")).to_contain_text("Out of Stock")
    expect(page.locator("#add_to_cart")).to_be_hidden()

    look_at(page, bell, 5)
    expect(page.locator("input[name=add_qty]")).to_have_value("3")
    put_into_cart(page, bell, 3)
    expect(page.locator(".oe_website_sale")).to_contain_text(
        re.compile("(is|are) in your cart")
    )
    expect(page.locator("#add_to_cart")).to_be_hidden()

    look_at(page, trailer, 5)
    expect(page.locator("#shop_promise_message")).to_have_text(PROMISE)
    put_into_cart(page, trailer, 5)

    go_to_pay(page)
    expect(page.locator("[name=o_shop_promise]:visible").first).to_have_text(PROMISE)
    choose_card(page)
    pay(page)
    name = see_confirmation(page)
    expect(page.locator("[name=o_shop_promise]:visible").first).to_have_text(PROMISE)

    sales = open_as("sales")
    open_order(sales, SALES, name)
    state = sales.locator(".o_statusbar_status .o_arrow_button_current")
    expect(state).to_have_text("Sales Order")
    expect(sales.locator("[name=backorder_state]")).to_contain_text(
        "Partially Allocated"
    )
    manager = open_as("manager")
    order_id = open_order(manager, BOARD, name)
    expect(manager.locator(".o_form_view")).to_contain_text(trailer["name"])
    see_delivery(manager, order_id, trailer)
    lines = call(
        manager,
        "sale.order.line",
        "search_read",
        [("order_id", "=", order_id), ("backorder_product_qty", ">", 0)],
        ["product_id", "backorder_product_qty", "promised_date"],
    )
    assert [line["product_id"][0] for line in lines] == [trailer["id"]]
    assert lines[0]["backorder_product_qty"] == 2
    day = datetime.date.fromisoformat(lines[0]["promised_date"])
    assert 11 <= (day - datetime.date.today()).days <= 16


def test_customer_follows_his_order(open_as, office, create):
    """With an account, on a phone: the same numbers, and the order under My Orders."""
    trailer = create("Trailer", 3, allow_backorder="yes")
    expect_receipt(office, trailer, 10, days=12)
    page = open_as("portal", **PHONE)
    empty_cart(page)
    put_into_cart(page, trailer, 5)
    page.goto("/shop/cart")
    expect(get_line(page, trailer).locator("[name=o_shop_promise]")).to_have_text(
        PROMISE
    )
    go_to_pay(page)
    choose_card(page)
    pay(page)
    name = see_confirmation(page)
    page.goto("/my/orders")
    page.locator(".o_portal_my_doc_table a", has_text=name).first.click()
    expect(page.locator("#portal_sale_content")).to_contain_text(trailer["name"])


def empty_cart(page):
    page.goto("/shop")
    page.request.post("/shop/cart/clear", data={"jsonrpc": "2.0", "params": {}})


def test_two_shoppers_want_the_last_one(open_as, create, office):
    """Two at once: one gets it, the other is notified before the payment."""
    bell = create("Last Bell", 2, allow_backorder="no")
    pages = [open_as(), open_as()]
    for page in pages:
        put_into_cart(page, bell)
        go_to_pay(page)
        choose_card(page)
    sell_to_another(office, bell)
    for page in pages:
        pay(page)
    message = re.compile(f"You ask for 1 {bell['name']} but only 0 is available")
    for page in pages:
        page.wait_for_function(
            "location.pathname == '/shop/confirmation'"
            " || document.body.innerText.includes('but only 0 is available')",
            timeout=60000,
        )
    winners = [page for page in pages if "/shop/confirmation" in page.url]
    [loser] = [page for page in pages if page not in winners]
    expect(loser.locator("body")).to_contain_text(message)
    open_as.errors.clear()  # the console error of the refused request
    loser.goto("/shop/cart")
    expect(get_line(loser, bell).locator("[name=o_shop_shortage]")).to_have_text(
        message
    )
    loser.goto("/shop/payment")
    expect(loser.locator(".alert-danger")).to_contain_text(message)
    see_confirmation(winners[0])


def test_payment_that_arrives_after_stock_is_gone(open_as, office, create):
    """The order is paid and confirmed; its delivery is withheld for the manager."""
    bell = create("Bell", 1, allow_backorder="no")
    page = open_as()
    put_into_cart(page, bell)
    go_to_pay(page)
    choose_card(page, "Pending")
    pay(page)
    page.wait_for_url(re.compile("/payment/status"))
    sell_to_another(office, bell)
    of_order = [("sale_order_ids.order_line.product_id", "=", bell["id"])]
    [payment] = call(office, "payment.transaction", "search", of_order)
    call(office, "payment.transaction", "action_demo_set_done", [payment])

    page.goto("/payment/status")
    name = see_confirmation(page)
    expect(page.locator("[name=o_shop_withheld]")).to_be_visible()
    sales = open_as("sales")
    order_id = open_order(sales, SALES, name)
    expect(sales.locator(".o_form_view")).to_contain_text("Its delivery is withheld")
    manager = open_as("manager")
    assert not get_deliveries(manager, order_id)
    request = [("order_id", "=", order_id), ("state", "=", "pending")]
    requests = call(manager, "backorder.override", "search", request)
    call(manager, "backorder.override", "action_approve", requests, "He has paid")
    see_delivery(manager, order_id, bell)
