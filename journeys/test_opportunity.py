"""An opportunity from its first products to the delivery, and one that is lost."""

import re
import uuid

import pytest
from conftest import call
from playwright.sync_api import expect

OPEN_LINE = ".o_field_widget[name=line_ids]"


def create(page, model, **values):
    [record_id] = call(page, model, "create", [values])
    return record_id


def read(page, model, record_id, *names):
    [values] = call(page, model, "read", [record_id], list(names))
    return [values[name] for name in names]


class Goods:
    """A product with ten in stock and a customer with credit, of this journey."""

    def __init__(self, page):
        name = uuid.uuid4().hex[:8]
        self.code, self.customer = f"J-{name}", f"Journey {name} Ltd"
        self.product_id = create(
            page,
            "product.product",
            name=f"Journey Saddle {name}",
            default_code=self.code,
            is_storable=True,
            list_price=40,
        )
        self.receive(page, 10)
        self.customer_id = create(
            page,
            "res.partner",
            name=self.customer,
            is_company=True,
            use_partner_credit_limit=True,
            credit_limit=500,
        )
        self.carrier_id = create(
            page,
            "delivery.carrier",
            name=f"Journey Express {name}",
            product_id=create(
                page, "product.product", name=f"Express {name}", type="service"
            ),
        )

    def receive(self, page, quantity):
        """Receive goods, as a count would open a discrepancy."""
        [kind] = call(
            page,
            "stock.picking.type",
            "search_read",
            [["code", "=", "incoming"], ["warehouse_id.code", "=", "WH"]],
            ["default_location_src_id", "default_location_dest_id"],
            limit=1,
        )
        places = {
            "location_id": kind["default_location_src_id"][0],
            "location_dest_id": kind["default_location_dest_id"][0],
        }
        move = {
            "product_id": self.product_id,
            "product_uom_qty": quantity,
            "quantity": quantity,
            "picked": True,
            **places,
        }
        receipt_id = create(
            page,
            "stock.picking",
            picking_type_id=kind["id"],
            move_ids=[[0, 0, move]],
            **places,
        )
        call(page, "stock.picking", "button_validate", [receipt_id])


class Opportunity:
    """The form of an opportunity, as its salesperson works with it."""

    def __init__(self, page, goods):
        self.page, self.goods = page, goods

    def open_new(self, name, probability):
        page = self.page
        page.goto("/odoo/crm/new")
        page.locator("[name=name] textarea").fill(name)
        choose(page, "partner_id", self.goods.customer)
        page.locator("[name=probability] input:visible").first.fill(str(probability))
        page.locator(".o_arrow_button", has_text="Qualified").click()
        self.save()
        self.id = int(re.search(r"/(\d+)(?:\?|$)", page.url).group(1))

    def save(self):
        button = self.page.locator(".o_form_button_save")
        button.click()
        expect(button).to_be_hidden()

    def add_product(self, quantity):
        page = self.page
        page.get_by_role("tab", name="Products").click()
        lines = page.locator(OPEN_LINE)
        lines.get_by_text("Add a line").click()
        row = lines.locator(".o_selected_row")
        choose(row, "product_id", self.goods.code)
        row.locator("[name=quantity] input").fill(str(quantity))
        self.save()

    def set_quantity(self, quantity):
        row = self.page.locator(f"{OPEN_LINE} .o_data_row").first
        row.locator("[name=quantity]").click()
        row.locator("[name=quantity] input").fill(str(quantity))
        self.save()

    def press(self, name):
        self.page.get_by_role("button", name=name, exact=True).first.click()

    def expect_stock(self, label):
        badge = self.page.locator("[name=allocation_state] .badge").first
        expect(badge).to_have_text(label)


def choose(place, name, text):
    """Type into a field and select the suggestion."""
    place.locator(f"[name={name}] input").first.fill(text)
    page = place.page if hasattr(place, "page") and place.page else place
    page.locator(".o-autocomplete--dropdown-menu .dropdown-item").filter(
        has_text=text
    ).first.click()


@pytest.fixture
def goods(open_as):
    return Goods(open_as("admin"))


@pytest.fixture
def sales(open_as):
    return open_as("sales")


def get_free(page, goods):
    """Return the available to promise, as the page's user sees it."""
    [quantity] = read(
        page, "product.product", goods.product_id, "promise_available_qty"
    )
    return quantity


def test_an_opportunity_becomes_a_delivered_order(open_as, sales, goods):
    opportunity = Opportunity(sales, goods)
    opportunity.open_new(f"Fleet for {goods.customer}", 60)

    # all or nothing: twelve are too many, and the message has the shortage
    opportunity.add_product(12)
    opportunity.press("Reserve Stock")
    dialog = sales.locator(".modal")
    expect(dialog).to_contain_text("requested 12.0, available 10.0, short 2.0")
    dialog.get_by_role("button", name="Close").last.click()
    assert get_free(sales, goods) == 10
    opportunity.set_quantity(8)
    opportunity.press("Reserve Stock")
    opportunity.expect_stock("Reserved")
    assert get_free(sales, goods) == 2
    expect(sales.locator("[name=credit_verdict] .badge")).to_have_text(
        "Within the Limit"
    )
    expect(sales.locator("[name=credit_available]")).to_contain_text("500.00")

    # the customer's inventory shows the soft reservation
    sales.goto(f"/odoo/contacts/{goods.customer_id}")
    sales.locator("button[name=action_view_customer_inventory]").click()
    sales.locator(".o_searchview_input").fill(goods.code)
    sales.keyboard.press("Enter")
    row = sales.locator(".o_data_row").filter(has_text=goods.code)
    expect(row.locator("[name=customer_reserved_qty]")).to_have_text("8.00")
    expect(row.locator("[name=customer_available_qty]")).to_have_text("2.00")

    [line] = call(
        sales,
        "crm.lead.line",
        "search_read",
        [["lead_id", "=", opportunity.id]],
        ["price_subtotal"],
    )
    see_report(open_as("manager"), goods, line["price_subtotal"])
    order_id = confirm_quotation(sales, opportunity, goods)
    deliver(open_as("admin"), open_as("operator"), order_id, goods)


