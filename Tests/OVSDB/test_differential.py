"""Random transactions against our server and Open vSwitch's: the same answers and the same rows.

UUIDs are numbered in the order they appear, rows are compared as sets. Of an error the tag must be the
same; its words may differ.
"""

import json
import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import IS_LONG, SCHEMA, Client, Server

LEAF = {"type": "uuid", "refTable": "Leaf"}
WEAK = LEAF | {"refType": "weak"}
EXAMPLE = {
    "name": "Example", "version": "1.0.0",
    "tables": {
        "Root": {
            "columns": {
                "name": {"type": "string", "mutable": False},
                "number": {"type": {"key": {"type": "integer", "minInteger": -10,
                                            "maxInteger": 100}}},
                "maybe": {"type": {"key": "integer", "min": 0}},
                "real": {"type": {"key": {"type": "real", "minReal": -1000.5}}},
                "flag": {"type": "boolean"},
                "choice": {"type": {"key": {"type": "string", "enum": ["set", ["x", "y", ""]]}}},
                "short": {"type": {"key": {"type": "string", "maxLength": 3}, "min": 0}},
                "leaf": {"type": {"key": LEAF, "min": 0}},
                "leaves": {"type": {"key": LEAF, "min": 0, "max": "unlimited"}},
                "weak": {"type": {"key": WEAK, "min": 0, "max": "unlimited"}},
                "named": {"type": {"key": "string", "value": LEAF, "min": 0, "max": "unlimited"}},
                "numbers": {"type": {"key": "integer", "min": 0, "max": 5}},
                "some": {"type": {"key": "integer", "min": 1, "max": 3}},
                "reals": {"type": {"key": "real", "min": 0, "max": "unlimited"}},
                "map": {"type": {"key": "string", "value": "integer", "min": 0,
                                 "max": "unlimited"}},
                "status": {"type": "string", "ephemeral": True},
            },
            "isRoot": True, "maxRows": 12, "indexes": [["name"], ["number", "flag"]],
        },
        "Leaf": {
            "columns": {
                "name": {"type": "string"},
                "next": {"type": {"key": LEAF, "min": 0}},
                "weak": {"type": {"key": WEAK, "min": 0, "max": "unlimited"}},
            },
        },
        "Free": {
            "columns": {"number": {"type": "integer"},
                        "must": {"type": {"key": WEAK, "min": 1, "max": 2}}},
            "isRoot": True,
        },
    },
}


