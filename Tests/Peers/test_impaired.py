"""Transfers over a link that loses, doubles, reorders, damages and delays frames."""

import subprocess
from collections.abc import Callable, Iterator

import pytest

from conftest import IS_LONG, NODE
from support.echo import Pinger
from support.impaired import ImpairedLink
from support.node import ECHO, Node
from support.streams import connect, echo_digests, pattern, site_digest
from test_http import curl, digest_of


@pytest.fixture
def start_link(namespace, folder, tap) -> Iterator[Callable[..., ImpairedLink]]:
    links: list[ImpairedLink] = []

    def start(*options: object) -> ImpairedLink:
        links.append(ImpairedLink(namespace, folder, options))
        return links[-1]

    yield start
    for link in links:
        link.stop()


@pytest.fixture
def start(start_link, start_node, capture) -> Callable[..., tuple[ImpairedLink, Node]]:
    """A link with these options, and a node behind it."""

    def start(*options: object) -> tuple[ImpairedLink, Node]:
        link = start_link(*options)
        return link, start_node("tap2")

    return start


def test_link_without_faults_changes_nothing(start):
    link, node = start()
    with connect(node.endpoint(ECHO)) as connection:
        sent, received = echo_digests(connection, 1, 5_000_000)
    assert sent == received
    counters = link.counters()
    for direction in ("forth", "back"):
        assert counters[direction]["lost"] == 0
        assert counters[direction]["delivered"] == counters[direction]["offered"] > 1000


@pytest.mark.snaplen(96)
def test_ten_megabytes_at_one_percent_loss(start, folder):
    link, node = start("--loss", 1, "--seed", 1)
    target = folder / "download"
    result = curl("-o", target, f"http://{NODE}/bytes/10000000")
    assert result.returncode == 0, result.stderr
    assert digest_of(target) == site_digest(10_000_000)
    with connect(node.endpoint(ECHO), seconds=60) as connection:
        sent, received = echo_digests(connection, 2, 10_000_000)
    assert sent == received
    assert all(counters["lost"] > 50 for counters in link.counters().values())


@pytest.mark.snaplen(96)
@pytest.mark.parametrize("seed", range(1, 6 if IS_LONG else 2))
def test_two_megabytes_over_a_dreadful_link(start, folder, seed):
    link, node = start(
        "--loss", 5, "--duplicate", 5, "--reorder", 10, "--delay", 2, "--jitter", 1, "--seed", seed
    )
    target = folder / "download"
    result = curl("-o", target, f"http://{NODE}/bytes/2000000", seconds=60)
    assert result.returncode == 0, result.stderr
    assert digest_of(target) == site_digest(2_000_000)
    with connect(node.endpoint(ECHO), seconds=60) as connection:
        sent, received = echo_digests(connection, seed, 2_000_000)
    assert sent == received
    for counters in link.counters().values():
        assert min(counters[what] for what in ("lost", "duplicated", "reordered")) > 20


@pytest.mark.snaplen(96)
def test_damaged_frames_never_reach_the_application(start):
    link, node = start("--corrupt", 3, "--seed", 3)
    with connect(node.endpoint(ECHO), seconds=60) as connection:
        sent, received = echo_digests(connection, 3, 2_000_000)
    assert sent == received
    assert all(counters["corrupted"] > 20 for counters in link.counters().values())


def test_directions_differ(start):
    link, _ = start("--loss", "100,0")
    with Pinger(NODE) as pinger:
        assert pinger.ping(b"lost", seconds=0.5) is None
    counters = link.counters()
    assert counters["forth"]["lost"] > 0 and counters["back"]["lost"] == 0


def test_delay_is_kept(start):
    link, _ = start("--delay", 30)
    with Pinger(NODE) as pinger:
        assert pinger.ping(b"warm") == b"warm"
    result = subprocess.run(
        ["ping", "-c", "3", "-i", "0.05", NODE], capture_output=True, text=True
    )
    times = [float(part.split("=")[1]) for part in result.stdout.split() if part.startswith("time=")]
    assert len(times) == 3 and min(times) >= 60, result.stdout


def test_rate_is_kept_and_the_queue_has_an_end(start):
    """8 Mbit/s with room for 64 KB: a transfer fills it, overflows it and arrives all the same."""
    link, node = start("--rate", "8M", "--limit", 64_000)
    payload = pattern(4, 1_500_000)
    with connect(node.endpoint(ECHO), seconds=60) as connection:
        sent, received = echo_digests(connection, 4, len(payload))
    assert sent == received
    assert link.counters()["back"]["offered"] > 0
