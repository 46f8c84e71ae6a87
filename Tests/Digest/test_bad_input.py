"""What goes wrong around `martlet sha256`: the words and the status that people know."""

import os
import pty
import resource
import shutil
import signal
import subprocess

import pytest
from beside import MARTLET, compare, run, same, same_in_shell

MILLION = "head -c 1000000 /dev/zero"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "short").write_bytes(b"hello\n")
    (tmp_path / "list").write_bytes(run(tmp_path, ["sha256sum", "short"]).stdout)
    return tmp_path


# Lost output


@pytest.mark.parametrize("arguments", ["short", "-c list", "short missing"])
@pytest.mark.parametrize("output", [">/dev/full", ">&-"])
def test_lost_output_is_no_success(folder, arguments, output):
    ours = run(folder, ["sh", "-c", f'"$@" {arguments} {output}', "sh", MARTLET, "sha256"])
    theirs = run(folder, ["sh", "-c", f'"$@" {arguments} {output}', "sh", "sha256sum"])
    assert ours.returncode == theirs.returncode == 1
    assert b"write error" in ours.stderr and b"write error" in theirs.stderr


def test_a_reader_that_leaves_ends_the_run(folder):
    for restores, status in [(True, -signal.SIGPIPE), (False, 1)]:
        results = []
        for command in [[MARTLET, "sha256"], ["sha256sum"]]:
            reader, writer = os.pipe()
            os.close(reader)
            # Python ignores the signal; without restoring, so do its children.
            results.append(
                subprocess.run(
                    [*command, "short"], cwd=folder, stdout=writer, stderr=subprocess.PIPE,
                    restore_signals=restores, timeout=60,
                )
            )  # fmt: skip
            os.close(writer)
        ours, theirs = results
        assert ours.returncode == theirs.returncode == status
        assert (b"write error" in ours.stderr) == (b"write error" in theirs.stderr) != restores


# Streams


@pytest.mark.parametrize("script", [
    '"$@" - - <short', f'{MILLION} | "$@" - -', f'{MILLION} | "$@" /dev/stdin -',
    f'{MILLION} | "$@" - short /dev/stdin short', '"$@" /dev/stdin /dev/stdin <short',
    '"$@" /dev/null short /dev/null',
])  # fmt: skip
def test_a_stream_is_read_by_the_first_that_names_it(folder, script):
    assert same_in_shell(folder, script).returncode == 0


def test_a_list_may_name_a_stream_twice(folder):
    million = run(folder, ["sh", "-c", f"{MILLION} | sha256sum"]).stdout
    nothing = run(folder, ["sha256sum"], input=b"").stdout
    (folder / "twice").write_bytes(million + nothing)
    assert same_in_shell(folder, f'{MILLION} | "$@" -c twice').returncode == 0


def test_pipes_are_read_one_after_the_other(folder):
    # More than a pipe holds: who fills the first must be done before the second is opened.
    script = """
        rm -f f1 f2; mkfifo f1 f2
        (head -c 500000 /dev/zero >f1; head -c 300000 /dev/zero >f2) &
        "$@" short f1 short f2 short; status=$?; wait; exit $status
    """
    assert same_in_shell(folder, script).returncode == 0


# Descriptors


@pytest.mark.parametrize("arguments", ["short", "-", "short -", "- -", "- short missing"])
def test_closed_input_is_not_taken_for_a_file(folder, arguments):
    ours = run(folder, ["sh", "-c", f'"$@" {arguments} <&-', "sh", MARTLET, "sha256"])
    theirs = run(folder, ["sh", "-c", f'"$@" {arguments} <&-', "sh", "sha256sum"])
    assert (ours.stdout, ours.returncode) == (theirs.stdout, theirs.returncode)
    # Theirs says once more at its end that standard input could not be closed.
    said = theirs.stderr.replace(b"sha256sum: standard input: Bad file descriptor\n", b"")
    assert ours.stderr.replace(b"martlet sha256", b"sha256sum") == said