class Generator:
    """Makes transactions, most of them possible, some wrong in one place."""

    def __init__(self, schema: dict, seed: int):
        self.schema = schema
        self.random = random.Random(seed)
        self.uuids: dict[str, list[str]] = {table: [] for table in schema["tables"]}

    def atom(self, base: object) -> object:
        r = self.random
        if isinstance(base, str):
            base = {"type": base}
        match base["type"]:
            case "integer" if "maxInteger" in base and r.random() < 0.95:
                return r.randint(base.get("minInteger", 0), base["maxInteger"])
            case "integer":
                return r.choice([0, 1, 2, 3, 5, 7, 50, 100, -3, 10**18, 4095]) \
                    if r.random() < 0.9 else 9 * 10**18
            case "real":
                return r.choice([0, 1, 0.5, -2.25, 1e10, 3])
            case "boolean":
                return r.random() < 0.5
            case "string":
                if "enum" in base and r.random() < 0.97:
                    return r.choice(base["enum"][1])
                if base.get("maxLength") and r.random() < 0.95:
                    return r.choice(["", "a", "abc", "éé"])
                if base == {"type": "string"} and r.random() < 0.5:
                    return f"n{r.randint(0, 300)}"
                return r.choice(["", "a", "b", "c", "é", "long one", "x\"y\\z\n"])
            case "uuid":
                table = base.get("refTable") or r.choice(list(self.uuids))
                known = self.uuids[table]
                # Open vSwitch 3.1 keeps a weak reference to a row that is inserted and collected in
                # the same transaction.
                is_weak = base.get("refType") == "weak"
                if known and (is_weak or r.random() < 0.6):
                    return ["uuid", r.choice(known)]
                if is_weak:
                    return ["uuid", "550e8400-e29b-41d4-a716-446655440000"]
                if self.names.get(table) and r.random() < 0.9:
                    return ["named-uuid", r.choice(self.names[table])]
                if r.random() < 0.5:
                    return ["named-uuid", "Leaf0"]
                return ["uuid", "550e8400-e29b-41d4-a716-446655440000"]

    def value(self, column: dict) -> object:
        r = self.random
        if r.random() < 0.01:
            return r.choice([None, {}, ["set"], ["map", []], 1.5, "x", ["set", [1, 1]]])
        kind = column["type"]
        if isinstance(kind, str):
            kind = {"key": kind}
        most = kind.get("max", 1)
        most = 6 if most == "unlimited" else min(most + (r.random() < 0.05), 6)
        least = kind.get("min", 1)
        if "value" in kind:
            pairs = {json.dumps(self.atom(kind["key"])): self.atom(kind["value"])
                     for _ in range(r.randint(0, 4))}
            return ["map", [[json.loads(key), value] for key, value in pairs.items()]]
        if least == 1 and kind.get("max", 1) == 1:
            return self.atom(kind["key"])
        count = r.randint(0 if r.random() < 0.02 else least, most)
        atoms = {json.dumps(self.atom(kind["key"])) for _ in range(count)}
        if len(atoms) == 1 and r.random() < 0.5:
            return json.loads(atoms.pop())
        return ["set", [json.loads(atom) for atom in sorted(atoms)]]

    def row(self, table: str, share: float) -> dict:
        columns = self.schema["tables"][table]["columns"]
        row = {name: self.value(column) for name, column in columns.items()
               if self.random.random() < share}
        if self.random.random() < 0.01:
            row["nope"] = 1
        if self.random.random() < 0.01:
            row["_uuid"] = ["uuid", "550e8400-e29b-41d4-a716-446655440000"]
        return row

    def complete(self, table: str, row: dict) -> None:
        """Gives most new rows what the schema's defaults do not."""
        columns = self.schema["tables"][table]["columns"]
        for name in ("choice", "must", "name", "number"):
            if name in columns and self.random.random() < 0.97:
                row.setdefault(name, self.value(columns[name]))

    def where(self, table: str) -> list:
        r = self.random
        columns = self.schema["tables"][table]["columns"]
        clauses = []
        for _ in range(r.choice([0, 0, 1, 1, 1, 2])):
            if self.uuids[table] and r.random() < 0.4:
                clauses.append(["_uuid", r.choice(["==", "==", "==", "!=", "includes"]),
                                ["uuid", r.choice(self.uuids[table])]])
                continue
            name = r.choice(list(columns))
            function = r.choice(["==", "!=", "includes", "excludes", "<", "<=", ">", ">=", "=="])
            clauses.append([name, function, self.value(columns[name])])
        if r.random() < 0.02:
            clauses.append(r.choice([True, False, 5, ["x", "==", 1], ["_uuid", "<", 1]]))
        return clauses

    def mutation(self, table: str) -> list:
        r = self.random
        columns = self.schema["tables"][table]["columns"]
        name = r.choice(list(columns))
        column = columns[name]
        kind = column["type"]
        kind = {"key": kind} if isinstance(kind, str) else kind
        base = kind["key"] if isinstance(kind["key"], str) else kind["key"]["type"]
        if "value" in kind or kind.get("max", 1) != 1 and r.random() < 0.7 or "min" in kind:
            mutator = r.choice(["insert", "delete"])
            if mutator == "delete" and "value" in kind and r.random() < 0.5:
                return [name, mutator, ["set", [self.atom(kind["key"])]]]
            return [name, mutator, self.value(column)]
        mutator = r.choice(["+=", "-=", "*=", "/=", "%="])
        if mutator == "*=":
            # Open vSwitch 3.1 ends at a factor of 0.
            return [name, mutator, r.choice([1, 2, -3, 50])]
        return [name, mutator, self.atom(base) if r.random() < 0.9 else 0]

    def operation(self) -> dict:
        r = self.random
        table = r.choice(list(self.schema["tables"]))
        kind = r.choices(
            ["insert", "select", "update", "mutate", "delete", "wait", "comment", "abort", "commit",
             "assert", "nope"], [12, 3, 5, 6, 2, 1, 0.3, 0.1, 0.2, 0.1, 0.1])[0]
        operation: dict = {"op": kind}
        if kind in ("insert", "select", "update", "mutate", "delete", "wait"):
            operation["table"] = table if r.random() < 0.99 else "Nope"
        match kind:
            case "insert":
                operation["row"] = self.row(table, 0.35)
                self.complete(table, operation["row"])
                if self.reserved.get(table):
                    operation["uuid-name"] = self.reserved[table].pop()
            case "select":
                operation["where"] = self.where(table)
                columns = list(self.schema["tables"][table]["columns"]) + ["_uuid"]
                operation["columns"] = r.sample(columns, r.randint(1, len(columns)))
            case "update":
                operation |= {"where": self.where(table), "row": self.row(table, 0.15)}
                operation["row"].pop("name", None)
            case "mutate":
                operation |= {"where": self.where(table),
                              "mutations": [self.mutation(table) for _ in range(r.randint(1, 3))]}
            case "delete":
                operation["where"] = self.where(table)
            case "wait":
                name = r.choice(list(self.schema["tables"][table]["columns"]))
                column = self.schema["tables"][table]["columns"][name]
                operation |= {
                    "timeout": 0, "where": self.where(table), "columns": [name],
                    "until": r.choice(["==", "!=", "!=", "!="]),
                    "rows": [{name: self.value(column)} for _ in range(r.randint(0, 2))]}
            case "comment":
                operation["comment"] = "hello"
            case "commit":
                operation["durable"] = True
            case "assert":
                operation["lock"] = "nobody"
        if r.random() < 0.005:
            operation["extra"] = 1
        return operation

    def transaction(self) -> list[dict]:
        r = self.random
        # Names of rows that will likely be inserted, so that they may be referred to before.
        self.names = {table: [f"{table}{i}" for i in range(r.randint(0, 2))]
                      for table in self.schema["tables"]}
        self.reserved = {table: list(reversed(names)) for table, names in self.names.items()}
        operations = [self.operation() for _ in range(r.randint(1, 3))]
        for table, names in self.reserved.items():
            for name in list(names):
                if r.random() < 0.9:
                    row = self.row(table, 0.2)
                    self.complete(table, row)
                    operations.append(
                        {"op": "insert", "table": table, "row": row, "uuid-name": name})
        return operations


