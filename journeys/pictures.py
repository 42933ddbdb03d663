"""The pictures of docs/images: who sees what, and which part of the screen is shown.

Each function brings one screen up and returns the part to be shown, or nothing for all
of it. Records are found by what the demo says about them. Those that change the demo
come last.
"""

import datetime
from collections import namedtuple

Picture = namedtuple("Picture", "show login width height")
#: By name, in the order in which they are taken.
PICTURES = {}

ORDERS = "backorder_atp.sale_order_action_backorder"
QUOTATIONS = "sale.action_quotations_with_onboarding"


def picture(name, login, width=1400, height=900):
    """Register a function as the picture ``name``, seen by ``login``."""

    def register(show):
        PICTURES[name] = Picture(show, login, width, height)
        return show

    return register


@picture("reconcile", "finance", height=680)
def show_reconciling(screen):
    """Repair what ``tools/pictures.sql`` has done, before anything else is shown."""
    screen.open("backorder_atp_job.backorder_reconcile_action")
    screen.press("Reconcile All")
    job = screen.find(
        "backorder.job",
        [
            ("operation", "=", "reconcile"),
            ("state", "=", "done"),
            ("repaired_count", ">", 0),
        ],
        patience=60,
    )
    screen.open("backorder_atp_job.backorder_reconcile_action", job)


@picture("overview", "manager")
def show_overview(screen):
    screen.open("backorder_atp.backorder_overview_action")


@picture("orders-on-backorder", "manager")
def show_orders(screen):
    screen.open(ORDERS)


@picture("products-short", "manager", height=700)
def show_products(screen):
    screen.open("backorder_atp.backorder_product_action")


@picture("product-queue", "manager")
def show_queue(screen):
    screen.open("backorder_atp.backorder_product_action")
    screen.press("Queue", screen.row("EB-BAT-500"))
    return screen.dialog()


@picture("trends", "manager", height=1250)
def show_trends(screen):
    screen.open("backorder_atp_report.backorder_trend_action")


@picture("dashboard", "manager", height=1000)
def show_dashboard(screen):
    screen.open("spreadsheet_dashboard.ir_actions_dashboard_action")
    screen.page.locator(".o_search_panel").get_by_text("Backorders").click()
    screen.page.locator(".o-figure").first.wait_for()
    screen.page.wait_for_timeout(2000)  # its charts grow


@picture("backorder-report", "manager", 1000, 1300)
def show_report(screen):
    start = datetime.date.today().replace(month=1, day=1)
    [summary] = screen.call("backorder.summary", "create", [{"date_from": str(start)}])
    screen.visit(f"/report/html/backorder_atp_report.report_backorder/{summary}")


@picture("oversell-attempts", "manager", height=640)
def show_oversell_report(screen):
    screen.open("backorder_atp_report.backorder_report_catalog_action")
    screen.page.get_by_text("Oversell Attempts", exact=True).click()
    screen.page.locator(".o_cp_switch_buttons .o_pivot").click()
    screen.page.locator(".o_pivot_view table").wait_for()


@picture("settings-rollout", "admin", height=600)
def show_settings(screen):
    screen.open("backorder_atp.backorder_settings_action")


@picture("log-entry", "manager", height=600)
def show_log_entry(screen):
    request = screen.find(
        "backorder.event",
        [
            ("event_type", "=", "order:approval_requested"),
            ("order_id.partner_id.name", "=", "Tour & Trek Rentals"),
        ],
    )
    screen.open("backorder_atp.backorder_event_action", request)


@picture("decision", "manager", height=1500)
def show_decision(screen):
    screen.open("backorder_atp.backorder_override_action")
    screen.press("Decide", screen.row("Alpine Outfitters"))
    return screen.dialog()


@picture("approval", "manager", 412, 800)
def show_approval(screen):
    screen.open("backorder_atp.backorder_override_action")


@picture("discrepancy", "manager", height=680)
def show_discrepancy(screen):
    count = screen.find(
        "stock.discrepancy",
        [("product_id.default_code", "=", "CM-BTL-75"), ("state", "=", "under_review")],
    )
    screen.open("backorder_atp.stock_discrepancy_action", count)


@picture("run-comparison", "manager", height=1000)
def show_run(screen):
    run = screen.find("backorder.run", [("state", "=", "simulated")])
    screen.open("backorder_atp_run.backorder_run_action", run)


@picture("shipments", "sales", height=760)
def show_shipments(screen):
    order = screen.find(
        "sale.order",
        [
            ("partner_id.name", "=", "Tour & Trek Rentals"),
            ("order_line.product_id.default_code", "=", "BG-FRM-4"),
        ],
    )
    screen.open(QUOTATIONS, order)
    screen.choose_tab("Shipments")