@pytest.mark.parametrize("limit", [5, 8, 12])
def test_few_descriptors_are_enough(folder, limit):
    names = [f"file-{index}" for index in range(80)]
    for index, name in enumerate(names):
        (folder / name).write_bytes(bytes([index]) * 1000 * index)

    def lower():
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))

    assert same(folder, *names, preexec_fn=lower).returncode == 0


def test_no_descriptor_is_said(folder):
    # The list itself has the last one.
    result = same_in_shell(folder, 'ulimit -n 4; exec "$@" -c list')
    assert b"Too many open files" in result.stderr


# Names


def test_a_name_need_not_be_text(folder):
    for name in [b"\xff\xfe", b"caf\xe9", b"\xc3", b"a\x80b"]:
        (folder / os.fsdecode(name)).write_bytes(name)
    names = [b"\xff\xfe", b"caf\xe9", b"short", b"\xc3", b"a\x80b", b"\xff\xfe", b"\xfe\xff"]
    assert same(folder, *names).returncode == 1
    assert same(folder, "-b", "--", *names).returncode == 1


NAMES = [
    "no such", "it's", "a\nb", "a\n\nb\n", "é", b"\xff", "é b", "日本", "a:b", "#a", "a#", "~", "a~'",
    "{", "{a", "it's{", "#it's", "it's#", "a=b", "", "a?", "a\\b", "it's a", "it's$", "a\tb", "\x01x",
    "x\x01", "'", "a,b+c%d@e", "\x7f", "it's:", "\u0085", b"\xc3x", "[]", "a]'",
]  # fmt: skip


@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_names_play_no_tricks_on_a_terminal(folder, locale):
    environment = {**os.environ, "LC_ALL": locale}
    assert same(folder, "--", *NAMES, env=environment).returncode == 1


# Files


def test_a_file_without_permission_is_said(folder):
    (folder / "secret").write_bytes(b"x")
    (folder / "secret").chmod(0)
    prefix = []
    if os.getuid() == 0:
        # Root without the right to read everything.
        prefix = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
    theirs = run(folder, [*prefix, "sha256sum", "short", "secret", "short"])
    compare(run(folder, [*prefix, MARTLET, "sha256", "short", "secret", "short"]), theirs)
    assert b"Permission denied" in theirs.stderr and theirs.returncode == 1


def test_a_read_that_fails_is_said(folder):
    assert same(folder, "short", "/proc/self/mem", "short").returncode == 1
    assert same(folder, "-c", "/proc/self/mem").returncode == 1


def test_the_longest_files_have_a_bar_too():
    shared = "/dev/shm"
    if not os.path.isdir(shared):
        pytest.skip("needs a file system for files of any length")
    name = f"{shared}/martlet-{os.getpid()}"
    main, other = pty.openpty()
    try:
        with open(name, "wb") as file:
            os.truncate(file.fileno(), (1 << 63) - 1)
        hasher = subprocess.Popen([MARTLET, "sha256", name, name], stderr=other)
        os.close(other)
        assert b"GB/s" in os.read(main, 4096)
        hasher.kill()
        assert hasher.wait(timeout=60) == -signal.SIGKILL
    finally:
        os.unlink(name)
        os.close(main)


# Measurements


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="CPUID is x86's")
@pytest.mark.skipif(not shutil.which("objdump"), reason="needs binutils")
@pytest.mark.parametrize("function", ["martlet_fill_vectors", "martlet_fill_and_clear_vectors"])
def test_nothing_asks_the_processor_what_it_has_while_a_clock_runs(function):
    code = run("/", ["objdump", "-d", "--no-show-raw-insn", f"--disassemble={function}", MARTLET])
    text = code.stdout.decode()
    assert "ymm15" in text and "ret" in text
    # In a virtual machine CPUID takes longer than the switch of threads that is measured.
    assert "cpuid" not in text and "call" not in text
