"""Lists of digests for `martlet sha256 -c`, well written and not, beside `sha256sum`."""

import hashlib
import subprocess

import pytest
from beside import MARTLET, same

GOOD = hashlib.sha256(b"hello\n").hexdigest()


@pytest.fixture
def folder(tmp_path):
    for name in ["short", " short", "sh\\ort", "sh\rort", "(x) = y", "line\nfeed"]:
        (tmp_path / name).write_bytes(b"hello\n")
    return tmp_path


LINES = [
    # OpenSSL's form, and others with and without spaces.
    "SHA256(short)= {}", "SHA256 (short)={}", "SHA256 (short)= {}", "SHA256 (short) =\t{}",
    "SHA256 (short)\t =  {}", "SHA256 ((x) = y) = {}", "  SHA256 (short) = {}",
    "SHA256  (short) = {}", "SHA256(short) {}", "SHA256 (short) = {} ", "SHA256 () = {}",
    "SHA256 (short = {}", "SHA256 (short) = 0{}", "SHA1 (short) = {}", "SHA256", "SHA256 (",
    "\\SHA256 (line\\nfeed) = {}", "\\SHA256 (line\\feed) = {}", "SHA256 (short) = \\{}",
    # A zero byte.
    "{}  short\0tail", "SHA256 (short) = {}\0tail", "SHA256 (short\0x) = {}", "\\{}  short\0x",
    "{}  \0x", "{}\0 short",
    # Blanks and ends.
    "{}  short ", "{}   short", "{}\tshort", "{} \tshort", "{}  ", "{}   ", "{} ", "{} *", "{}",
    "\t {}  short", "{}  short\r", "{}  short\r\r", "", "\r", " ", "\t\r", " # no comment", "#",
    # Backslashes.
    "{}  sh\\ort", "\\{}  sh\\\\ort", "\\{}  sh\\rort", "\\{}  sh\\", "\\\\{}  short", "{}  sh\rort",
    "\\{}  line\\nfeed",
]  # fmt: skip


@pytest.mark.parametrize("line", LINES)
def test_a_line_means_the_same(folder, line):
    text = line.format(GOOD).encode()
    for end in [b"", b"\n"]:
        (folder / "list").write_bytes(text + end)
        same(folder, "-c", "list")
    (folder / "list").write_bytes(f"{GOOD}  short\n\n".encode() + text + b"\n\r\nrubbish\n")
    same(folder, "-c", "--warn", "--strict", "list")


@pytest.mark.parametrize("lines", [
    ["{} short", "{}  short", "{} *short"], ["{}  short", "{} short"], ["{}\tshort", "{}  short"],
    ["SHA256 (short) = {}", "{} short", "{}  short"], ["{} *", "{}  short"],
    ["g {}", "{}  short", "{} short", "{} *short"],
])  # fmt: skip
def test_a_run_keeps_to_one_form(folder, lines):
    (folder / "list").write_text("".join(f"{line}\n" for line in lines).format(*[GOOD] * 9))
    assert same(folder, "-c", "-w", "list").returncode in (0, 1)
    (folder / "other").write_text(f"{GOOD} *short\n{GOOD} short\n")
    same(folder, "-c", "-w", "list", "other")
    same(folder, "-c", "-w", "other", "list")


def test_blank_lines_are_no_fault(folder):
    (folder / "list").write_text(f"\n{GOOD}  short\n\r\n\n")
    assert same(folder, "-c", "--strict", "list").returncode == 0


def test_a_list_from_standard_input_does_not_name_it(folder):
    text = f"{GOOD}  -\n{GOOD}  short\n".encode()
    same(folder, "-c", "-w", input=text)
    (folder / "list").write_bytes(text)
    same(folder, "-c", "list", input=b"hello\n")


def test_lines_are_checked_as_they_come(folder):
    checker = subprocess.Popen(
        [MARTLET, "sha256", "-c"], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    for _ in range(3):
        checker.stdin.write(f"{GOOD}  short\n{GOOD}  sh".encode())
        checker.stdin.flush()
        # The first line of each piece; the second has no end yet.
        assert checker.stdout.readline() == b"short: OK\n"
        checker.stdin.write(b"ort\n")
        checker.stdin.flush()
        assert checker.stdout.readline() == b"short: OK\n"
    checker.stdin.close()
    assert checker.wait(timeout=60) == 0
