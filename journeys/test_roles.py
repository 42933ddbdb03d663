"""Every role opens every screen it is offered."""

import re

import pytest
from playwright.sync_api import expect

INVENTORY = ("/odoo/action-stock.stock_picking_type_action", "Backorders")
SALES = ("/odoo/sales", "Orders")
SCREEN = ".o_action_manager .o_view_controller, .o_action_manager .o_content"
DIALOG = ".modal .o_form_view"
LOADING = ".o_loading_indicator, .o-dropdown--menu"
ERROR = ".o_error_dialog"


class Menu:
    """One menu of an application, as its user sees it."""

    def __init__(self, page, url, name):
        self.page = page
        self.button = page.locator(".o_menu_sections button", has_text=name)
        self.entries = page.locator(".o-dropdown--menu .dropdown-item")
        page.goto(url)
        expect(page.locator(SCREEN).first).to_be_visible()

    def show(self):
        """Unfold it, again where a screen that is still being drawn has folded it."""
        while not self.entries.first.is_visible():
            self.button.click()
            self.page.wait_for_timeout(300)

    def get_names(self):
        self.show()
        names = self.entries.all_inner_texts()
        self.page.keyboard.press("Escape")
        return names

    def open(self, name):
        """Open a screen; a dialog is closed again."""
        self.show()
        with self.page.expect_response(re.compile("/web/action/load")):
            self.entries.get_by_text(name, exact=True).click()
        expect(self.page.locator(LOADING)).to_have_count(0)
        expect(self.page.locator(f"{SCREEN}, {DIALOG}").first, name).to_be_visible()
        expect(self.page.locator(ERROR), name).to_have_count(0)
        if self.page.locator(DIALOG).count():
            self.page.keyboard.press("Escape")
            expect(self.page.locator(DIALOG)).to_have_count(0)


@pytest.mark.parametrize(
    ("login", "place", "screen"),
    [
        ("viewer", INVENTORY, "Orders Waiting"),
        ("operator", INVENTORY, "Orders Waiting"),
        ("sales", SALES, "Stock Holds"),
        ("manager", INVENTORY, "Stock Approvals"),
        ("finance", INVENTORY, "Impact by Customer"),
        ("admin", INVENTORY, "Approval Limits"),
    ],
)
def test_every_screen_opens(open_as, login, place, screen):
    menu = Menu(open_as(login), *place)
    names = menu.get_names()
    assert screen in names
    for name in names:
        menu.open(name)
