"""What a visitor of the house does, and what he must not be able to do."""

import re
import signal
import urllib.error
import urllib.request

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import ARTEFACTS, sign_in
from playwright.sync_api import expect

PLACES = ["", "water", "sequences", "schedules", "lights", "devices", "history", "settings"]
SIZES = {"phone": (390, 844), "tablet": (820, 1180), "desktop": (1280, 900), "narrow": (320, 640)}


def garden(page):
    return page.locator("[id^=garden-]")


def valve(page, letter):
    return page.locator(f"[id$=-{letter}]").filter(has=page.get_by_role("heading"))


def stop(page):
    page.get_by_role("button", name="Stop all water").click()
    expect(garden(page)).to_contain_text("All valves closed")


def test_every_device_is_found_and_proved(page):
    page.goto("/devices")
    for name in ["Garden", "Light", "Alarm", "Car"]:
        card = page.locator("li.card", has=page.get_by_role("link", name=name, exact=True))
        expect(card).to_contain_text("online")
        expect(card).to_contain_text("proved")


def test_valve_opens_counts_down_and_stops(page):
    page.goto("/water")
    page.get_by_role("button", name="Open valve B for 5 minutes").click()
    expect(valve(page, "B")).to_contain_text("Open")
    expect(garden(page)).to_contain_text(re.compile(r"valve B · 4:5\d left"))
    first = valve(page, "B").inner_text()
    page.wait_for_timeout(1500)
    assert valve(page, "B").inner_text() != first
    # The node closes the one before it opens the next.
    page.get_by_role("button", name="Open valve C for 1 minutes").click()
    expect(valve(page, "C")).to_contain_text("Open")
    expect(valve(page, "B")).to_contain_text("Closed")
    stop(page)
    expect(valve(page, "C")).to_contain_text("Closed")


def test_another_page_follows(page, browser, house, session):
    context = browser.new_context(storage_state=session, base_url=house.base)
    other = context.new_page()
    other.goto("/")
    page.goto("/water")
    page.get_by_role("button", name="Open valve A for 1 minutes").click()
    expect(other.locator("#running")).to_contain_text("valve A")
    other.get_by_role("button", name="Stop all water").click()
    expect(garden(page)).to_contain_text("All valves closed")
    context.close()


def test_sequence_is_made_and_run(page):
    page.goto("/sequences")
    new = page.locator("section", has=page.get_by_role("heading", name="New sequence"))
    new.get_by_label("Name").fill("Beds <and> lawn")
    new.get_by_label("Step 1: valve").select_option("D")
    new.get_by_label("seconds").nth(0).fill("60")
    new.get_by_label("Step 2: valve").select_option("A")
    new.get_by_label("seconds").nth(1).fill("90")
    new.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Beds <and> lawn")).to_be_visible()
    page.goto("/water")
    page.get_by_role("button", name="Beds <and> lawn").click()
    expect(garden(page)).to_contain_text("valve D")
    expect(garden(page)).to_contain_text("Step 1 of 2")
    page.get_by_role("button", name="Pause").click()
    expect(garden(page)).to_contain_text("Paused")
    expect(valve(page, "D")).to_contain_text("Closed")
    page.get_by_role("button", name="Resume").click()
    expect(garden(page)).to_contain_text("valve D")
    page.get_by_role("button", name="Skip step").click()
    expect(garden(page)).to_contain_text("valve A")
    stop(page)
    page.goto("/history")
    expect(page.get_by_role("table")).to_contain_text("Beds <and> lawn")


