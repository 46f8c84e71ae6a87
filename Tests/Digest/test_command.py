"""`martlet sha256` beside `sha256sum`: the same lines, the same messages, the same exit status."""

import os
import pty
import subprocess

import pytest
from beside import MARTLET, run, same

# The digest of nothing that is in these tests.
WRONG = "0" * 64


@pytest.fixture
def folder(tmp_path):
    """Files of several lengths, and lists of digests that are right, wrong and none."""
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "short").write_bytes(b"hello\n")
    (tmp_path / "long").write_bytes(bytes(range(256)) * 5000)
    (tmp_path / "two words").write_bytes(b"2")
    (tmp_path / "line\nfeed").write_bytes(b"3")
    (tmp_path / "back\\slash").write_bytes(b"4")
    (tmp_path / "folder").mkdir()
    names = ["empty", "short", "long", "two words", "line\nfeed", "back\\slash"]
    right = run(tmp_path, ["sha256sum", *names]).stdout
    (tmp_path / "right.sums").write_bytes(right)
    (tmp_path / "tagged.sums").write_bytes(run(tmp_path, ["sha256sum", "--tag", *names]).stdout)
    (tmp_path / "crlf.sums").write_bytes(right.replace(b"\n", b"\r\n"))
    mixed = f"# comment\n{WRONG}  short\nrubbish\n{WRONG}  missing\n".encode() + right[:67]
    (tmp_path / "mixed.sums").write_bytes(mixed)
    (tmp_path / "missing.sums").write_text(f"{WRONG}  missing\n{WRONG}  gone\n")
    (tmp_path / "rubbish.sums").write_text("no digest\nagain none\n")
    (tmp_path / "truncated.sums").write_bytes(right[:50])
    (tmp_path / "folder.sums").write_text(f"{WRONG}  folder\n")
    (tmp_path / "void.sums").write_text("")
    (tmp_path / "binary.sums").write_bytes(bytes(range(256)) * 40)
    return tmp_path


@pytest.mark.parametrize("option", [[], ["-b"], ["--binary"], ["-t"], ["--tag"], ["-z"], ["--zero"]])
def test_sums_are_the_same(folder, option):
    names = ["empty", "short", "long", "two words", "line\nfeed", "back\\slash", "short"]
    result = same(folder, *option, *names)
    assert result.returncode == 0 and result.stdout


def test_standard_input_is_read(folder):
    assert b"  -" in same(folder, input=b"some bytes" * 100_000).stdout
    same(folder, "-", "short", input=b"")
    same(folder, "-c", input=(folder / "right.sums").read_bytes())
    same(folder, "-c", "-", input=(folder / "right.sums").read_bytes())


@pytest.mark.parametrize("name", ["missing", "folder", "short/below", "x" * 300])
def test_what_is_no_file_is_said(folder, name):
    assert same(folder, "short", name, "long").returncode == 1


LISTS = [
    "right", "tagged", "crlf", "mixed", "missing", "rubbish", "truncated", "folder", "void",
    "binary", "not-there",
]  # fmt: skip


@pytest.mark.parametrize("option", [
    [], ["--quiet"], ["--status"], ["--strict"], ["--warn"], ["-w"], ["--ignore-missing"],
])  # fmt: skip
@pytest.mark.parametrize("name", LISTS)
def test_checks_are_the_same(folder, name, option):
    same(folder, "-c", *option, f"{name}.sums")


def test_several_lists_are_checked(folder):
    assert same(folder, "-c", "right.sums", "tagged.sums").returncode == 0
    assert same(folder, "-c", "right.sums", "rubbish.sums", "folder").returncode == 1
    assert same(folder, "-c", "folder").returncode == 1


@pytest.mark.parametrize("options", [
    ["--quiet"], ["--status"], ["--strict"], ["--warn"], ["--ignore-missing"], ["-c", "--tag"],
    ["-c", "-b"], ["-c", "-t"], ["-c", "-z"], ["-c", "--tag", "-z"], ["--tag", "-t"],
    ["-b", "--tag", "-t"], ["--quiet", "--status"], ["--strict", "-w"],
])  # fmt: skip
def test_options_that_do_not_go_together_are_refused(folder, options):
    assert same(folder, *options, "short").returncode == 1


@pytest.mark.parametrize("options", [["-t", "-b"], ["-b", "-t"], ["-t", "--tag"], ["--tag", "-t", "-b"]])
def test_the_last_mark_holds(folder, options):
    assert same(folder, *options, "short").returncode == 0


@pytest.mark.parametrize("options", [
    ["--status", "--quiet"], ["--quiet", "--status"], ["--warn", "--quiet"], ["--status", "-w"],
    ["--quiet", "-w"], ["-w", "--status"],
])  # fmt: skip
def test_the_last_word_on_what_is_said_holds(folder, options):
    same(folder, "-c", *options, "mixed.sums")


def test_an_unknown_option_has_the_status_that_people_know(folder):
    ours = run(folder, [MARTLET, "sha256", "--bogus", "short"])
    theirs = run(folder, ["sha256sum", "--bogus", "short"])
    assert ours.returncode == theirs.returncode == 1
    assert b"--bogus" in ours.stderr and not ours.stdout


def test_hundreds_of_files_stay_in_order(folder):
    names = []
    for index in range(300):
        name = f"file-{index}"
        (folder / name).write_bytes(bytes([index & 255]) * (index * 977 % 9000))
        names.append(name)
    same(folder, *names)
    sums = run(folder, ["sha256sum", *names]).stdout
    (folder / "many.sums").write_bytes(sums)
    assert same(folder, "-c", "many.sums").returncode == 0


def test_a_terminal_gets_a_bar_and_a_pipe_none(folder):
    # A pipe that is slow enough for the bar to come: half a second.
    command = f"(sleep 1; cat long; sleep 1; cat long) | '{MARTLET}' sha256 -"
    main, other = pty.openpty()
    result = subprocess.run(
        ["sh", "-c", command], cwd=folder, stdout=subprocess.PIPE, stderr=other, timeout=60
    )
    os.close(other)
    shown = b""
    try:
        while piece := os.read(main, 65536):
            shown += piece
    except OSError:
        pass  # The other end is closed, and all is read.
    os.close(main)
    assert b"GB/s" in shown and shown.endswith(b"\r\x1b[K")
    assert result.stdout.endswith(b"  -\n")
    assert run(folder, ["sh", "-c", command]).stderr == b""


def test_the_measurements_run(folder):
    result = run(folder, [MARTLET, "sha256", "--bench"])
    assert result.returncode == 0
    for word in [b"GB/s", b"Cycles a byte", b"16 B", b"1 MiB", b"Swift", b"A switch of threads"]:
        assert word in result.stdout
