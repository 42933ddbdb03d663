"""Take the pictures of docs/images: take_pictures.py FOLDER [NAME...]

The server is that of $JOURNEY_URL. Without names all pictures of ``pictures.py`` are
taken.
"""

import argparse
import contextlib
import io
import os
import re
import shutil
import sys
from pathlib import Path
from urllib.parse import urlencode

from conftest import CHROMIUM, call, log_in
from pictures import PICTURES
from PIL import Image
from playwright.sync_api import Error, expect, sync_playwright
from screen import wait_until_drawn

COLOURS = 256
#: What a screen must come up within, in milliseconds.
PATIENCE = 30_000
#: Its scheduled actions allocate the stock of a new server within these seconds.
ALLOCATION = 120


ERROR = ".o_error_dialog, .o_notification .bg-danger"
LOADING = ".o_loading_indicator, .o_form_saving, .o-dropdown--menu"


class Screen:
    """The browser of one user of the demo."""

    def __init__(self, page):
        self.page = page

    def find(self, model, domain, patience=0):
        """Return the id of the first record of ``domain``, or wait some seconds."""
        while not (found := call(self.page, model, "search", domain, limit=1)):
            assert patience > 0, f"the demo has no {model} with {domain}"
            self.page.wait_for_timeout(1000)
            patience -= 1
        return found[0]

    @contextlib.contextmanager
    def as_user(self, login):
        """Give the screen of another user."""
        options = {"base_url": get_address()}
        context = self.page.context.browser.new_context(**options)
        with contextlib.closing(context):
            page = context.new_page()
            log_in(page, login)
            yield Screen(page)

    def call(self, model, method, *args):
        return call(self.page, model, method, *args)

    def open(self, action, record=None, **query):
        """Open an action, or a record with the form of an action."""
        parts = ["/odoo", f"action-{action}", *([str(record)] if record else [])]
        self.visit("/".join(parts) + (f"?{urlencode(query)}" if query else ""))
        self.settle()

    def visit(self, address):
        self.page.goto(address)

    def press(self, name, place=None):
        """Press the button called ``name``, of the whole screen or a part of it."""
        place = place or self.page
        label = re.compile(rf"^\s*{re.escape(name)}\s*$")
        place.locator("button:visible", has_text=label).first.click()

    def press_stat(self, name):
        """Press a button of the figures above a form; the narrow ones are in a menu."""
        self.page.locator(".oe_stat_button", has_text=name).first.click()

    def choose_tab(self, name):
        self.page.get_by_role("tab", name=name, exact=True).click()
        self.settle()

    def row(self, text):
        """Return the row of a list with that text."""
        return self.page.locator(".o_data_row", has_text=text).first

    def dialog(self):
        """Return the frame of the dialog once it is drawn."""
        frame = self.page.locator(".modal-content").last
        expect(frame.locator(".modal-body")).not_to_be_empty()
        self.settle()
        return frame

    def frame(self, *selectors, margin=16):
        """Return what gives the rectangle around these parts, once they are drawn."""

        def get_rectangle():
            parts = [self.page.locator(one).first for one in selectors]
            boxes = [part.bounding_box() for part in parts]
            left = min(box["x"] for box in boxes) - margin
            top = min(box["y"] for box in boxes) - margin
            right = max(box["x"] + box["width"] for box in boxes) + margin
            bottom = max(box["y"] + box["height"] for box in boxes) + margin
            width, height = right - left, bottom - top
            return {"x": left, "y": top, "width": width, "height": height}

        return get_rectangle

    def settle(self):
        """Wait until the screen has everything it will show."""
        if not self.page.locator(".o_web_client").count():
            return self.page.wait_for_load_state("networkidle")
        wait_until_drawn(self.page)
        expect(self.page.locator(LOADING)).to_have_count(0)
        return expect(self.page.locator(ERROR)).to_have_count(0)


def get_address():
    return os.environ["JOURNEY_URL"].rstrip("/")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", metavar="NAME")
    arguments = parser.parse_args()
    names = arguments.names or list(PICTURES)
    if unknown := set(names) - set(PICTURES):
        parser.error(f"no such picture: {', '.join(sorted(unknown))}")
    try:
        faults = take_all(names, arguments.folder)
    except AssertionError as error:
        return f"error: {error}"
    lines = [f"error: {name}: {fault}" for name, fault in faults.items()]
    return "\n".join(lines) or None


def take_all(names, folder):
    """Take the pictures in their order; return what went wrong, by name."""
    program = next(filter(None, map(shutil.which, CHROMIUM)))
    faults = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox"]
        )
        wait_for_allocation(browser)
        for name in [name for name in PICTURES if name in names]:
            try:
                size = take(browser, PICTURES[name], Path(folder, f"{name}.png"))
            except (Error, AssertionError) as error:
                faults[name] = error
            else:
                sys.stdout.write(f"{name}: {size // 1024} KB\n")
                sys.stdout.flush()
        browser.close()
    return faults


def wait_for_allocation(browser):
    """Wait until the scheduled actions of a new server have allocated its stock."""
    context = browser.new_context(base_url=get_address())
    with contextlib.closing(context):
        page = context.new_page()
        log_in(page, "manager")
        for _second in range(ALLOCATION):
            if not call(page, "backorder.retry", "search_count", []):
                return
            page.wait_for_timeout(1000)
        raise AssertionError("the scheduled actions do not run")


def take(browser, picture, path):
    """Take one picture as its user; return its size in bytes."""
    context = browser.new_context(
        base_url=get_address(),
        viewport={"width": picture.width, "height": picture.height},
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE)
    try:
        page = context.new_page()
        log_in(page, picture.login)
        screen = Screen(page)
        part = picture.show(screen)
        page.mouse.move(0, 0)  # off what shows a tooltip
        screen.settle()
        return save(photograph(page, part), path)
    except (Error, AssertionError):
        page.screenshot(path=f"{os.environ['PICTURE_FAULTS']}-{path.name}")
        raise
    finally:
        context.close()


def photograph(page, part):
    """Return the PNG of a part, which a function may give, or of the page."""
    if callable(part):
        return page.screenshot(clip=part(), animations="disabled")
    return (part or page).screenshot(animations="disabled")


def save(data, path):
    """Write the picture with few colours, of which screens have few."""
    image = Image.open(io.BytesIO(data)).convert("RGB")
    image = image.quantize(COLOURS, dither=Image.Dither.NONE)
    image.save(path, optimize=True)
    return path.stat().st_size


if __name__ == "__main__":
    sys.exit(main())
