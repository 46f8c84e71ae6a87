"""HTTP both ways over real transfers, compared by SHA-256."""

import hashlib
import http.server
import json
import subprocess
import threading
from pathlib import Path

import pytest

from conftest import KERNEL, NODE
from support.node import ECHO
from support.streams import chunks, connect, echo_digests, site_digest

HUNDRED_MEGABYTES = 100_000_000


def curl(*words: object, seconds: float = 120) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        ["curl", "-sS", "--fail", "--max-time", str(seconds), *map(str, words)],
        capture_output=True, timeout=seconds + 10,
    )


def digest_of(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def test_page_and_counters(node):
    page = curl(f"http://{NODE}/")
    assert page.returncode == 0, page.stderr
    assert b"<html" in page.stdout.lower() and b"artlet" in page.stdout
    counters = json.loads(curl(f"http://{NODE}/counters.json").stdout)
    assert counters["address"] == NODE


def test_what_is_not_there(node):
    result = curl("-o", "/dev/null", "-w", "%{http_code}", f"http://{NODE}/nothing")
    assert result.stdout == b"404"


def test_several_requests_on_one_connection(node):
    urls = [f"http://{NODE}/bytes/{count}" for count in (1, 1000, 100_000)]
    result = curl("-w", "%{stderr}%{num_connects} ", *urls)
    assert result.stderr.split() == [b"1", b"0", b"0"], result.stderr
    assert len(result.stdout) == 101_001


@pytest.mark.snaplen(96)
def test_hundred_megabytes_from_the_node(node, folder):
    target = folder / "download"
    result = curl("-o", target, f"http://{NODE}/bytes/{HUNDRED_MEGABYTES}")
    assert result.returncode == 0, result.stderr
    assert digest_of(target) == site_digest(HUNDRED_MEGABYTES)


@pytest.mark.snaplen(96)
def test_hundred_megabytes_to_the_node_and_back(node):
    with connect(node.endpoint(ECHO)) as connection:
        sent, received = echo_digests(connection, 1, HUNDRED_MEGABYTES)
    assert sent == received


@pytest.mark.snaplen(96)
def test_download_by_the_node_from_the_kernel(node, folder):
    """The node's stack is the client: a server of the kernel's sends, `martlet nc` receives."""
    served = folder / "served"
    with served.open("wb") as file:
        for piece in chunks(2, 20_000_000):
            file.write(piece)

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments):
            super().__init__(*arguments, directory=str(folder))

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer((KERNEL, 8000), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        request = f"GET /served HTTP/1.0\r\nHost: {KERNEL}\r\n\r\n".encode()
        result = node.command("nc", KERNEL, 8000, data=request)
        server.shutdown()
        thread.join()
    assert result.returncode == 0, result.stderr
    head, body = result.stdout.split(b"\r\n\r\n", 1)
    assert b" 200 " in head
    assert hashlib.sha256(body).hexdigest() == digest_of(served)
