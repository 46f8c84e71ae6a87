"""Arguments: help that helps, errors that say what and where, statuses that a script can use."""

import os

import pytest

COMMANDS = [
    "up", "node", "kernel", "netstat", "nc", "ping", "capture", "dump", "impair", "sha256",
]


def test_help_names_every_command(martlet):
    result = martlet("--help")
    assert result.returncode == 0
    for command in COMMANDS:
        assert f"  {command} " in result.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_command_has_help(martlet, command):
    result = martlet(command, "--help")
    assert result.returncode == 0
    assert result.stdout.startswith("OVERVIEW: ")
    assert "USAGE: martlet " + command in result.stdout
    # A default as a user would type it, not as Swift prints a value.
    assert "NodeName(" not in result.stdout


def test_version(martlet):
    assert martlet("--version").stdout.count(".") == 2


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_names_commands(martlet, shell):
    result = martlet("--generate-completion-script", shell)
    assert result.returncode == 0
    assert "netstat" in result.stdout and "address" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["fly"], ["fly"]),
        (["impair", "tap0", "tap0"], ["tap0", "twice"]),
        (["impair", "tap0", "tap1", "--loss", "101"], ["101", "--loss", "percent"]),
        (["impair", "tap0", "tap1", "--loss", "1.00001"], ["1.00001", "--loss"]),
        (["impair", "tap0", "tap1", "--rate", "10Q"], ["10Q", "--rate"]),
        (["impair", "tap0", "tap1", "--delay", "1,2,3"], ["1,2,3", "--delay"]),
        (["up", "--prot", "8080"], ["--prot"]),
        (["house", "open", "B", "--minutes", "31"], ["30 minutes"]),
        # Times sixty it would come round to one minute.
        (["house", "open", "B", "--minutes", str(2**62 + 1)], ["30 minutes"]),
        (["house", "open", "B", "--seconds", "0"], ["1 second"]),
        (["up", "--port", "0"], ["--port", "65535"]),
        (["up", "--port", "65536"], ["--port", "65536"]),
        (["node", "--tap", "t0"], ["--address"]),
        (["node", "--tap", "t0", "--address", "10.0.0.300/24"], ["10.0.0.300/24"]),
        (["node", "--tap", "t0", "--address", "10.0.0.2/33"], ["10.0.0.2/33"]),
        (["node", "--tap", "t0", "--address", "10.0.0.0/24"], ["10.0.0.0/24", "not a host"]),
        (["node", "--tap", "t0", "--address", "10.0.0.255/24"], ["10.0.0.255/24", "not a host"]),
        (["node", "--tap", "t0", "--address", "224.0.0.1/24"], ["224.0.0.1/24", "not a host"]),
        (
            ["node", "--tap", "t0", "--address", "10.0.0.2/24", "--gateway", "10.0.1.1"],
            ["--gateway", "10.0.1.1", "10.0.0.2/24"],
        ),
        (
            ["node", "--tap", "t0", "--address", "10.0.0.2/24", "--mac", "01:00:00:00:00:01"],
            ["--mac", "group"],
        ),
        (["node", "--tap", "t0", "--address", "10.0.0.2/24", "--mac", "1:2"], ["--mac", "1:2"]),
        (["node", "--tap", "t0", "--address", "10.0.0.2/24", "--name", "a/b"], ["--name", "a/b"]),
        (["node", "--tap", "a-name-that-is-too-long", "--address", "10.0.0.2/24"], ["15 bytes"]),
        (["nc", "10.0.0.1", "0"], ["port"]),
        (["nc", "nowhere", "80"], ["nowhere"]),
        (["ping", "-c", "0", "10.0.0.1"], ["--count"]),
        (["ping", "-s", "65508", "10.0.0.1"], ["--size", "65507"]),
        (["ping", "-i", "0", "10.0.0.1"], ["--interval"]),
        (["ping", "255.255.255.255"], ["255.255.255.255"]),
        (["capture", "-n", "0"], ["-n"]),
        (["capture", "tpc", "port", "80"], ["tpc", "^"]),
    ],
)
def test_wrong_argument_is_named(martlet, arguments, words):
    result = martlet(*arguments)
    assert result.returncode == 64
    assert result.stdout == ""
    for word in words:
        assert word in result.stderr


def test_node_that_is_not_there(martlet):
    result = martlet("netstat", "--node", "nobody")
    assert result.returncode == 66
    assert "nobody" in result.stderr and "martlet up" in result.stderr


def test_path_that_is_too_long(martlet):
    result = martlet("netstat", "--control", "/tmp/" + "x" * 200)
    assert result.returncode == 64


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["node", "--tap", "mt-no-such", "--address", "10.0.0.2/24"], []),
        (["up", "--tap", "mt-no-such"], ["leave --tap out"]),
    ],
)
@pytest.mark.skipif(not os.path.exists("/dev/net/tun"), reason="there is no /dev/net/tun")
def test_missing_privilege_says_how_to_go_on(martlet, run_folder, arguments, words):
    options = {}
    if os.geteuid() == 0:
        # As nobody, who must be able to make the run folder.
        run_folder.parent.chmod(0o777)
        for folder in run_folder.parent.parents:
            if folder.stat().st_uid == 0 and folder.stat().st_mode & 0o055 == 0:
                folder.chmod(folder.stat().st_mode | 0o055)
        options = {"user": 65534, "group": 65534, "extra_groups": []}
    result = martlet(*arguments, **options)
    assert result.returncode == 77, result.stderr
    assert "permission" in result.stderr or "ip tuntap add" in result.stderr
    for word in words:
        assert word in result.stderr