def see_report(page, goods, value):
    """A manager sees what is reserved, by stage and product, with its value."""
    page.goto("/odoo/opportunity-stock")
    page.locator(".o_switch_view.o_pivot").click()
    total = page.locator(".o_pivot tbody tr").filter(has_text=goods.code)
    expect(total.locator("td").last).to_contain_text(f"{value:.2f}")
    expect(page.locator(".o_pivot thead")).to_contain_text("Qualified")
    report = call(page, "crm.lead", "get_allocation_report")
    reserved = {row["sku"]: row for row in report["inventoryAllocationBySku"]}[
        goods.code
    ]
    assert (reserved["quantity"], reserved["value"]) == (8, value)
    assert report["totalAllocatedValue"] == pytest.approx(
        sum(row["value"] for row in report["opportunitiesByStage"])
    )


def confirm_quotation(page, opportunity, goods):
    """The quotation has the products and their reserved stock; the order takes it."""
    page.goto(f"/odoo/crm/{opportunity.id}")
    opportunity.press("New Quotation")
    lines = page.locator(".o_field_widget[name=order_line] .o_data_row")
    expect(lines).to_have_count(1)
    expect(lines).to_contain_text(goods.code)
    opportunity.save()
    # the address follows a moment after the record is saved
    page.wait_for_url(re.compile(r"/\d+(?:\?|$)"))
    order_id = int(re.search(r"/(\d+)(?:\?|$)", page.url).group(1))
    opportunity.press("Confirm")
    expect(page.locator(".o_statusbar_status .o_arrow_button_current")).to_contain_text(
        "Sales Order"
    )
    assert read(page, "sale.order", order_id, "state") == ["sale"]
    assert get_free(page, goods) == 2
    page.goto(f"/odoo/crm/{opportunity.id}")
    opportunity.press("Won")
    page.get_by_role("tab", name="Products").click()
    opportunity.expect_stock("Ordered")
    return order_id


def deliver(admin, page, order_id, goods):
    """An operator updates the delivery until it is delivered."""
    [picking_id] = call(admin, "stock.picking", "search", [["sale_id", "=", order_id]])
    call(admin, "stock.picking", "write", picking_id, {"carrier_id": goods.carrier_id})
    page.goto(f"/odoo/action-stock.action_picking_tree_all/{picking_id}")
    badge = page.locator("[name=fulfilment_state] .badge").first
    expect(badge).to_have_text("Not Started")
    press_and_see(page, "Start", badge, "In Progress")
    press_and_see(page, "Validate", badge, "Ready to Ship")
    page.get_by_role("tab", name="Additional Info").click()
    page.locator("[name=carrier_tracking_ref] input").fill("JX-2026-1")
    press_and_see(page, "Ship", badge, "Shipped")
    press_and_see(page, "Set in Transit", badge, "In Transit")
    press_and_see(page, "Mark as Delivered", badge, "Delivered")
    names = ("fulfilment_state", "carrier_tracking_ref")
    assert read(page, "stock.picking", picking_id, *names) == ["delivered", "JX-2026-1"]
    assert read(admin, "sale.order", order_id, "fulfilment_state") == ["delivered"]


def press_and_see(page, name, badge, status):
    page.get_by_role("button", name=name, exact=True).first.click()
    expect(badge).to_have_text(status)


def test_a_lost_opportunity_gives_back_its_stock(sales, goods):
    opportunity = Opportunity(sales, goods)
    opportunity.open_new(f"Maybe {goods.customer}", 45)
    opportunity.add_product(6)
    opportunity.press("Reserve Stock")
    opportunity.expect_stock("Reserved")
    assert get_free(sales, goods) == 4

    # below thirty percent: released; above it again: offered
    set_probability(opportunity, 20)
    expect(sales.locator(".alert-warning")).to_contain_text("fallen to 20%")
    assert get_free(sales, goods) == 10
    expect(sales.get_by_role("button", name="Reserve Again")).to_be_hidden()
    set_probability(opportunity, 50)
    opportunity.press("Reserve Again")
    opportunity.expect_stock("Reserved")
    assert get_free(sales, goods) == 4

    opportunity.press("Lost")
    sales.locator(".modal .btn-primary").first.click()
    expect(sales.locator(".modal")).to_have_count(0)
    assert get_free(sales, goods) == 10


def set_probability(opportunity, probability):
    field = opportunity.page.locator("[name=probability] input:visible").first
    field.fill(str(probability))
    opportunity.save()
