"""What was acknowledged survives a kill at any moment; what was damaged is told."""

import random
import subprocess
import threading
import time
from collections.abc import Callable

from conftest import IS_LONG, MARTLET, Server


def insert(name: str) -> dict:
    return {"op": "insert", "table": "QoS", "row": {"type": name, "external_ids": ["map", [["k", name]]]}}


def types(server: Server) -> set[str]:
    client = server.client()
    rows = client.transact({"op": "select", "table": "QoS", "where": [], "columns": ["type"]})
    client.close()
    return {row["type"] for row in rows[0]["rows"]}


def test_killed_at_any_moment_nothing_acknowledged_is_lost(server: Server) -> None:
    acknowledged: set[str] = set()
    chance = random.Random(3)
    for turn in range(20 if IS_LONG else 6):
        def work(worker: int) -> None:
            client = server.client()
            try:
                for number in range(10_000):
                    name = f"{turn}-{worker}-{number}"
                    client.transact(insert(name))
                    acknowledged.add(name)
            except (EOFError, OSError):
                pass

        workers = [threading.Thread(target=work, args=(worker,)) for worker in range(4)]
        for worker in workers:
            worker.start()
        time.sleep(chance.uniform(0.02, 0.2))
        server.kill()
        for worker in workers:
            worker.join()
        server.start()
        assert acknowledged <= types(server)
    assert len(acknowledged) > 50


def test_a_torn_record_is_cut_off_and_told(server: Server) -> None:
    client = server.client()
    client.transact(insert("a"))
    client.transact(insert("b"))
    server.kill()
    whole = server.file.read_bytes()
    server.file.write_bytes(whole[:-20])
    server.start()
    assert types(server) == {"a"}
    assert "never acknowledged" in (server.folder / "log").read_text()
    server.client().transact(insert("c"))
    server.kill()
    server.start()
    assert types(server) == {"a", "c"}


def test_damage_in_the_middle_is_an_error_and_the_file_stays(server: Server) -> None:
    client = server.client()
    for name in "abc":
        client.transact(insert(name))
    server.kill()
    whole = server.file.read_bytes()
    damaged = bytearray(whole)
    damaged[whole.index(b'"a"')] ^= 1
    server.file.write_bytes(damaged)
    result = subprocess.run(server.command, cwd=server.folder, capture_output=True, text=True,
                            timeout=20)
    assert result.returncode == 65 and "damaged at byte" in result.stderr
    assert server.file.read_bytes() == damaged
    server.file.write_bytes(whole)
    server.start()
    assert types(server) == {"a", "b", "c"}


def test_the_file_is_written_anew_when_it_has_grown(server: Server) -> None:
    client = server.client()
    client.transact(insert("a"))
    filler = "x" * 20_000
    for number in range(40):
        client.transact({"op": "update", "table": "QoS", "where": [],
                         "row": {"other_config": ["map", [["filler", f"{filler}{number}"]]]}})
    assert server.file.stat().st_size < 400_000
    server.kill()
    server.start()
    assert types(server) == {"a"}


def test_a_schema_that_is_none_is_refused(tmp_path) -> None:
    (tmp_path / "schema").write_text('{"name": "x"}')
    for arguments, status in ((["--schema", "schema"], 65), (["--schema", "nope"], 66),
                              (["--remote", "tcp:127.0.0.1:1"], 64), (["--remote", "pssl:1"], 64),
                              (["--remote", "what"], 64)):
        result = subprocess.run([MARTLET, "database", "conf.db", *arguments], cwd=tmp_path,
                                capture_output=True, text=True, timeout=20)
        assert result.returncode == status, result.stderr
        assert result.stderr.startswith("martlet: ") or "Error" in result.stderr