@picture("customer-inventory", "sales", height=700)
def show_customer_inventory(screen):
    customer = screen.find("res.partner", [("name", "=", "Spoke & Saddle Ltd")])
    screen.open("base.action_partner_form", customer)
    screen.press_stat("Inventory")
    screen.row("BR-CAB-S").wait_for()


@picture("opportunity", "sales")
def show_opportunity(screen):
    lead = screen.find("crm.lead", [("name", "=", "Spring workshop stock")])
    screen.visit(f"/odoo/crm/{lead}")
    screen.settle()
    screen.choose_tab("Products")


@picture("soft-reservations", "sales", height=700)
def show_soft_reservations(screen):
    quotation = find_quotation(screen, "Lakeside Cycles", "BR-DSC-160")
    screen.open(QUOTATIONS, quotation)


@picture("order-timeline", "sales", height=1000)
def show_timeline(screen):
    order = screen.find(
        "sale.order",
        [
            ("partner_id.name", "=", "Pedal Power Cooperative"),
            ("order_line.product_id.default_code", "=", "EB-MOT-85"),
        ],
    )
    screen.open(QUOTATIONS, order)
    screen.choose_tab("Timeline")
    return screen.frame(".o_notebook_headers", ".o_order_timeline")


@picture("promise-dates", "sales")
def show_promise_dates(screen):
    quotation = find_quotation(screen, "City Cargo Bikes", "LT-DYN-3")
    screen.open(QUOTATIONS, quotation)
    lines = ".o_field_widget[name=order_line]"
    return screen.frame(".o_notebook_headers", lines, margin=4)


@picture("promise-outlook", "sales")
def show_promise_outlook(screen):
    show_alternatives_to_all(screen)
    quotation = find_quotation(screen, "Harbour Bicycle Repair", "DT-DER-11")
    screen.open(QUOTATIONS, quotation)


@picture("alternatives", "sales")
def show_alternatives(screen):
    show_alternatives_to_all(screen)
    quotation = find_quotation(screen, "City Cargo Bikes", "LT-DYN-3")
    screen.open(QUOTATIONS, quotation)
    screen.press("Compare all alternatives")
    return screen.dialog()


@picture("split", "operator")
def show_split(screen):
    order = screen.find(
        "sale.order",
        [
            ("partner_id.name", "=", "City Cargo Bikes"),
            ("order_line.product_id.default_code", "=", "EB-BAT-500"),
            ("backorder_state", "=", "partially_allocated"),
        ],
    )
    screen.open(ORDERS, order)
    screen.press("Split Backorder")
    return screen.dialog()


@picture("web-shop", "portal", 1200, 700)
def show_shop(screen):
    screen.visit("/shop?search=Touring+Trailer")
    screen.page.get_by_role("link", name="Touring Trailer").first.click()
    screen.page.locator("input[name=add_qty]").fill("5")
    screen.page.locator("input[name=add_qty]").press("Tab")
    return screen.page.locator("#product_detail")


@picture("emergency-purchase", "manager")
def show_purchase(screen):
    """Sell more than is on order."""
    sell(screen, "Summit Sports", {"EB-MOT-85": 6, "WH-TYR-29": 30})
    screen.open("backorder_atp.backorder_product_action")
    screen.page.locator("thead .o_list_record_selector input").click()
    screen.press("Buy")
    return screen.dialog()


@picture("credit-decision", "finance")
def show_credit_decision(screen):
    """Ask for credit as the salesperson, where the company requires approval."""
    set_company(screen, credit_policy="block")
    sell(screen, "Tour & Trek Rentals", {"WS-LUB-1": 12})
    screen.open("backorder_atp.backorder_override_action")
    screen.press("Decide", screen.row("Tour & Trek Rentals"))
    return screen.dialog()


def sell(screen, customer, quantities):
    """Confirm an order as the salesperson, of quantities by reference."""
    with screen.as_user("sales") as sales:
        lines = [
            {
                "product_id": sales.find(
                    "product.product", [("default_code", "=", code)]
                ),
                "product_uom_qty": quantity,
            }
            for code, quantity in quantities.items()
        ]
        order = {
            "partner_id": sales.find("res.partner", [("name", "=", customer)]),
            "order_line": [[0, 0, line] for line in lines],
        }
        created = sales.call("sale.order", "create", [order])
        sales.call("sale.order", "action_confirm", created)


def show_alternatives_to_all(screen):
    set_company(screen, promise_alternatives="ask")


def set_company(screen, **values):
    """Change settings of the company as its administrator."""
    with screen.as_user("admin") as admin:
        company = admin.find("res.company", [("user_ids.login", "=", "sales")])
        admin.call("res.company", "write", [company], values)


def find_quotation(screen, customer, code):
    return screen.find(
        "sale.order",
        [
            ("partner_id.name", "=", customer),
            ("order_line.product_id.default_code", "=", code),
            ("state", "in", ["draft", "sent"]),
        ],
    )
