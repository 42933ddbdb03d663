#!/usr/bin/env python3
"""Write the parts of docs/ that follow from the code.

docs/requirements.md says which test files prove which requirement, by the ids in the
docstrings of the tests. docs/addons.md lists the features with their boxes in the
settings, docs/developing.md has a picture of the addons, and docs/installing.md says
what each needs, from the manifests and the scheduled actions.

tools/tables.py [--fail]: with --fail, fail where something had to be written.
"""

import ast
import re
import sys
from xml.etree import ElementTree

from features import MODULE, ROOT, get_reach, read_dependencies

REQUIREMENTS = {
    "A1": "Backorders are allowed by location, warehouse, variant, product, category or"
    " company; the most specific explicit setting applies. The default is no.",
    "A2": "Where backorders are allowed, stock goes below zero on the same quant.",
    "A3": "Elsewhere any decrement beyond stock is refused, with product,"
    " location, available and requested quantity, and changes nothing.",
    "A4": "A decrement that ends below zero is logged, and replenishment is requested.",
    "A5": "Shoppers never see a negative quantity.",
    "A6": "The warehouse follows from the delivery method or sales channel; with"
    " several warehouses and no mapping the order is refused.",
    "A7": "Reservations and availability are checked under locks before a decrement.",
    "B1": "One calculator for every flow: on hand less committed, quarantined and"
    " safety stock, exact to the rounding of the unit.",
    "B2": "Open discrepancies lock promises: hard, soft or monitor, by severity.",
    "B3": "No more is requested than available, no more fulfilled than requested;"
    " cancelling releases; every shipment belongs to an order.",
    "B4": "Creating, changing and approving an order checks it again; what is short is"
    " refused or needs approval, as the company chooses.",
    "B5": "Salespeople do not approve; inventory managers approve within limits,"
    " finance managers beyond them.",
    "B6": "Every refusal and approval is in a log that cannot be edited or deleted.",
    "B7": "Reports of oversell attempts, of approvals, and of orders approved while a"
    " discrepancy was open.",
    "B8": "Two decisions at the same moment never promise the same unit.",
    "B9": "A company goes from monitoring to approving to enforcing.",
    "B10": "The named scenarios: success, shortage, race, discrepancy and roles.",
    "B12": "A line that is short or late is offered other warehouses, transfers and"
    " substitutes; the best warehouse may be chosen by rule.",
    "B16": "Backorders are limited by quantity, by incoming quantity, or until a date.",
    "B17": "Each figure of the calculator opens the documents it is made of.",
    "B19": "Service level: fill rates, promises kept, slip and lateness.",
    "C1": "An order is backordered, partially allocated, allocated or on hold.",
    "C2": "Stock that becomes free, from whatever source, is allocated automatically.",
    "C3": "The queue is served by priority, then first come, in batches to its end.",
    "C4": "An order that has been on backorder for too long is put on hold.",
    "C5": "A board of orders on backorder and products short, with age and arrivals.",
    "C6": "Orders are fulfilled one by one or all together; a failure stays its own.",
    "C7": "The missing part of an order is split off, and can be merged back.",
    "C8": "Backorders are opened and closed in the log, each attempt with its cause.",
    "C9": "The customer is notified of a backorder, a partial shipment and its"
    " resolution.",
    "C10": "Each role may do what its description says, checked on the server.",
    "C11": "Reports by month and quarter, and the products to reorder first.",
    "C12": "Items that match no product, and impossible requests, give clear errors.",
    "D1": "Backordered is what is reserved beyond on hand; effective is on hand less"
    " reserved plus incoming.",
    "D2": "Availability of a part over HTTP, with an API key.",
    "D3": "Backorders by part and by customer, with the expected resolution.",
    "D4": "Covering purchases are expedited, and new dates reach the orders.",
    "D5": "Emergency purchases, with a margin, never twice for the same shortage.",
    "D6": "Stock is transferred from a warehouse that has more than it needs.",
    "D7": "Messages to customers, substitutes and goodwill discounts.",
    "D8": "Alerts on shortages, on those that persist, and on insufficient supply.",
    "D9": "Stock elsewhere, and supply that does not count, is shown with the remedy.",
    "D10": "How often a product made orders wait, to tune the safety stock.",
    "E1": "Stock and prices as a customer sees them, with tier and lead time.",
    "E2": "Prices of a customer are changed in bulk through a pricelist.",
    "E3": "Orders are checked against the credit limit of the customer.",
    "E4": "Opportunities reserve stock softly, all or nothing, until they end.",
    "E5": "Orders are validated, allocated and reserved until an expiry; the answer"
    " names what is not available.",
    "E6": "Shipments are tracked until they are delivered, by allowed steps only.",
    "E7": "Priority, expected fulfilment, and reports by value, priority and status.",
    "E8": "Orders and stock are reconciled, one or all, safe to repeat.",
    "E9": "Time budgets, repeatable operations, and a described HTTP API.",
}
# They only bring others together: their arrows would hide the rest of the picture.
GATHERING = {"backorder_atp_demo", "backorder_atp_suite", "test_backorder_atp"}
# Where docs/ says more about a feature.
PAGES = {
    "backorder_atp_alert": "[Alerts](resolving.md#alerts)",
    "backorder_atp_audit": "[Audit](audit-and-reports.md#the-log)",
    "backorder_atp_credit": "[Credit](crm.md#credit)",
    "backorder_atp_customer": "[Customers](customers.md)",
    "backorder_atp_job": "[Reconciling](reconciling.md)",
    "backorder_atp_promise_date": "[Promised dates](promise-dates.md)",
    "backorder_atp_purchase": "[Emergency purchase](resolving.md#emergency-purchase)",
    "backorder_atp_report": "[Board and reports](board-and-reports.md)",
    "backorder_atp_reservation": "[Soft reservations](soft-reservations.md)",
    "backorder_atp_run": "[Backorder runs](runs.md)",
    "backorder_atp_sourcing": "[Resolving backorders](resolving.md)",
    "sale_customer_inventory": "[Inventory of a customer](crm.md)",
}
BOX = re.compile(r'module_(\w+) = fields\.Boolean\(\s*(?:string=)?"([^"]+)"')
IDENTIFIER = re.compile(r"(?<![\w.])[A-E]\d{1,2}\b")
INTRODUCTION = """\
# Requirements

What the addons are asked to do, under the ids that the docstrings of the tests name,
and the test files that prove it: those of the root in `tests/`, the others in the
`tests/` of the addon before the slash.

"""
# Demo data and tests are not for production.
NOT_INSTALLED = {"backorder_atp_demo", "test_backorder_atp"}
NOTICE = "<!-- Written by tools/tables.py: run make readme. -->"
# What follows the notice: a block of code, or a table.
BLOCK = re.compile(rf"(?<={re.escape(NOTICE)}\n\n)(```.*?```\n|(\|[^\n]*\n)+)", re.S)


