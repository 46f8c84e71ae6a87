"""Many rows, many clients, clients that do not read: all of it bounded, and nobody waits for them."""

import re
import resource
import time
from collections.abc import Callable
from pathlib import Path

from conftest import Server

ROWS = 10_000


def add_ports(count: int) -> list[dict]:
    operations: list[dict] = []
    for number in range(count // 2):
        operations += [
            {"op": "insert", "table": "Interface", "uuid-name": f"i{number}",
             "row": {"name": f"port{number}", "type": "gre",
                     "options": ["map", [["remote_ip", "192.0.2.1"], ["key", str(number)]]]}},
            {"op": "insert", "table": "Port", "uuid-name": f"p{number}",
             "row": {"name": f"port{number}", "interfaces": ["named-uuid", f"i{number}"]}},
        ]
    ports = ["set", [["named-uuid", f"p{number}"] for number in range(count // 2)]]
    operations += [
        {"op": "insert", "table": "Bridge", "uuid-name": "b", "row": {"name": "br0", "ports": ports}},
        {"op": "insert", "table": "Open_vSwitch", "row": {"bridges": ["named-uuid", "b"]}},
    ]
    return operations


def test_ten_thousand_rows_are_loaded_read_again_and_deleted(server: Server) -> None:
    client = server.client()
    client.transact(*add_ports(ROWS))
    select = {"op": "select", "table": "Interface", "where": [], "columns": ["name"]}
    assert len(client.transact(select)[0]["rows"]) == ROWS // 2
    server.kill()
    server.start()
    client = server.client()
    assert len(client.transact(select)[0]["rows"]) == ROWS // 2
    answer = client.ask("monitor_cond_since", "Open_vSwitch", "m",
                        {"Port": [{"columns": ["name"]}]}, "00000000-0000-0000-0000-000000000000")
    assert len(answer["result"][2]["Port"]) == ROWS // 2
    client.transact({"op": "update", "table": "Open_vSwitch", "where": [],
                     "row": {"bridges": ["set", []]}})
    assert client.transact(select)[0]["rows"] == []


def test_a_thousand_monitors_are_told_alike(server: Server) -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    clients = [server.client() for _ in range(1000)]
    for client in clients:
        client.send({"method": "monitor", "params": ["Open_vSwitch", "m", {"QoS": {}}], "id": 0})
    for client in clients:
        assert client.receive()["result"] == {}
    writer = server.client()
    for name in ("a", "b"):
        writer.transact({"op": "insert", "table": "QoS", "row": {"type": name}})
    for client in clients:
        for name in ("a", "b"):
            rows = client.receive()["params"][1]["QoS"]
            assert [row["new"]["type"] for row in rows.values()] == [name]
        client.close()


def memory(server: Server) -> int:
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) * 1024


def test_a_client_that_never_reads_is_dropped_and_others_go_on(server: Server) -> None:
    slow = server.client()
    slow.send({"method": "monitor", "params": ["Open_vSwitch", "m", {"QoS": {}}], "id": 0})
    writer = server.client()
    writer.transact({"op": "insert", "table": "QoS", "row": {"type": "a"}})
    filler = "x" * 1_000_000
    for number in range(90):
        writer.transact({"op": "update", "table": "QoS", "where": [],
                         "row": {"external_ids": ["map", [["k", f"{number}{filler}"]]]}})
    log = server.folder / "log"
    deadline = time.monotonic() + 20
    while "it did not read" not in log.read_text():
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.05)
    assert memory(server) < 500 << 20


def test_requests_of_a_client_that_never_reads_are_not_answered_for_ever(server: Server) -> None:
    slow = server.client()
    slow.socket.setblocking(False)
    message = b'{"method":"echo","params":["' + b"x" * 100_000 + b'"],"id":1}'
    sent = 0
    try:
        while sent < 200 << 20:
            sent += slow.socket.send(message * 10)
    except BlockingIOError:
        pass
    # The rest waits in the client, not in the server.
    assert sent < 100 << 20
    assert server.client().ask("echo", 1)["result"] == [1]
    assert memory(server) < 300 << 20


def test_junk_ends_one_connection_and_no_other(server: Server) -> None:
    good = server.client()
    for junk in (b"[1]", b"{,}", b"\x00\xff", b'{"a":' + b"[" * 200, b'"' * 10, b"}" * 10):
        bad = server.client()
        bad.socket.sendall(junk)
        try:
            bad.receive()
            raise AssertionError(f"{junk!r} was answered")
        except (EOFError, ConnectionResetError):
            pass
    assert good.ask("echo", 1)["result"] == [1]
