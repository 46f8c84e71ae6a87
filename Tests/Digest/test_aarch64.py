"""SHA-256 for aarch64, in Swift and with the instructions of ARMv8, under qemu-aarch64.

Builds MartletDigest as Embedded Swift with the toolchain's compilers, without a C library, and
compares its digests with Python's and with NIST's vectors.
"""

import hashlib
import os
import random
import struct
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DIGEST = ROOT / "Sources/MartletDigest"
ASSEMBLY = ROOT / "Sources/CMartletDigest"
PROGRAM = Path(__file__).parent / "aarch64"
PATHS = ["Swift", "ARMv8"]


def tool(name):
    """A tool of the Swift toolchain: the one beside swiftc."""
    swiftc = subprocess.run(["which", "swiftc"], capture_output=True, text=True, check=True)
    return str(Path(os.path.realpath(swiftc.stdout.strip())).parent / name)


def build(folder):
    """Builds the program; returns its path."""
    swift = [
        "swiftc", "-target", "aarch64-none-none-elf", "-O", "-wmo", "-parse-as-library",
        "-enable-experimental-feature", "Embedded", "-enable-experimental-feature", "Lifetimes",
        "-enable-experimental-feature", "RawLayout", "-enable-experimental-feature", "Extern",
        "-enable-upcoming-feature", "InternalImportsByDefault", "-Xfrontend", "-disable-stack-protector", "-I", ASSEMBLY / "include",
        "-I", folder, "-c",
    ]  # fmt: skip
    clang = [
        tool("clang"), "--target=aarch64-none-elf", "-ffreestanding", "-fno-builtin",
        "-fno-stack-protector", "-O2", "-Wall", "-Werror", "-I", ASSEMBLY / "include", "-c",
    ]  # fmt: skip
    header = ASSEMBLY / "include/CMartletDigest.h"
    module_map = f'module CMartletDigest {{ header "{header}" export * }}'
    (folder / "module.modulemap").write_text(module_map)
    objects = []

    def compile(command, output):
        subprocess.run([*command, "-o", folder / output], check=True)
        objects.append(folder / output)

    module = folder / "MartletDigest.swiftmodule"
    compile(
        [*swift, "-module-name", "MartletDigest", "-emit-module", "-emit-module-path", module]
        + sorted(DIGEST.rglob("*.swift")),
        "digest.o",
    )
    compile([*swift, "-module-name", "Program", PROGRAM / "Main.swift"], "main.o")
    compile([*clang, ASSEMBLY / "aarch64/ARMv8.S"], "armv8.o")
    compile([*clang, ASSEMBLY / "Constants.S"], "constants.o")
    compile([*clang, ASSEMBLY / "Processor.c"], "processor.o")
    compile([*clang, PROGRAM / "Platform.c"], "platform.o")
    program = folder / "program"
    subprocess.run([tool("ld.lld"), "--gc-sections", "-o", program, *objects], check=True)
    return program


def vector_messages():
    """NIST's messages with their digests; none where the vectors were not fetched."""
    vectors = os.environ.get("MARTLET_VECTORS")
    for name in ["SHA256ShortMsg", "SHA256LongMsg"] if vectors else []:
        path = Path(vectors) / f"cryptography_vectors/hashes/SHA2/{name}.rsp"
        fields = {}
        for line in path.read_text().splitlines():
            key, separator, value = line.partition(" = ")
            if not separator:
                continue
            fields[key] = value
            if key == "MD":
                yield bytes.fromhex(fields["Msg"])[: int(fields["Len"]) // 8], bytes.fromhex(value)


def random_messages():
    """Messages of every short length and some long ones, with Python's digests."""
    generator = random.Random(1)
    for length in [*range(0, 200), *(generator.randrange(70_000) for _ in range(40))]:
        message = generator.randbytes(length)
        yield message, hashlib.sha256(message).digest()


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    return build(tmp_path_factory.mktemp("aarch64"))


@pytest.mark.parametrize("path", PATHS)
def test_digests_are_right(program, path):
    cases = [*random_messages(), *vector_messages()]
    number = PATHS.index(path)
    requests = b"".join(struct.pack("<BI", number, len(message)) + message for message, _ in cases)
    result = subprocess.run(
        ["qemu-aarch64", program], input=requests, capture_output=True, timeout=120
    )
    assert result.returncode == 0, result.stderr
    assert len(result.stdout) == 32 * len(cases)
    for index, (message, digest) in enumerate(cases):
        assert result.stdout[32 * index : 32 * index + 32] == digest, f"{len(message)} bytes"
