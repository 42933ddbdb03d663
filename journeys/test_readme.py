"""The walk of the README: a backorder from end to end."""

import pytest
from playwright.sync_api import expect
from screen import find_cut_labels, keep_picture, wait_until_drawn

CUSTOMER, PRODUCT, QUANTITY = "Harbour Bicycle Repair", "Inner Tube 28 in", "20"
VENDOR = "Rubber & Rim Manufacturing"
QUOTATIONS = "/odoo/action-sale.action_quotations_with_onboarding"
TRANSFER_TYPES = "/odoo/action-stock.stock_picking_type_action"


def choose(field, text):
    field.fill(text)
    field.page.locator(".o-autocomplete--dropdown-item", has_text=text).first.click()


def sell(page):
    """Confirm a quotation; return its number."""
    page.goto(f"{QUOTATIONS}/new")
    choose(page.locator("div[name=partner_id] input"), CUSTOMER)
    page.get_by_role("button", name="Add a product").click()
    line = page.locator(".o_data_row.o_selected_row")
    choose(line.locator("[name^=product]").locator("input, textarea").first, PRODUCT)
    line.locator("[name=product_uom_qty] input").fill(QUANTITY)
    page.keyboard.press("Tab")
    expect(page.locator(".o_data_row td[name=expected_promise_date]")).to_contain_text(
        f"{QUANTITY} short"
    )
    keep_picture(page, "readme", "quotation")
    page.get_by_role("button", name="Confirm", exact=True).click()
    expect(page.locator("div[name=backorder_state]")).to_have_text("Backordered")
    wait_until_drawn(page)
    assert not find_cut_labels(page)
    keep_picture(page, "readme", "backordered")
    return page.locator("div[name=name]").inner_text()


def receive(page):
    """Validate the next receipt of the vendor."""
    page.goto(TRANSFER_TYPES)
    page.get_by_role("button", name="To Receive").first.click()
    page.locator(".o_data_row", has_text=VENDOR).first.click()
    expect(page.locator(".o_form_view")).to_contain_text(PRODUCT)
    page.get_by_role("button", name="Validate").click()
    page.get_by_role("tab", name="Allocated To").click()


@pytest.mark.usefixtures("open_as")
def test_backorder_from_end_to_end(open_as):
    """C2, C5: as the README tells, with what it promises at the end."""
    seller, manager = open_as("sales"), open_as("manager")
    number = sell(seller)
    receive(manager)
    allocated = manager.locator(".o_form_view tr", has_text=number)
    expect(allocated).to_contain_text(f"{QUANTITY} Units")
    keep_picture(manager, "readme", "receipt")
    allocated.get_by_text(number).click()
    expect(manager.locator("div[name=name]").last).to_contain_text(number)
    wait_until_drawn(manager)
    assert not find_cut_labels(manager)
    keep_picture(manager, "readme", "allocated")
    seller.reload()
    expect(seller.locator("div[name=backorder_state]")).to_have_text("Allocated")