def find_identifiers(path):
    """Return the ids that the docstrings of the Python file at ``path`` name."""
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef)
    nodes = [
        node
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, kinds)
    ]
    texts = [ast.get_docstring(node) or "" for node in nodes]
    return set(IDENTIFIER.findall(" ".join(texts)))


def find_proofs():
    """Return ``{id: names of test files}``, a file named as the introduction says."""
    proofs = {}
    for pattern in ("tests/test_*.py", "addons/*/tests/test_*.py"):
        for path in sorted(ROOT.glob(pattern)):
            addon = path.parent.parent
            prefix = "" if addon == ROOT else f"{addon.name}/"
            for identifier in find_identifiers(path):
                proofs.setdefault(identifier, []).append(f"`{prefix}{path.stem}`")
    return proofs


def build_requirements():
    """Return the text of docs/requirements.md."""
    proofs = find_proofs()
    unknown = sorted(set(proofs) - set(REQUIREMENTS))
    if unknown:
        sys.exit(f"Not in tools/tables.py: {', '.join(unknown)}")
    rows = [("id", "requirement", "tests")] + [
        (identifier, sentence, ", ".join(proofs.get(identifier, ["none"])))
        for identifier, sentence in REQUIREMENTS.items()
    ]
    return f"{NOTICE}\n\n{INTRODUCTION}{build_table(rows)}"


