"""Rules: made in the browser, fired by a node, told to people and to a webhook."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import ARTEFACTS, sign_in
from playwright.sync_api import expect


class Hook:
    """Somebody's server that is told."""

    def __init__(self):
        told = self.told = []
        self.failures = 1

        class Handler(BaseHTTPRequestHandler):
            def do_POST(handler):
                body = handler.rfile.read(int(handler.headers["Content-Length"]))
                # It fails at first: it is told again.
                status = 500 if self.failures > 0 else 204
                self.failures -= 1
                if status == 204:
                    told.append((handler.headers["Content-Type"], json.loads(body)))
                handler.send_response(status)
                handler.end_headers()

            def log_message(self, *_):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def end(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def hook():
    hook = Hook()
    yield hook
    hook.end()


def find_all(page, base):
    """Waits until the house's four devices are online."""
    page.goto(base + "/devices")
    expect(page.locator("li.card", has_text="online")).to_have_count(4, timeout=20_000)


@pytest.fixture
def page(browser, throwaway):
    context = sign_in(browser, throwaway, viewport={"width": 390, "height": 844})
    page = context.new_page()
    find_all(page, throwaway.base)
    page.set_default_timeout(10_000)
    problems = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    yield page
    context.close()
    assert not problems


def add_rule(page, base, when, then, condition="always", **fields):
    page.goto(base + "/rules")
    new = page.locator("section", has=page.get_by_role("heading", name="New rule"))
    new.get_by_label("When").select_option(when)
    new.get_by_label("If").select_option(condition)
    new.get_by_label("Then").select_option(then)
    for label, value in fields.items():
        new.get_by_label(label).fill(value)
    new.get_by_role("button", name="Add rule").click()


def cards(page):
    return page.get_by_role("region", name="Rule")


def test_rule_says_when_it_was_done_and_why_not(page, throwaway, hook):
    base = throwaway.base
    page.goto(base + "/settings")
    page.get_by_label("Address").fill(hook.url)
    page.get_by_role("button", name="Add webhook").click()
    expect(page.get_by_text(hook.url)).to_be_visible()
    # Forgetting a light's key ends its connection: it goes offline.
    add_rule(
        page, base, "Light goes offline", "tell people",
        **{"What people are told": "The <light> is gone"},
    )
    add_rule(page, base, "Light goes offline", "stop all water", "Car is away")
    expect(cards(page)).to_have_count(2)
    expect(cards(page).nth(0)).to_contain_text("When Light goes offline, then tell people")
    cards(page).nth(0).get_by_role("button", name="Dry run").click()
    expect(page.get_by_role("status")).to_contain_text("It would be done now.")
    cards(page).nth(1).get_by_role("button", name="Dry run").click()
    expect(page.get_by_role("status")).to_contain_text("It would not be done now")
    expect(page.get_by_role("status")).to_contain_text("stop all water")
    expect(cards(page).nth(1)).to_contain_text("Done last: never")
    assert not hook.told

    page.goto(base + "/devices")
    page.get_by_role("link", name="Light", exact=True).click()
    page.get_by_role("button", name="Forget the pairing").click()
    page.goto(base + "/rules")
    expect(cards(page).nth(0)).not_to_contain_text("never")
    expect(cards(page).nth(1)).to_contain_text("Not done")
    expect(cards(page).nth(1)).to_contain_text("was home")
    page.goto(base + "/")
    notice = page.locator("#faults .card", has_text="The <light> is gone")
    expect(notice).to_be_visible()
    for _ in range(60):
        if hook.told:
            break
        page.wait_for_timeout(100)
    kind, told = hook.told[0]
    assert kind == "application/json" and told["text"] == "The <light> is gone"
    notice.get_by_role("button", name="Seen").click()
    expect(notice).to_have_count(0)
    page.goto(base + "/rules")
    cards(page).nth(1).get_by_role("button", name="Remove").click()
    expect(cards(page)).to_have_count(1)


def test_rule_that_makes_no_sense_is_told(page, throwaway):
    base = throwaway.base
    add_rule(page, base, "it is this time of day:", "stop all water")
    expect(page.get_by_role("alert")).to_contain_text("05:30")
    add_rule(page, base, "Car goes away", "tell people")
    expect(page.get_by_role("alert")).to_contain_text("what people are to be told")
    add_rule(page, base, "Car goes away", "stop all water", "it is between:", From="22:00")
    expect(page.get_by_role("alert")).to_contain_text("two times")
    page.goto(base + "/settings")
    page.get_by_label("Address").fill("https://example.org/")
    page.get_by_role("button", name="Add webhook").click()
    expect(page.get_by_role("alert")).to_contain_text("https is not built in")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_rules_look_and_read_well(browser, throwaway, scheme):
    context = sign_in(browser, throwaway, color_scheme=scheme)
    page = context.new_page()
    page.set_default_timeout(10_000)
    find_all(page, throwaway.base)
    add_rule(
        page, throwaway.base, "input 1 of Alarm becomes active", "tell people",
        "Car is away", **{"What people are told": "Somebody is at the door"},
    )
    for name, width, height in [("phone", 390, 844), ("narrow", 320, 640), ("desktop", 1280, 900)]:
        page.set_viewport_size({"width": width, "height": height})
        page.goto(throwaway.base + "/rules")
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=ARTEFACTS / f"rules-{name}-{scheme}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        results = Axe().run(page)
        assert results.violations_count == 0, results.generate_report()
    context.close()
