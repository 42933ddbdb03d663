"""What must hold of every screen: whole labels, accessibility, no failed request."""

import os
import re
from pathlib import Path

#: Charts are drawn in motion, for this many milliseconds.
SETTLED = 300
#: Texts that a user must be able to read whole: headings, labels, buttons, badges.
LABELS = """
.o_action_manager :is(
    th, label, .btn, .badge, .nav-link, .o_form_label, .o_horizontal_separator, h1, h2
), .modal :is(label, .btn, .nav-link, .o_form_label), .o_menu_sections .dropdown-item
"""
FIND_CUT = """selector => [...document.querySelectorAll(selector)]
    .flatMap(one => [one, ...one.querySelectorAll("span, div")])
    .filter(one => one.children.length === 0 && one.textContent.trim())
    .filter(one => one.checkVisibility() && one.scrollWidth > one.clientWidth + 1)
    .filter(one => ["hidden", "clip"].includes(getComputedStyle(one).overflowX))
    .filter(one => !one.closest("td, .o_data_cell"))
    .map(one => one.textContent.trim())"""

#: The parts drawn by these addons; forms and lists are drawn by Odoo.
OWN_PARTS = '[class^="o_backorder_"], [class*=" o_backorder_"]'
ODOO_PARTS = [
    [".o_control_panel"],
    [".o_list_renderer"],
    [".o_kanban_renderer"],
    [".o_form_renderer"],
]
RUN_AXE = """([parts, others]) => axe.run(
    {include: [[parts]], exclude: others},
    {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
).then(result => result.violations.map(violation => ({
    rule: violation.id,
    help: violation.help,
    where: violation.nodes.map(node => node.target.join(" ")).slice(0, 5),
})))"""


#: A screen of Odoo is there before its figures are.
IS_DRAWN = """() => {
    const parts = ".o_action_manager .o_content, .modal-body";
    const place = [...document.querySelectorAll(parts)].pop()
        || document.querySelector(".o_action_manager");
    const isFull = place?.innerText.trim() || place?.querySelector("canvas, svg");
    return isFull && !document.querySelector(".o_loading_indicator, .fa-spin");
}"""


def wait_until_drawn(page):
    page.wait_for_function(IS_DRAWN)
    page.wait_for_timeout(SETTLED)


def find_cut_labels(page):
    """Return the texts of labels that do not fit into their place."""
    return sorted(set(page.evaluate(FIND_CUT, LABELS)))


def find_violations(page, parts=OWN_PARTS):
    """Return what the accessibility checker finds in those ``parts`` that are shown."""
    if not page.locator(parts).count():
        return []
    if not page.evaluate("() => Boolean(window.axe)"):
        page.evaluate(Path(os.environ["AXE"]).read_text("utf-8"))
    return page.evaluate(RUN_AXE, [parts, ODOO_PARTS])


def keep_picture(page, *names):
    """Write a picture of the page, called by ``names``, to $JOURNEY_PICTURES."""
    folder = os.environ.get("JOURNEY_PICTURES")
    if folder:
        Path(folder).mkdir(exist_ok=True)
        name = "-".join(re.sub(r"\W+", "_", name).strip("_") for name in names)
        page.screenshot(path=Path(folder, f"{name}.png"))