def build_table(rows):
    """Return a table of Markdown, its columns as wide as prettier makes them."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    rows = [rows[0], tuple("-" * width for width in widths), *rows[1:]]
    return "".join(
        f"| {' | '.join(cell.ljust(widths[at]) for at, cell in enumerate(row))} |\n"
        for row in rows
    )


def get_needed(direct, dependencies):
    """Return those of ``direct`` that do not follow from the others."""
    implied = set().union(*(get_reach(one, dependencies) for one in direct))
    return sorted(direct - implied)


def build_picture():
    """Return the addons and their dependencies as a diagram of Mermaid.

    What an addon needs of other apps is said below its name.
    """
    dependencies = read_dependencies()
    lines = ["```mermaid", "graph RL"]
    for name in sorted(dependencies):
        if name in GATHERING:
            continue
        needs = get_needed(dependencies[name], dependencies)
        apps = [need for need in needs if need not in dependencies]
        below = f"<br><i>with {', '.join(apps)}</i>" if apps else ""
        lines.append(f'  {name}["{name}{below}"]')
        lines += [f"  {name} --> {need}" for need in needs if need in dependencies]
    return "\n".join([*lines, "```"]) + "\n"


def build_features():
    """Return a table of the features that have a box in the settings."""
    rows = [("box", "addon", "what it brings", "more")]
    paths = [*ROOT.glob("models/res_config_settings*.py")]
    paths += ROOT.glob("addons/*/models/res_config_settings*.py")
    for path in sorted(paths):
        for addon, box in BOX.findall(path.read_text("utf-8")):
            text = (ROOT / "addons" / addon / "__manifest__.py").read_text("utf-8")
            summary = ast.literal_eval(text)["summary"]
            rows.append((f"_{box}_", f"`{addon}`", summary, PAGES.get(addon, "")))
    return build_table(rows[:1] + sorted(rows[1:]))


def find_intervals(addon):
    """Return how often the scheduled actions of ``addon`` run, e.g. ``10 minutes``."""
    folder = ROOT if addon == MODULE else ROOT / "addons" / addon
    for path in sorted(folder.glob("data/*.xml")):
        for record in ElementTree.parse(path).iterfind(".//record[@model='ir.cron']"):
            number = record.findtext("field[@name='interval_number']")
            unit = record.findtext("field[@name='interval_type']")
            yield f"{number} {unit if number != '1' else unit.removesuffix('s')}"


def build_costs():
    """Return a table of what each addon needs of Odoo and of ours, and of its jobs."""
    dependencies = read_dependencies()
    rows = [("addon", "apps it needs", "addons it brings along", "runs every")]
    for name in sorted(dependencies):
        if name in NOT_INSTALLED:
            continue
        needs = get_needed(dependencies[name], dependencies)
        own = [need for need in needs if need in dependencies and need != MODULE]
        apps = [need for need in needs if need not in dependencies]
        columns = (apps, own, find_intervals(name))
        rows.append((f"`{name}`", *map(", ".join, columns)))
    return build_table(rows)


def replace_block(name, block):
    """Return ``{path: text}`` of a page, with ``block`` below its notice."""
    path = ROOT / "docs" / name
    text, count = BLOCK.subn(lambda match: block, path.read_text("utf-8"))
    if count != 1:
        sys.exit(f"docs/{name} needs one block below {NOTICE}")
    return {path: text}


def build_files():
    """Return ``{path: text}``."""
    return {
        **replace_block("addons.md", build_features()),
        **replace_block("developing.md", build_picture()),
        **replace_block("installing.md", build_costs()),
        ROOT / "docs" / "requirements.md": build_requirements(),
    }


def main():
    """Write what is stale, and name it; with --fail, fail then."""
    stale = {
        path: text
        for path, text in build_files().items()
        if not path.exists() or path.read_text("utf-8") != text
    }
    for path, text in stale.items():
        path.write_text(text, "utf-8")
        print(f"{path.relative_to(ROOT)}: written")
    return bool(stale and "--fail" in sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