def test_schedule_shows_its_next_dates(page):
    page.goto("/sequences")
    new = page.locator("section", has=page.get_by_role("heading", name="New sequence"))
    new.get_by_label("Name").fill("Morning")
    new.get_by_label("Step 1: valve").select_option("A")
    new.get_by_label("seconds").nth(0).fill("600")
    new.get_by_role("button", name="Save").click()
    page.goto("/schedules")
    page.get_by_label("Sequence").select_option("Morning")
    page.get_by_label("Mon").check()
    page.get_by_role("button", name="Add schedule").click()
    card = page.locator("section", has_text="Mon at 05:30")
    expect(card.get_by_role("listitem")).to_have_count(5)
    expect(card).to_contain_text("05:30")
    card.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("Mon at 05:30")).to_have_count(0)


def test_light_shows_what_it_reports(page):
    page.goto("/lights")
    page.get_by_role("button", name="Red").click()
    expect(page.locator("[id^=light-]")).to_contain_text("On · #ff2010")
    page.get_by_role("button", name="Off", exact=True).click()
    expect(page.locator("[id^=light-]")).to_contain_text("Off")


def test_works_without_javascript(browser, house, session):
    context = browser.new_context(
        storage_state=session, java_script_enabled=False, base_url=house.base
    )
    page = context.new_page()
    page.goto("/water")
    page.get_by_role("button", name="Open valve A for 1 minutes").click()
    for _ in range(20):
        page.goto("/water")
        if "valve A" in garden(page).inner_text():
            break
    expect(garden(page)).to_contain_text("valve A")
    page.get_by_role("button", name="Stop all water").click()
    page.wait_for_url(house.base + "/")
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_looks_and_reads_well(browser, house, session, size, scheme):
    width, height = SIZES[size]
    context = browser.new_context(
        storage_state=session, viewport={"width": width, "height": height}, color_scheme=scheme,
        base_url=house.base, reduced_motion="reduce",
    )
    page = context.new_page()
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    page.goto("/devices")
    device = page.get_by_role("link", name="Garden", exact=True).get_attribute("href")
    for place in [*PLACES, device.lstrip("/")]:
        page.goto("/" + place)
        name = place.split("/")[0] or "home"
        page.screenshot(path=ARTEFACTS / f"{name}-{size}-{scheme}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, place
        results = Axe().run(page)
        assert results.violations_count == 0, f"/{place}\n{results.generate_report()}"
    context.close()


def ask(url, data=None, **headers):
    request = urllib.request.Request(
        url, data=data, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
    try:
        return urllib.request.urlopen(request, timeout=10).status
    except urllib.error.HTTPError as error:
        return error.code


def test_strangers_get_nothing(house, session):
    cookie = "; ".join(f"{one['name']}={one['value']}" for one in session["cookies"])
    base = house.base
    assert ask(base + "/api/v1/devices") == 401
    assert ask(base + "/events") == 401
    assert ask(base + "/api/v1/devices", Cookie=cookie) == 200
    # Another site's page that sends this browser's cookie, and one that has a name of ours.
    assert ask(base + "/stop", b"", Cookie=cookie, Origin="http://evil.example") == 403
    assert ask(base + "/stop", b"", Cookie=cookie) == 403
    assert ask(base + "/", Cookie=cookie, Host="evil.example") == 421
    # The link has been used.
    code = house.link.split("=")[1].encode()
    assert ask(base + "/start", b"code=" + code, Origin=base) == 403


def test_killed_hub_forgets_no_run_and_opens_nothing_again(throwaway, browser):
    context = sign_in(browser, throwaway)
    page = context.new_page()
    for _ in range(3):
        page.goto(throwaway.base + "/water")
        page.get_by_role("button", name="Open valve B for 10 minutes").click()
        expect(garden(page)).to_contain_text("valve B")
        # The nodes go with the house: what comes back finds everything closed, and says so. Who was
        # signed in still is.
        throwaway.end(signal.SIGKILL)
        throwaway.start()
        page.goto(throwaway.base + "/water")
        expect(garden(page)).to_contain_text("All valves closed")
        page.goto(throwaway.base + "/history")
        expect(page.get_by_role("table")).to_contain_text("Valve B")
        expect(page.get_by_role("table")).not_to_contain_text("running")
    context.close()
