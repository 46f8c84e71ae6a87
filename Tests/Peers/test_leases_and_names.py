"""DHCP and DNS against dnsmasq, TCP against the kernel: the example, run as its user would.

Each test has a network namespace of its own with a TAP interface: on one side the host's kernel with
dnsmasq and a web server, on the other the stack in the process of `Examples/Fetch`.
"""

import contextlib
import os
import random
import shutil
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAMESPACE = f"martlet-fetch-{os.getpid()}"
ADDRESS = "10.91.0.1"

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="a network namespace needs root"),
    pytest.mark.skipif(shutil.which("dnsmasq") is None, reason="dnsmasq is missing"),
]


def run(*command: str) -> None:
    subprocess.run(command, check=True, cwd=ROOT)


def inside(*command: str) -> list[str]:
    return ["ip", "netns", "exec", NAMESPACE, *command]


@pytest.fixture(scope="module")
def fetch() -> str:
    run("swift", "build", "--product", "Fetch")
    path = subprocess.run(
        ["swift", "build", "--show-bin-path"],
        check=True, cwd=ROOT, capture_output=True, text=True,
    )
    return f"{path.stdout.strip()}/Fetch"


@contextlib.contextmanager
def process(*command: str, cwd: Path):
    started = subprocess.Popen(
        inside(*command), cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield started
    finally:
        started.terminate()
        started.wait()


@pytest.fixture
def network(tmp_path: Path):
    """A namespace with TAP, dnsmasq and a web server of `tmp_path/www`; gives dnsmasq's log."""
    (tmp_path / "www").mkdir()
    log = tmp_path / "dnsmasq.log"
    run("ip", "netns", "add", NAMESPACE)
    try:
        run(*inside("ip", "link", "set", "lo", "up"))
        run(*inside("ip", "tuntap", "add", "dev", "tap0", "mode", "tap"))
        run(*inside("ip", "address", "add", f"{ADDRESS}/24", "dev", "tap0"))
        run(*inside("ip", "link", "set", "tap0", "up"))
        names = process(
            "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv",
            "--no-hosts", "--no-ping", "--pid-file=", "--interface=tap0", "--bind-interfaces",
            "--dhcp-range=10.91.0.50,10.91.0.60,2m", f"--address=/page.test/{ADDRESS}",
            "--cname=alias.test,page.test", f"--host-record=page.test,{ADDRESS}",
            "--log-dhcp", "--log-queries", f"--log-facility={log}", "--user=root",
            f"--dhcp-leasefile={tmp_path / 'leases'}", cwd=tmp_path,
        )
        pages = process(
            "python3", "-m", "http.server", "80", "--bind", ADDRESS, cwd=tmp_path / "www"
        )
        with names, pages:
            wait_until_listening()
            yield log
    finally:
        run("ip", "netns", "delete", NAMESPACE)


def wait_until_listening() -> None:
    for _ in range(200):
        listening = subprocess.run(
            inside("ss", "-Hltun"), check=True, capture_output=True, text=True
        ).stdout
        if all(f":{port} " in listening for port in (53, 67, 80)):
            return
        time.sleep(0.05)
    raise AssertionError("dnsmasq or the web server did not start")


def fetched(fetch: str, host: str, path: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        inside(fetch, "tap0", host, path), capture_output=True, text=True, timeout=120
    )


def test_a_page_is_fetched_by_a_lent_address(fetch: str, network: Path, tmp_path: Path):
    letters = random.Random(1).choices("abcdefghijklmnopqrstuvwxyz\n", k=3_000_000)
    page = "".join(letters)
    (tmp_path / "www" / "page.txt").write_text(page)
    result = fetched(fetch, "alias.test", "/page.txt")
    assert result.returncode == 0, result.stdout[-500:]
    assert result.stdout.endswith(page + "\n")
    assert f"lent by {ADDRESS}" in result.stdout
    assert f"to {ADDRESS}:80" in result.stdout
    log = network.read_text()
    for message in ("DHCPDISCOVER", "DHCPOFFER", "DHCPREQUEST", "DHCPACK", "DHCPRELEASE"):
        assert message in log
    assert "query[A] alias.test from 10.91.0." in log


def test_a_name_that_does_not_exist_is_told(fetch: str, network: Path):
    result = fetched(fetch, "nobody.test", "/")
    assert result.returncode == 1
    assert "nobody.test" in result.stdout
