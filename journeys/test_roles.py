"""Every role opens every screen it is offered."""

import pytest
from playwright.sync_api import expect

VIEW = ".o_action_manager .o_view_controller, .o_action_manager .o_content"
ERROR = ".o_error_dialog, .o_notification .bg-danger"


def get_screens(page):
    """Return ``{path of names: action}`` of the menus of backorders and shortages."""
    menus = page.request.get("/web/webclient/load_menus").json()
    own = [
        menu
        for menu in menus.values()
        if (menu.get("xmlid") or "").startswith("backorder_atp")
    ]
    return {menu["name"]: menu["actionID"] for menu in own if menu["actionID"]}


@pytest.mark.parametrize(
    "login", ["viewer", "operator", "sales", "manager", "finance", "admin"]
)
def test_every_screen_opens(open_as, login):
    page = open_as(login)
    screens = get_screens(page)
    assert screens or login == "sales"
    for name, action in screens.items():
        page.goto(f"/odoo/action-{action}")
        expect(page.locator(VIEW).first, name).to_be_visible()
        expect(page.locator(ERROR), name).to_have_count(0)
