"""The house's pages in a real browser: Debian's Chromium, driven by Playwright.

Needs no root. The program is the release build, or the one that MARTLET names.
"""

import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[2]
MARTLET = os.environ.get("MARTLET", str(ROOT / ".build/release/martlet"))
ARTEFACTS = ROOT / "test-artefacts" / "browser"


class Running:
    """A program of ours in a folder of its own."""

    def __init__(self, folder, words):
        self.folder = folder
        self.words = words
        self.environment = dict(
            os.environ, XDG_RUNTIME_DIR=str(folder), XDG_STATE_HOME=str(folder), TZ="Europe/Zurich"
        )
        self.start()

    def start(self):
        self.log = open(self.folder / "log", "w+")
        self.process = subprocess.Popen(
            self.words, stdout=self.log, stderr=subprocess.STDOUT, env=self.environment
        )

    def wait_for(self, pattern):
        """What it has printed, once it has."""
        end = time.monotonic() + 60
        while time.monotonic() < end and self.process.poll() is None:
            if found := re.search(pattern, self.text()):
                return found
            time.sleep(0.1)
        pytest.fail(f"it never said {pattern!r}:\n{self.text()}")

    def text(self):
        return (self.folder / "log").read_text()

    def end(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        self.process.wait(20)
        self.log.close()


class House(Running):
    """`martlet up`, and the link that it prints."""

    def __init__(self, folder):
        super().__init__(folder, [MARTLET, "up"])

    def start(self):
        super().start()
        self.link = self.wait_for(r"http://localhost:\d+/start\?code=[0-9a-f]+")[0]
        self.base = self.link.split("/start")[0]


@pytest.fixture(scope="session")
def house(tmp_path_factory):
    house = House(tmp_path_factory.mktemp("house"))
    yield house
    house.end()


@pytest.fixture
def throwaway(tmp_path):
    """A house of one test's own, which it may kill."""
    house = House(tmp_path)
    yield house
    if house.process.poll() is None:
        house.end()


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        # Root has no sandbox.
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=arguments
        )
        yield browser
        browser.close()


def sign_in(browser, house, **options):
    context = browser.new_context(**options)
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.goto(house.link)
    page.get_by_role("button", name="Open the house").click()
    page.wait_for_url(house.base + "/")
    return context


@pytest.fixture(scope="session")
def session(browser, house):
    """The cookies of who has opened the link, which works once."""
    context = sign_in(browser, house)
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def page(browser, house, session):
    context = browser.new_context(
        storage_state=session, viewport={"width": 390, "height": 844}, base_url=house.base
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    problems = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    yield page
    context.close()
    assert not problems
