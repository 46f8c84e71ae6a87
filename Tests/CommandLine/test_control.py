"""The control socket of running nodes, and the commands that use it."""

import json
import os
import signal
import socket
import stat
import subprocess
import time

import pytest

from conftest import MARTLET, free_port


@pytest.fixture
def up(house):
    running = house("--port", free_port())
    running.port = running.wait_url()
    return running


def test_sockets_are_this_users_alone(up, run_folder):
    assert stat.S_IMODE(run_folder.stat().st_mode) == 0o700
    for name in ["web.sock", "echo.sock"]:
        assert stat.S_IMODE((run_folder / name).stat().st_mode) == 0o600


def test_netstat_for_people(up, martlet):
    result = martlet("netstat", "--node", "web")
    assert result.returncode == 0
    assert result.stdout.startswith("Node web, up ")
    for part in ["Interface 0", "10.77.0.10/24", "Routes", "Neighbours", "0.0.0.0:80", "tcpInSegs"]:
        assert part in result.stdout


def test_netstat_for_programs(up, martlet):
    with socket.create_connection(("localhost", up.port)) as stream:
        stream.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        stream.recv(10)
        state = json.loads(martlet("netstat", "--node", "web", "--json").stdout)
    assert state["name"] == "web"
    assert {entry["local"] for entry in state["listeners"]} >= {"0.0.0.0:80", "0.0.0.0:7"}
    assert [c["state"] for c in state["connections"] if c["local"] == "10.77.0.10:80"]
    assert state["counters"]["tcpPassiveOpens"] >= 1


def test_nc_says_and_hears(up, martlet):
    data = os.urandom(3_000_000)
    result = martlet("nc", "--node", "web", "10.77.0.20", 7, input=data, text=False)
    assert result.returncode == 0
    assert result.stdout == data


def test_nc_hears_a_peer_that_speaks_first(up, martlet):
    result = martlet("nc", "--node", "web", "10.77.0.20", 13)
    assert result.returncode == 0
    assert result.stdout.endswith(" UTC\n")


@pytest.mark.parametrize(
    ("host", "port", "word"), [("10.77.0.20", 81, "refused"), ("10.77.0.99", 80, "reached")]
)
def test_nc_says_why_not(up, martlet, host, port, word):
    result = martlet("nc", "--node", "web", host, port)
    assert result.returncode == 69
    assert word in result.stderr


def test_nc_ends_when_its_reader_has_gone(up):
    process = subprocess.Popen(
        [MARTLET, "nc", "--node", "web", "10.77.0.20", "19"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
    )
    process.stdout.read(100_000)
    process.stdout.close()
    assert process.wait(timeout=10) == 0


def test_ping(up, martlet):
    result = martlet("ping", "--node", "web", "-c", 3, "-i", 0.05, "10.77.0.20")
    assert result.returncode == 0
    assert "3 sent, 3 received" in result.stdout
    result = martlet("ping", "--node", "web", "--json", "-c", 2, "-i", 0.05, "-s", 9000, "10.77.0.20")
    replies = [json.loads(line) for line in result.stdout.splitlines()]
    assert [reply["sequence"] for reply in replies] == [0, 1]
    assert all(reply["bytes"] == 9000 for reply in replies)


def test_ping_without_reply(up, martlet):
    result = martlet("ping", "--node", "web", "-c", 1, "10.77.0.99")
    assert result.returncode == 69
    assert "1 sent, 0 received" in result.stdout


def test_ping_ends_with_its_summary(up):
    process = subprocess.Popen(
        [MARTLET, "ping", "--node", "web", "-i", "0.05", "10.77.0.20"],
        stdout=subprocess.PIPE,
        text=True,
    )
    for _ in range(4):
        process.stdout.readline()
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=10)
    assert process.returncode == 0
    assert "received" in output


def test_capture_and_dump(up, martlet, tmp_path):
    file = tmp_path / "web.pcapng"
    process = subprocess.Popen(
        [MARTLET, "capture", "--node", "web", "-w", file, "-n", "6", "icmp"]
    )
    while not file.exists() or file.stat().st_size == 0:
        time.sleep(0.02)
    martlet("ping", "--node", "web", "-c", 3, "-i", 0.05, "10.77.0.20")
    assert process.wait(timeout=10) == 0
    lines = martlet("dump", file).stdout.splitlines()
    assert len(lines) == 6
    assert sum("echo request" in line for line in lines) == 3
    assert sum("echo reply" in line for line in lines) == 3


def test_capture_tells_lines(up, martlet):
    process = subprocess.Popen(
        [MARTLET, "capture", "--node", "echo", "-n", "2", "icmp"],
        stdout=subprocess.PIPE,
        text=True,
    )
    # Until it is there, pings pass unseen.
    while process.poll() is None:
        martlet("ping", "--node", "web", "-c", 1, "10.77.0.20")
    output, _ = process.communicate()
    lines = output.splitlines()
    assert process.returncode == 0 and len(lines) == 2
    assert " < " in lines[0] and " > " in lines[1]


def test_node_that_was_killed_leaves_its_name(house, martlet, run_folder):
    first = house("--port", free_port())
    first.wait_url()
    first.process.kill()
    first.process.wait()
    assert (run_folder / "web.sock").exists()
    assert martlet("netstat", "--node", "web").returncode == 66
    house("--port", free_port()).wait_url()
    assert martlet("netstat", "--node", "web").returncode == 0


def test_noise_does_no_harm(up, martlet, run_folder):
    path = str(run_folder / "web.sock")
    for noise in [b"", b"\n", b"netstat", b"x" * 100_000, b"connect 1.2.3 80\n", b"ping a b c d\n",
                  b"ping 10.77.0.20 99999999999999999999 1 1\n", b"capture -1\n", b"\xff\xfe\n"]:
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(path)
            client.settimeout(15)
            try:
                client.sendall(noise)
                if noise.endswith(b"\n"):
                    assert client.recv(1000).startswith(b"error 64 ")
            except (BrokenPipeError, ConnectionResetError):
                pass
    held = []
    for _ in range(20):
        client = socket.socket(socket.AF_UNIX)
        client.connect(path)
        held.append(client)
    assert martlet("netstat", "--node", "web").returncode == 0
    for client in held:
        client.close()


def test_run_folder_of_another_kind_is_refused(martlet, run_folder, tmp_path):
    run_folder.symlink_to(tmp_path)
    result = martlet("up", "--port", free_port())
    assert result.returncode == 73
    assert "XDG_RUNTIME_DIR" in result.stderr
