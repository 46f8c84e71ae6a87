"""A light's own page, served by the light: what it does, and whom it refuses."""

import http.client
import json
import socket

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import ARTEFACTS, MARTLET, Running
from playwright.sync_api import expect

SIZES = {"phone": (390, 844), "tablet": (820, 1180), "desktop": (1280, 900), "narrow": (320, 640)}

HOUSE = """\
name: lamp
network: 10.79.0.0/24
hub: none
nodes:
  - {{ name: lamp, kind: led, auth: none, address: 10.79.0.10 }}
forwards:
  - {{ node: lamp, port: 80, local: {0} }}
"""


@pytest.fixture(scope="module")
def lamp(tmp_path_factory):
    """The port of localhost that leads to the light's page."""
    folder = tmp_path_factory.mktemp("lamp")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (folder / "house.yaml").write_text(HOUSE.format(port))
    running = Running(folder, [MARTLET, "up", str(folder / "house.yaml")])
    running.wait_for(rf"localhost:{port} leads to 10.79.0.10:80")
    yield port
    running.end()


def ask(port, method="POST", body=None, path="/light", **headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    return answer.status, answer.read()


def command(port, body, **headers):
    headers.setdefault("Content_Type", "application/json")
    return ask(port, body=json.dumps(body), **headers)


def test_command_is_answered_by_the_state(lamp):
    status, body = command(lamp, {"state": "ON", "color": {"r": 1, "g": 2, "b": 3}})
    state = json.loads(body)
    assert status == 200 and state["color"] == {"r": 1, "g": 2, "b": 3}
    assert json.loads(ask(lamp, "GET")[1]) == state
    assert command(lamp, {"state": "OFF", "if_rev": state["rev"] - 1})[0] == 409
    assert command(lamp, {"state": "OFF", "if_rev": state["rev"]})[0] == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content_Type": "text/plain"}, 415),
        ({"Content_Type": "application/x-www-form-urlencoded"}, 415),
        ({"Content_Type": "application/json; charset=utf-8"}, 200),
        ({"Host": "evil.example"}, 421),
        ({"Host": "lamp"}, 200),
        ({"Host": "10.79.0.10:80"}, 200),
        ({"Host": "10.79.0.11"}, 421),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Host": "lamp", "Origin": "http://lamp"}, 200),
        ({"Host": "lamp", "Origin": "https://lamp"}, 403),
    ],
)
def test_only_its_own_page_commands_it(lamp, headers, status):
    before = json.loads(ask(lamp, "GET")[1])["rev"]
    assert command(lamp, {"brightness": 77}, **headers)[0] == status
    assert json.loads(ask(lamp, "GET")[1])["rev"] == before + (status == 200)


def test_state_is_not_shown_under_a_strangers_name(lamp):
    assert ask(lamp, "GET", Host="evil.example")[0] == 421
    assert ask(lamp, "GET", path="/", Host="evil.example")[0] == 421
    assert ask(lamp, "OPTIONS")[0] == 405
    assert ask(lamp, "GET", path="/nothing")[0] == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"", 400), (b"{", 400), (b'{"brightness":256}', 400), (b" " * 601, 413), (b'{"a":1}', 200)],
)
def test_what_is_no_command_is_refused(lamp, body, status):
    assert ask(lamp, body=body, Content_Type="application/json")[0] == status


def test_command_may_come_in_pieces(lamp):
    with socket.create_connection(("127.0.0.1", lamp), timeout=10) as stream:
        stream.sendall(
            b"POST /light HTTP/1.1\r\nHost: lamp\r\nContent-Type: application/json\r\n"
            b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
        )
        for piece in [b'{"brigh', b'tness"', b":", b"42}"]:
            stream.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
        stream.sendall(b"0\r\n\r\n")
        answer = b""
        while part := stream.recv(4096):
            answer += part
    assert answer.startswith(b"HTTP/1.1 200") and b'"brightness":42' in answer


@pytest.fixture
def page(browser, lamp):
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, base_url=f"http://localhost:{lamp}"
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    problems = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda line: line.type == "error" and problems.append(line.text))
    page.goto("/")
    yield page
    context.close()
    assert not problems


def test_page_works_the_light(page, lamp):
    page.get_by_role("button", name="Red").click()
    expect(page.locator("#state")).to_contain_text("On, #ff2010")
    page.get_by_label("Brightness").fill("128")
    expect(page.locator("#state")).to_contain_text("50 %")
    page.get_by_role("button", name="Keep what is shown in it").click()
    page.get_by_role("button", name="Breathe").click()
    expect(page.get_by_role("button", name="Breathe")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Off").click()
    expect(page.locator("#state")).to_have_text("Off")
    page.get_by_role("button", name="Use it").click()
    expect(page.locator("#state")).to_contain_text("On, #ff2010, 50 %")
    # What another hand does is seen.
    command(lamp, {"state": "OFF"})
    expect(page.locator("#state")).to_have_text("Off")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_page_looks_and_reads_well(browser, lamp, size, scheme):
    width, height = SIZES[size]
    command(lamp, {"state": "ON", "color": {"r": 255, "g": 176, "b": 96}, "brightness": 200})
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme,
        base_url=f"http://localhost:{lamp}",
    )
    page = context.new_page()
    page.goto("/")
    expect(page.locator("#state")).to_contain_text("On, #ffb060")
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=ARTEFACTS / f"lamp-{size}-{scheme}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    context.close()


def test_page_is_small(lamp):
    pieces = [ask(lamp, "GET", path=path)[1] for path in ["/", "/light.css", "/light.js"]]
    assert sum(map(len, pieces)) < 16 * 1024
    assert not any(b"http://" in piece or b"https://" in piece for piece in pieces)
