"""Known programs on the stack: their socket calls go to libmartlet, the kernel is the peer over a TAP."""

import hashlib
import os
import shutil
import subprocess
import sys
import time

import pytest

from conftest import PREFIX

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root for a namespace and a TAP")

KERNEL, STACK = "10.78.0.1", "10.78.0.2"


class Namespace:
    """A network namespace with a TAP in it, whose kernel side is 10.78.0.1."""

    def __init__(self):
        self.name = f"martlet-c-{os.getpid()}"
        self.programs = []
        subprocess.run(["ip", "netns", "add", self.name], check=True)
        for command in (
            "link set lo up",
            "tuntap add dev tap0 mode tap vnet_hdr",
            f"address add {KERNEL}/24 dev tap0",
            "link set tap0 up",
        ):
            subprocess.run(["ip", "-n", self.name, *command.split()], check=True)

    def command(self, *words, is_preloaded=False):
        """A command line in the namespace; on the stack when preloaded."""
        preload = [
            "env", f"LD_PRELOAD={PREFIX / 'lib' / 'libmartlet-preload.so'}",
            f"MARTLET_ADDRESS={STACK}/24", "MARTLET_TAP=tap0",
        ]
        return ["ip", "netns", "exec", self.name, *(preload if is_preloaded else []),
                *map(str, words)]

    def start(self, *words, is_preloaded=False, **options):
        """Starts a program that ends with the test."""
        program = subprocess.Popen(
            self.command(*words, is_preloaded=is_preloaded), stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, **options)
        self.programs.append(program)
        return program

    def run(self, *words, is_preloaded=True, **options):
        """Runs a program to its end."""
        return subprocess.run(
            self.command(*words, is_preloaded=is_preloaded), capture_output=True, timeout=60,
            **options)

    def wait_for_port(self, port):
        """Waits until somebody of the kernel's listens."""
        for _ in range(200):
            listed = self.run("ss", "-ltnH", f"sport = :{port}", is_preloaded=False)
            if listed.stdout.strip():
                return
            time.sleep(0.05)
        pytest.fail(f"nobody listens at port {port}")

    def delete(self):
        for program in self.programs:
            program.kill()
            program.wait()
        subprocess.run(["ip", "netns", "delete", self.name], check=False)


@pytest.fixture
def namespace():
    namespace = Namespace()
    yield namespace
    namespace.delete()


@pytest.fixture
def site(namespace, tmp_path):
    """A web server of the kernel's with a file of 20 MB; its digest."""
    content = os.urandom(20_000_000)
    (tmp_path / "large").write_bytes(content)
    namespace.start(
        sys.executable, "-m", "http.server", "8000", "--bind", KERNEL, "--directory", tmp_path)
    namespace.wait_for_port(8000)
    return hashlib.sha256(content).hexdigest()


def test_curl_fetches_a_page_over_the_tap(namespace, site):
    result = namespace.run("curl", "-sS", f"http://{KERNEL}:8000/large")
    assert result.returncode == 0, result.stderr
    assert hashlib.sha256(result.stdout).hexdigest() == site
    # It came by the stack: the kernel's own address is not that of the client.
    words = namespace.run(
        "curl", "-sS", "-o", "/dev/null", "-w", "%{local_ip} %{http_code}",
        f"http://{KERNEL}:8000/none")
    assert words.stdout.decode() == f"{STACK} 404"


def test_curl_hears_of_a_closed_port(namespace):
    result = namespace.run("curl", "-sS", f"http://{KERNEL}:9/")
    assert result.returncode == 7, result.stderr


def test_python_serves_pages_by_select(namespace, tmp_path):
    content = os.urandom(3_000_000)
    (tmp_path / "page").write_bytes(content)
    server = namespace.start(
        sys.executable, "-m", "http.server", "8000", "--bind", STACK, "--directory", tmp_path,
        is_preloaded=True)
    result = namespace.run(
        "curl", "-sS", "--retry", "20", "--retry-all-errors", "--retry-delay", "1",
        f"http://{STACK}:8000/page", is_preloaded=False)
    assert result.returncode == 0, (result.stderr, server.poll())
    assert result.stdout == content


ASYNCIO = """
import asyncio
async def main():
    async def serve(reader, writer):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.close()
    server = await asyncio.start_server(serve, "127.0.0.1", 7777)
    async def ask(number):
        reader, writer = await asyncio.open_connection("127.0.0.1", 7777)
        sent = bytes([number]) * 300000
        writer.write(sent)
        writer.write_eof()
        got = await reader.read(-1)
        writer.close()
        return got == sent
    assert all(await asyncio.gather(*(ask(number) for number in range(20))))
    print("all well")
asyncio.run(main())
"""


def test_python_serves_itself_by_epoll(namespace):
    result = namespace.run(sys.executable, "-c", ASYNCIO)
    assert result.stdout == b"all well\n", result.stderr


@pytest.mark.skipif(shutil.which("iperf3") is None, reason="iperf3 is not installed")
@pytest.mark.parametrize("direction", [[], ["-R"]])
def test_iperf3_measures_both_ways(namespace, direction):
    namespace.start("iperf3", "-s", "-1", "-B", KERNEL)
    namespace.wait_for_port(5201)
    result = namespace.run("iperf3", "-c", KERNEL, "-t", "1", *direction)
    assert result.returncode == 0, result.stdout + result.stderr
    assert b"iperf Done." in result.stdout
