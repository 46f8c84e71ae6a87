"""The web server on port 80, which lives in the softIRQ, as curl sees it."""

import hashlib
import json
import os

import pytest

import peers
from link import Namespace

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="network namespaces need root")

MODELS = ["rtl8139", "virtio-net-pci"]


@pytest.fixture
def namespace():
    with Namespace() as space:
        yield space


def expected_bytes(count):
    """What /bytes/N holds: lines that begin with the number of bytes left."""
    lines = (f"{left:015d}{'.' * 48}\n" for left in range(count, 0, -64))
    return "".join(lines).encode()[:count]


@pytest.mark.parametrize("model", MODELS)
def test_serves_a_page_and_its_counters(namespace, model):
    with peers.boot(namespace, model, "name=kernel", memory=32):
        page = namespace.run("curl", "-sS", "--fail", "http://192.0.2.2/")
        assert "<strong>kernel</strong>" in page and "52:54:00:12:34:56" in page
        counters = json.loads(namespace.run("curl", "-sS", "http://192.0.2.2/counters.json"))
        assert counters["httpRequests"] == 2
        assert counters["address"] == "192.0.2.2"


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("count", [0, 1, 65_537, 50_000_000])
def test_sends_what_was_asked_for(namespace, model, count):
    with peers.boot(namespace, model):
        body = namespace.run(
            "curl", "-sS", "--fail", f"http://192.0.2.2/bytes/{count}", text=False)
        assert hashlib.sha256(body).digest() == hashlib.sha256(expected_bytes(count)).digest()


@pytest.mark.parametrize("model", MODELS)
def test_sends_whole_through_loss(namespace, model, tmp_path):
    with peers.boot_behind_loss(namespace, tmp_path, 2, model):
        body = namespace.run("curl", "-sS", "--fail", "http://192.0.2.2/bytes/4000000", text=False)
        assert hashlib.sha256(body).digest() == hashlib.sha256(expected_bytes(4_000_000)).digest()
        counters = json.loads(namespace.run("curl", "-sS", "http://192.0.2.2/counters.json"))
        assert counters["tcpRetransSegs"] > 0


def test_serves_a_hundred_clients_at_once(namespace):
    with peers.boot(namespace):
        text = namespace.run(
            "curl", "-sS", "--fail", "--no-keepalive", "--parallel", "--parallel-immediate",
            "--parallel-max", "100", "-o", "/dev/null", "-w", "%{http_code}\\n",
            "http://192.0.2.2/bytes/50000?[1-100]")
        assert text.split() == ["200"] * 100
