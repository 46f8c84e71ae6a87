"""Open vSwitch's own tools against our server, unchanged."""

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

from conftest import MARTLET, SCHEMA, Server, run


def client(server: Server, command: str, *arguments: str, fails: bool = False) -> str:
    return run("ovsdb-client", "--timeout=20", command, "unix:" + server.path, *arguments, fails=fails)


def canonical(text: str) -> str:
    return json.dumps(json.loads(text), sort_keys=True)


def test_the_schema_is_open_vswitchs(server: Server, start_peer: Callable[..., Server]) -> None:
    peer = start_peer()
    for database in ("Open_vSwitch", "_Server"):
        ours, theirs = (canonical(client(one, "get-schema", database)) for one in (server, peer))
        assert ours == theirs
    assert client(server, "get-schema-version", "Open_vSwitch") == "8.3.1\n"
    assert client(server, "get-schema-cksum", "Open_vSwitch") == \
        run("ovsdb-tool", "schema-cksum", str(SCHEMA))
    assert client(server, "needs-conversion", str(SCHEMA)) == "no\n"
    assert client(server, "list-dbs") == client(peer, "list-dbs")


def test_a_switch_is_configured(server: Server) -> None:
    server.vsctl("--no-wait", "init")
    server.vsctl(
        "--no-wait", "add-br", "br0", "--", "add-port", "br0", "p1", "tag=7", "--",
        "add-port", "br0", "gre0", "--", "set", "interface", "gre0", "type=gre",
        "options:remote_ip=192.0.2.2", "options:key=flow")
    server.vsctl("--no-wait", "set-controller", "br0", "tcp:127.0.0.1:6633", "ptcp:6634")
    server.vsctl("--no-wait", "set-fail-mode", "br0", "secure")
    assert server.vsctl("list-br") == "br0\n"
    assert server.vsctl("list-ports", "br0") == "gre0\np1\n"
    assert server.vsctl("get-controller", "br0") == "ptcp:6634\ntcp:127.0.0.1:6633\n"
    show = server.vsctl("show")
    for line in ("Bridge br0", 'Controller "tcp:127.0.0.1:6633"', "fail_mode: secure", "tag: 7",
                 "type: gre", 'options: {key=flow, remote_ip="192.0.2.2"}'):
        assert line in show, show
    found = server.vsctl("--columns=name", "find", "interface", "type=gre")
    assert re.fullmatch(r"name +: gre0\n", found)
    assert server.vsctl("get", "interface", "gre0", "options:remote_ip") == '"192.0.2.2"\n'
    assert "multiple rows" not in server.vsctl("--no-wait", "--may-exist", "add-br", "br0")
    assert "already exists" in server.vsctl("--no-wait", "add-br", "br0", fails=True)
    server.vsctl("--no-wait", "set", "port", "p1", "vlan_mode=no", fails=True)
    # A port's interface goes with it: nobody refers to it any more.
    server.vsctl("--no-wait", "del-port", "p1")
    assert server.vsctl("list-ports", "br0") == "gre0\n"
    assert "p1" not in server.vsctl("--columns=name", "list", "interface")
    server.vsctl("--no-wait", "del-br", "br0")
    for table in ("bridge", "port", "interface", "controller"):
        assert server.vsctl("list", table) == ""


def test_a_mirror_loses_the_port_that_goes(server: Server) -> None:
    server.vsctl("--no-wait", "add-br", "br0", "--", "add-port", "br0", "p1", "--",
                 "--id=@p", "get", "port", "p1", "--", "--id=@m", "create", "mirror", "name=m",
                 "output_port=@p", "--", "set", "bridge", "br0", "mirrors=@m")
    assert server.vsctl("get", "mirror", "m", "output_port") != "[]\n"
    server.vsctl("--no-wait", "del-port", "p1")
    assert server.vsctl("get", "mirror", "m", "output_port") == "[]\n"


def test_another_host_configures_it_over_tcp(start: Callable[..., Server]) -> None:
    server = start(None, "--remote", "ptcp:0")
    port = re.search(r"listening ptcp:(\d+):127.0.0.1", (server.folder / "log").read_text()).group(1)
    server.vsctl("--no-wait", "add-br", "br0", db=f"tcp:127.0.0.1:{port}")
    assert "Bridge br0" in server.vsctl("show", db=f"tcp:127.0.0.1:{port}")


def test_plain_tcp_beyond_loopback_is_warned_of(start: Callable[..., Server]) -> None:
    server = start(None, "--remote", "ptcp:0:0.0.0.0")
    assert "unencrypted" in (server.folder / "log").read_text()


def test_ovsdb_client_transacts_dumps_and_queries(server: Server) -> None:
    insert = ["Open_vSwitch", {"op": "insert", "table": "QoS", "row": {"type": "linux-htb"}}]
    result = json.loads(client(server, "transact", json.dumps(insert)))
    uuid = result[0]["uuid"][1]
    assert uuid in client(server, "dump", "Open_vSwitch", "QoS", "_uuid", "type")
    query = ["Open_vSwitch", {"op": "select", "table": "QoS", "where": [], "columns": ["type"]}]
    assert json.loads(client(server, "query", json.dumps(query))) == [{"rows": [{"type": "linux-htb"}]}]
    assert client(server, "list-tables", "Open_vSwitch").count("\n") >= 19
    backup = subprocess.run(
        ["ovsdb-client", "backup", "unix:" + server.path, "Open_vSwitch"], capture_output=True,
        check=True).stdout
    assert uuid.encode() in backup
    wait = subprocess.run(["ovsdb-client", "--timeout=10", "wait", "unix:" + server.path,
                           "Open_vSwitch", "connected"])
    assert wait.returncode == 0


