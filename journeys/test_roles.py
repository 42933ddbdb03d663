"""Every role opens every screen of its menus; each is whole and accessible."""

import contextlib
import re

import pytest
from playwright.sync_api import TimeoutError, expect
from screen import (
    find_cut_labels,
    find_violations,
    keep_picture,
    wait_until_drawn,
)

BACKORDERS = "/odoo/backorders"
SECTIONS = ("Orders", "Availability", "Allocation", "Reporting", "Configuration")
SALES = "/odoo/sales"
SCREEN = ".o_action_manager .o_view_controller, .o_action_manager .o_content"
DIALOG = ".modal .o_form_view"
# The smallest screen of a laptop: no label may be cut on it.
WIDTH, HEIGHT = 1366, 768
ATTEMPTS = 5
SECONDS = 4  # for each of them
LOADING = ".o_loading_indicator, .o-dropdown--menu"
ERROR = ".o_error_dialog"
# What opens a record: a row that is not edited in place, or a card.
RECORD = (
    ".o_action_manager .o_list_renderer:not(:has(.o_field_x2many_list_row_add))"
    " .o_data_row .o_data_cell:not(.o_list_button):not(.o_list_record_selector),"
    " .o_action_manager .o_kanban_record:not(.o_kanban_ghost)"
)


class Menu:
    """One menu of an application, as its user sees it."""

    def __init__(self, page, url, name, login):
        self.page = page
        self.login = login
        self.faults = {}
        self.button = page.locator(".o_menu_sections button", has_text=name)
        self.entries = page.locator(".o-dropdown--menu .dropdown-item")
        page.goto(url)
        expect(page.locator(SCREEN).first).to_be_visible()

    def show(self):
        self.button.click()
        expect(self.entries.first).to_be_visible()

    def get_names(self):
        self.show()
        names = self.entries.all_inner_texts()
        self.page.keyboard.press("Escape")
        expect(self.entries).to_have_count(0)
        return names

    def choose(self, name):
        """Choose an entry; retry if a screen that is still loading closes the menu."""
        entry = self.entries.get_by_text(name, exact=True)
        for _attempt in range(ATTEMPTS):
            if not entry.is_visible():
                self.show()
            with contextlib.suppress(TimeoutError):
                return entry.click(timeout=SECONDS * 1000)
        raise AssertionError(f"the menu does not let {name} be chosen")

    def open(self, name):
        """Open a screen; a dialog is closed again."""
        with self.page.expect_response(re.compile("/web/action/load")) as loaded:
            self.choose(name)
        is_dialog = loaded.value.json()["result"].get("target") == "new"
        shown = self.page.locator(DIALOG if is_dialog else SCREEN).first
        expect(shown, name).to_be_visible()
        expect(self.page.locator(LOADING)).to_have_count(0)
        expect(self.page.locator(ERROR), name).to_have_count(0)
        self.check(name)
        if is_dialog:
            self.close_dialog()
        else:
            self.open_first_record(name)

    def open_first_record(self, name):
        """Open what the screen lists, under the rights of this user."""
        record = self.page.locator(RECORD).first
        if not record.is_visible():
            return
        # a tooltip of the menu may still lie over it
        record.dispatch_event("click")
        expect(self.page.locator(LOADING)).to_have_count(0)
        wait_until_drawn(self.page)
        expect(self.page.locator(ERROR), f"a record of {name}").to_have_count(0)
        self.check(f"{name}, a record")
        if self.page.locator(DIALOG).count():
            self.close_dialog()

    def check(self, name):
        """Keep a picture of a screen and note what is wrong with it."""
        wait_until_drawn(self.page)
        keep_picture(self.page, self.login, name)
        cut, violations = find_cut_labels(self.page), find_violations(self.page)
        if cut or violations:
            self.faults[name] = [*cut, *violations]

    def list_faults(self):
        """Return a line for each fault of each screen."""
        return [
            f"{name}: {fault}"
            for name, faults in self.faults.items()
            for fault in faults
        ]

    def close_dialog(self):
        for _attempt in range(ATTEMPTS):
            # the first attempt may only close a calendar in it
            self.page.keyboard.press("Escape")
            with contextlib.suppress(AssertionError):
                return expect(self.page.locator(DIALOG)).to_have_count(0, timeout=1000)
        raise AssertionError("the dialog does not close")


@pytest.mark.parametrize(
    ("login", "section", "screen"),
    [
        ("viewer", "Orders", "Orders on Backorder"),
        ("operator", "Availability", "Products Short"),
        ("manager", "Orders", "Stock Approvals"),
        ("finance", "Reporting", "All Reports"),
        ("admin", "Configuration", "Approval Limits"),
    ],
)
def test_every_screen_opens(open_as, login, section, screen):
    page = open_as(login, width=WIDTH, height=HEIGHT)
    menus = {name: Menu(page, BACKORDERS, name, login) for name in SECTIONS}
    menus["Orders"].check("Overview")
    found = {name: open_all(menu) for name, menu in menus.items()}
    assert screen in found[section]
    faults = [line for menu in menus.values() for line in menu.list_faults()]
    assert not faults, "\n".join(["what is wrong with the screens:", *faults])


def test_every_screen_of_sales_opens(open_as):
    menu = Menu(open_as("sales", width=WIDTH, height=HEIGHT), SALES, "Orders", "sales")
    assert "Soft Reservations" in open_all(menu)


def open_all(menu):
    """Open each screen of a menu; return their names."""
    names = menu.get_names()
    for name in names:
        menu.open(name)
    return names
