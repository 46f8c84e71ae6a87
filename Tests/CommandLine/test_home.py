"""The devices of a home in a house that is up, talked to as a hub of the plain protocol does."""

import json
import socket
import time

import pytest

from conftest import free_port

HOUSE = """\
name: hometest
network: 10.78.0.0/24
hub: none
nodes:
  - {{ name: garden, kind: irrigation, auth: none, address: 10.78.0.10 }}
  - {{ name: strip, kind: led, auth: none, address: 10.78.0.11 }}
  - {{ name: door, kind: alarm, auth: none, address: 10.78.0.12 }}
  - {{ name: car, kind: presence, auth: none, address: 10.78.0.13 }}
forwards:
  - {{ node: garden, port: 242, local: {0} }}
  - {{ node: strip, port: 242, local: {1} }}
  - {{ node: door, port: 242, local: {2} }}
"""


@pytest.fixture
def home(house, tmp_path):
    """The ports of the irrigation controller, the light and the alarm."""
    ports = []
    while len(ports) < 3:
        if (port := free_port()) not in ports:
            ports.append(port)
    path = tmp_path / "home.yaml"
    path.write_text(HOUSE.format(*ports))
    running = house(path)
    assert running.wait_for("anyone on this network commands it")
    running.wait_for(f"localhost:{ports[2]} leads to 10.78.0.12:242")
    return ports


class Node:
    """A connection to a node."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)

    def read(self, count):
        data = b""
        while len(data) < count:
            part = self.socket.recv(count - len(data))
            assert part, f"the node closed after {data!r}"
            data += part
        return data

    def read_object(self):
        data = b""
        while True:
            data += self.read(1)
            try:
                return json.loads(data)
            except ValueError:
                continue

    def ask(self, command, count):
        self.socket.sendall(command)
        return self.read(count)


def test_valves_open_one_at_a_time_and_close(home):
    garden = Node(home[0])
    assert garden.read(2) == b"S\x00"
    assert garden.ask(b"b1", 2) == b"R\x02"
    assert garden.ask(b"c1", 4) == b"R\x00R\x04"
    assert garden.ask(b"??", 2) == b"S\x04"
    assert garden.ask(b"`0", 2) == b"R\x00"
    assert garden.ask(bytes([0x61, 0x9E]), 2) == b"R\x01"
    garden.socket.sendall(b"`0")


def test_node_says_that_it_lives(home):
    garden = Node(home[0])
    assert garden.read(2) == b"S\x00"
    begun = time.monotonic()
    assert garden.read(5) == b"yo!\r\n"
    assert garden.read(5) == b"yo!\r\n"
    assert time.monotonic() - begun > 5


def test_a_browser_opens_nothing(home):
    browser = Node(home[0])
    browser.read(2)
    browser.socket.sendall(b"POST /a1 HTTP/1.1\r\nHost: a1\r\nContent-Length: 2\r\n\r\na1")
    with pytest.raises((ConnectionResetError, AssertionError)):
        browser.read(1)
    garden = Node(home[0])
    assert garden.read(2) == b"S\x00"


def test_light_takes_objects_and_tells_its_state(home):
    strip = Node(home[1])
    assert strip.read_object()["state"] == "OFF"
    strip.socket.sendall(b'{"state":"ON","color":{"r":255,"g":0,"b":9},"transition":0.1}')
    state = strip.read_object()
    assert state["color"] == {"r": 255, "g": 0, "b": 9} and state["rev"] == 1
    strip.socket.sendall(b'{"brightness":300}{"effect":"breathe"}')
    state = strip.read_object()
    assert state["effect"] == "breathe" and state["rev"] == 2


def test_alarm_tells_its_inputs(home):
    assert Node(home[2]).read(2) == b"S\x00"
