"""A browser and an API client for the users of the demo's server."""

import contextlib
import os
import re
import shutil

import pytest
import requests
from playwright.sync_api import sync_playwright

CHROMIUM = ("chromium", "google-chrome")
#: Message of a page that is left while it loads.
LEFT = re.compile(r"ERR_ABORTED|Failed to fetch|NetworkError", re.IGNORECASE)


@pytest.fixture(scope="session")
def url():
    return os.environ["JOURNEY_URL"].rstrip("/")


@pytest.fixture(scope="session")
def browser():
    program = next(filter(None, map(shutil.which, CHROMIUM)))
    with sync_playwright() as playwright:
        with contextlib.closing(
            playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        ) as chromium:
            yield chromium


@pytest.fixture
def open_as(browser, url):
    """Return a function that opens a browser as a user, or without login.

    What the pages write to the console as an error, and every answer of 400 or above,
    fails the test at its end, unless it is about another host: the demo may be out of
    its reach.
    """
    errors = []
    with contextlib.ExitStack() as contexts:

        def open_page(login=None, width=1400, height=900):
            context = browser.new_context(
                base_url=url, viewport={"width": width, "height": height}
            )
            contexts.enter_context(contextlib.closing(context))
            page = context.new_page()
            page.on("console", lambda message: record_error(errors, message, url))
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.on("response", lambda answer: record_answer(errors, answer, url))
            if login:
                log_in(page, login)
            return page

        # for a test to take away what it has made to fail
        open_page.errors = errors
        yield open_page
    assert not errors


def record_error(errors, message, url):
    place = message.location.get("url") or url
    if (
        message.type == "error"
        and place.startswith(url)
        and not LEFT.search(message.text)
    ):
        errors.append(f"{message.text} ({place})")


def record_answer(errors, answer, url):
    if answer.status >= 400 and answer.url.startswith(url):
        errors.append(f"{answer.status} {answer.url}")


def log_in(page, login):
    """The password of each of the demo's users is the login."""
    page.goto("/web/login")
    form = page.locator(".oe_login_form")
    form.locator("input[name=login]").fill(login)
    form.locator("input[name=password]").fill(login)
    form.locator("button[type=submit]").click()
    page.wait_for_url(re.compile(r"/(odoo|my|web)\b(?!/login)"))


def call(page, model, method, *args, **kwargs):
    """Call a method as the user of ``page``, and return the result."""
    params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
    answer = page.request.post(
        f"/web/dataset/call_kw/{model}/{method}",
        data={"jsonrpc": "2.0", "params": params},
    ).json()
    assert "error" not in answer, answer["error"]["data"]["message"]
    return answer.get("result")


class Api:
    """The HTTP API, with the key of one of the demo's users."""

    def __init__(self, url, login):
        self.url = f"{url}/api/v2"
        self.session = requests.Session()
        self.session.headers["X-Api-Key"] = f"{login}-dev-local-key"

    def call(self, method, path, expected=200, **kwargs):
        """Send a request, check its status, and return the response."""
        answer = self.session.request(method, f"{self.url}{path}", timeout=60, **kwargs)
        assert answer.status_code == expected, answer.text
        return answer.json()

    def get(self, path, **params):
        return self.call("GET", path, params=params)

    def post(self, path, body, key=None, expected=200):
        headers = {"Idempotency-Key": key} if key else {}
        return self.call("POST", path, expected, json=body, headers=headers)


@pytest.fixture(scope="session")
def api(url):
    """Return a function that gives the HTTP API as one of the demo's users."""
    return lambda login: Api(url, login)