class Names:
    """Numbers the UUIDs of one server in the order that both gave them."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}

    def learn(self, uuid: str, number: int) -> None:
        self.known[uuid] = f"#{number}"

    def apply(self, value: object) -> object:
        if isinstance(value, list):
            if len(value) == 2 and value[0] == "uuid":
                # Named before it was inserted, or never inserted.
                return ["uuid", self.known.get(value[1], "#?")]
            if len(value) == 2 and value[0] in ("set", "map"):
                items = [self.apply(item) for item in value[1]]
                return [value[0], sorted(items, key=json.dumps)]
            return [self.apply(item) for item in value]
        if isinstance(value, dict):
            return {self.known.get(key, key): self.apply(item) for key, item in value.items()}
        if isinstance(value, float) and value.is_integer():
            return int(value)
        return value


def plain(result: object) -> object:
    """An operation's result without an error's words, its rows in an order."""
    if isinstance(result, dict) and "error" in result:
        return {"error": result["error"]}
    if isinstance(result, dict) and "rows" in result:
        return {"rows": sorted(result["rows"], key=lambda row: json.dumps(row, sort_keys=True))}
    return result


# What is wrong with a value. Of two wrong values in one operation, or two rows, either server may see its own first.
VALUE_ERRORS = {"syntax error", "constraint violation", "unknown column", "ovsdb error", "range error",
                "domain error"}


def agree(mine: object, other: object) -> bool:
    if mine == other:
        return True
    tags = [result.get("error") if isinstance(result, dict) else None for result in (mine, other)]
    return set(tags) <= VALUE_ERRORS


def dangles(schema: dict, rows: list) -> bool:
    """Whether there is a reference to a row that is not there."""
    there = {row["_uuid"][1] for result in rows for row in result["rows"]}
    return not set(re.findall(r'"uuid", "([^"]+)"', json.dumps(rows))) <= there


def everything(client: Client, schema: dict) -> list:
    tables = schema["tables"]
    return client.transact(
        *({"op": "select", "table": table, "where": [],
           "columns": ["_uuid", *tables[table]["columns"]]} for table in tables),
        database=schema["name"])


def renamed(value: object, names: dict[str, str]) -> object:
    """The request for the peer: its own UUIDs for the same rows."""
    if isinstance(value, list):
        return [renamed(item, names) for item in value]
    if isinstance(value, dict):
        return {key: renamed(item, names) for key, item in value.items()}
    return names.get(value, value) if isinstance(value, str) else value


def compare(schema: dict, ours: Server, theirs: Server, seed: int, count: int) -> dict[str, int]:
    generator = Generator(schema, seed)
    clients = ours.client(), theirs.client()
    names = Names(), Names()
    peers: dict[str, str] = {}
    outcomes: dict[str, int] = {}
    for number in range(count):
        operations = generator.transaction()
        ask = [operations, renamed(operations, peers)]
        try:
            answers = [client.ask("transact", schema["name"], *request)
                       for client, request in zip(clients, ask)]
        except EOFError:
            pytest.fail(f"a server ended at {json.dumps(ask[1])}")
        results = [answer["result"] for answer in answers]
        for mine, other in zip(*results):
            if mine and other and "uuid" in mine and "uuid" in other:
                key = len(names[0].known)
                names[0].learn(mine["uuid"][1], key)
                names[1].learn(other["uuid"][1], key)
                peers[mine["uuid"][1]] = other["uuid"][1]
        pair = [[plain(name.apply(result)) for result in answer]
                for name, answer in zip(names, results)]
        rows = [[plain(name.apply(result)) for result in everything(client, schema)]
                for name, client in zip(names, clients)]
        if dangles(schema, rows[1]):
            # Open vSwitch 3.1 sometimes leaves a weak reference to a row it has collected (RFC 7047,
            # section 3.2, has it removed). Nothing can be compared from there on.
            assert not dangles(schema, rows[0])
            break
        agreed = len(pair[0]) == len(pair[1]) and all(map(agree, *pair))
        assert agreed, f"seed {seed}, transaction {number}: {json.dumps(operations)}\n" \
            f"ours   {json.dumps(results[0])}\ntheirs {json.dumps(results[1])}"
        last = pair[0][-1] if len(pair[0]) > len(operations) else \
            next((result for result in pair[0] if result and "error" in result), None)
        tag = last["error"] if last else "done"
        outcomes[tag] = outcomes.get(tag, 0) + 1
        differences = [
            (table, [row for row in mine["rows"] if row not in other["rows"]],
             [row for row in other["rows"] if row not in mine["rows"]])
            for table, mine, other in zip(schema["tables"], *rows) if mine != other]
        assert not differences, \
            f"seed {seed}, after transaction {number}: {json.dumps(operations)}\n{differences}"
        for table, result in zip(schema["tables"], everything(clients[0], schema)):
            # In the order they came, so that a seed means the same each time.
            order = list(names[0].known)
            generator.uuids[table] = sorted((row["_uuid"][1] for row in result["rows"]),
                                            key=order.index)
    return outcomes


@pytest.mark.parametrize("seed", range(20 if IS_LONG else 3))
def test_random_transactions_end_as_with_open_vswitch(
        start: Callable[..., Server], start_peer: Callable[..., Server], tmp_path: Path,
        seed: int) -> None:
    path = tmp_path / "example.ovsschema"
    path.write_text(json.dumps(EXAMPLE))
    outcomes = compare(EXAMPLE, start(path), start_peer(path), seed, 1500 if IS_LONG else 500)
    # It is no test if nearly all of them fail.
    assert outcomes["done"] > 40, outcomes
    for tag in ("constraint violation", "referential integrity violation", "syntax error"):
        assert outcomes.get(tag), outcomes


def test_random_transactions_on_the_switch_schema(
        server: Server, start_peer: Callable[..., Server]) -> None:
    schema = json.loads(SCHEMA.read_text())
    compare(schema, server, start_peer(), 7, 1500 if IS_LONG else 200)