def monitor(server: Server, *arguments: str) -> subprocess.Popen:
    process = subprocess.Popen(
        ["ovsdb-client", "--format=json", "monitor", "unix:" + server.path, *arguments],
        stdout=subprocess.PIPE, text=True)
    return process


def test_ovsdb_client_sees_changes(server: Server) -> None:
    server.vsctl("--no-wait", "init")
    process = monitor(server, "Open_vSwitch", "Bridge", "name,fail_mode")
    try:
        server.vsctl("--no-wait", "add-br", "br0", "--", "set", "bridge", "br0", "fail_mode=secure")
        inserted = json.loads(process.stdout.readline())
        # "initial" when the client was slower than we.
        assert inserted["data"][0][1] in ("insert", "initial")
        assert inserted["data"][0][2:] == ["br0", "secure"], inserted
        server.vsctl("--no-wait", "del-fail-mode", "br0")
        old, new = json.loads(process.stdout.readline())["data"]
        assert old[1:3] == ["old", None] and new[1:3] == ["new", "br0"], (old, new)
        server.vsctl("--no-wait", "del-br", "br0")
        assert json.loads(process.stdout.readline())["data"][0][1] == "delete"
    finally:
        process.kill()
        process.wait()


def test_a_monitor_with_a_condition_and_one_from_a_state(server: Server) -> None:
    one, two = server.client(), server.client()
    requests = {"Bridge": [{"columns": ["name"], "where": [["name", "==", "br1"]]}]}
    answer = one.ask("monitor_cond_since", "Open_vSwitch", "m", requests,
                     "00000000-0000-0000-0000-000000000000")
    assert answer["result"][0] is False
    server.vsctl("--no-wait", "add-br", "br0", "--", "add-br", "br1")
    update = one.receive()
    assert update["method"] == "update3"
    rows = update["params"][2]["Bridge"]
    assert [row["insert"]["name"] for row in rows.values()] == ["br1"]
    server.vsctl("--no-wait", "add-br", "br2")
    answer = two.ask("monitor_cond_since", "Open_vSwitch", "m", {"Bridge": [{"columns": ["name"]}]},
                     update["params"][1])
    found, _, changes = answer["result"]
    assert found and [row["insert"]["name"] for row in changes["Bridge"].values()] == ["br2"]


def test_ovsdb_client_locks_and_steals(server: Server) -> None:
    def lock(command: str) -> subprocess.Popen:
        return subprocess.Popen(["ovsdb-client", command, "unix:" + server.path, "mylock"],
                                stdout=subprocess.PIPE, text=True)

    first = lock("lock")
    assert first.stdout.readline() == '{"locked":true}\n'
    second = lock("steal")
    assert second.stdout.readline() == '{"locked":true}\n'
    assert [first.stdout.readline() for _ in range(2)] == ["stolen\n", '["mylock"]\n']
    second.kill()
    assert [first.stdout.readline() for _ in range(2)] == ["locked\n", '["mylock"]\n']
    for process in (first, second):
        process.kill()
        process.wait()


def test_ovsdb_tool_reads_our_file(server: Server) -> None:
    server.vsctl("--no-wait", "add-br", "br0")
    server.vsctl("--no-wait", "set", "bridge", "br0", "external_ids:a=b", "external_ids:c=d")
    server.vsctl("--no-wait", "remove", "bridge", "br0", "external_ids", "a")
    path = str(server.file)
    assert "add-br br0" in run("ovsdb-tool", "show-log", path)
    query = ["Open_vSwitch",
             {"op": "select", "table": "Bridge", "where": [], "columns": ["name", "external_ids"]}]
    assert json.loads(run("ovsdb-tool", "query", path, json.dumps(query))) == \
        [{"rows": [{"name": "br0", "external_ids": ["map", [["c", "d"]]]}]}]


def test_a_file_of_open_vswitchs_is_opened(
        start: Callable[..., Server], start_peer: Callable[..., Server]) -> None:
    peer = start_peer()
    peer.vsctl("--no-wait", "add-br", "br0", "--", "add-port", "br0", "p1")
    peer.vsctl("--no-wait", "set", "port", "p1", "trunks=1,2,3", "external_ids:x=y")
    peer.vsctl("--no-wait", "remove", "port", "p1", "trunks", "2")
    peer.kill()
    server = start()
    server.kill()
    server.file.write_bytes(peer.file.read_bytes())
    server.start()
    assert server.vsctl("get", "port", "p1", "trunks", "external_ids") == "[1, 3]\n{x=y}\n"
    server.vsctl("--no-wait", "del-port", "p1")
    # And the other way round.
    server.kill()
    peer.file.write_bytes(server.file.read_bytes())
    peer.start()
    assert peer.vsctl("list-ports", "br0") == ""
    server.start()


def test_only_one_server_has_a_file(server: Server) -> None:
    second = subprocess.run([MARTLET, "database", str(server.file), "--remote", "punix:other.sock"],
                            cwd=server.folder, capture_output=True, text=True, timeout=20)
    assert second.returncode == 69 and "another server has it open" in second.stderr
