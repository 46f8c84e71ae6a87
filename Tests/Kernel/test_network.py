"""The kernel on a network: this machine is its peer over a TAP device."""

import os
import re

import pytest

import peers
import qemu
from link import Namespace, card

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="network namespaces need root")

MODELS = ["rtl8139", "virtio-net-pci"]


def ping(namespace, *options, to="192.0.2.2"):
    """Pings the kernel; returns what was sent and what came back."""
    text = namespace.run("ping", "-q", *options, to, check=False)
    sent, received = re.search(r"(\d+) packets transmitted, (\d+) received", text).groups()
    print(text)
    return int(sent), int(received)


@pytest.fixture
def namespace():
    with Namespace() as space:
        yield space


@pytest.mark.parametrize("machine", ["pc", "q35"])
@pytest.mark.parametrize("model", MODELS)
def test_answers_ping_of_every_length(namespace, model, machine):
    with peers.boot(namespace, model, machine=machine, memory=32):
        for length in [0, 1, 18, 56, 1472, 1473, 8000, 65507]:
            assert ping(namespace, "-c", "3", "-i", "0.01", "-s", length) == (3, 3), length


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("controller", ["", "noapic"])
def test_loses_no_ping_while_a_thread_burns_the_processor(namespace, model, controller):
    with peers.boot(namespace, model, f"burn {controller}"):
        assert ping(namespace, "-c", "1000", "-i", "0.002") == (1000, 1000)


@pytest.mark.parametrize("machine", ["pc", "q35"])
@pytest.mark.parametrize("command_line, card_options, way", [
    ("", "", "messages"),
    ("nomsi", "", "line"),
    ("noapic", "", "line"),
    ("", ",vectors=0", "line"),
])
def test_virtio_interrupts_by_messages_or_by_its_line(
        namespace, machine, command_line, card_options, way):
    with peers.boot(namespace, "virtio-net-pci" + card_options, command_line, machine=machine) as kernel:
        assert [line for line in kernel.lines if "virtio-net at " in line and f", {way}" in line]
        # An interrupt that is not delivered shows: nothing polls.
        assert ping(namespace, "-c", "100", "-i", "0.005", "-W", "1") == (100, 100)


def test_finds_its_way_to_a_user_mode_network():
    """The address conflict probe of nobody and the gateway of QEMU's own stack."""
    machine = qemu.Machine(
        "ip=10.0.2.15/24 gw=10.0.2.2", "-netdev", "user,id=n0", "-device", "rtl8139,netdev=n0")
    with machine:
        machine.expect("^net: eth0: RTL8139 at 00:02.0, line [0-9]+, 52:54:00:12:34:56$")
        machine.expect("^net: eth0 has 10.0.2.15/24$")
        machine.expect("^net: default route through 10.0.2.2$")
        machine.expect("^net: ready$")


@pytest.mark.parametrize("words, complaint", [
    ("ip=192.0.2.2", "eth0: ip= wants ADDRESS/LENGTH"),
    ("ip=192.0.2.256/24", "eth0: ip= wants ADDRESS/LENGTH"),
    ("ip=192.0.2.0/24", "eth0 cannot have 192.0.2.0/24"),
    ("ip=255.255.255.255/32", "eth0 cannot have"),
    ("ip=192.0.2.2/24 gw=198.51.100.1", "gw=198.51.100.1 lies in no network"),
    ("gw=nobody", "gw= wants an address"),
])
def test_a_wrong_address_is_said_and_does_no_harm(words, complaint):
    with qemu.Machine(words, "-netdev", "user,id=n0", "-device", "rtl8139,netdev=n0") as machine:
        machine.expect(complaint)
        machine.expect("^net: ready$")


def test_says_that_there_is_no_card():
    with qemu.Machine() as machine:
        machine.expect("^net: no card that this kernel drives$")
        machine.expect("^net: ready$")


@pytest.mark.parametrize("arguments, command_line, source", [
    (["-cpu", "max"], "", "256 bits, from RDRAND"),
    (["-device", "virtio-rng-pci"], "", "128 bits, from virtio-rng"),
    ([], "seed=00112233445566778899aabbccddeeff", "128 bits, from the command line"),
    ([], "", "128 bits, from the jitter of the clock"),
])
def test_names_the_source_of_its_entropy(arguments, command_line, source):
    with qemu.Machine(command_line, *arguments) as machine:
        machine.expect(f"^entropy: {source}$")
        machine.expect("^net: ready$")


def test_credits_no_entropy_to_a_clock_that_does_not_jitter():
    with qemu.Machine("", "-icount", "shift=0,sleep=off") as machine:
        machine.expect("^entropy: [0-9]+ bits of 128: the network waits for more$")


@pytest.mark.parametrize("machine", ["pc", "q35"])
def test_drives_several_cards_of_both_kinds(namespace, machine):
    models = ["rtl8139", "virtio-net-pci", "rtl8139", "virtio-net-pci"]
    words, arguments = [], []
    for index, model in enumerate(models):
        arguments += card(model, namespace.tap(f"10.0.{index}.1/24"), index)
        arguments[-1] += f",mac=52:54:00:00:00:0{index + 1}"
        words.append(f"ip=10.0.{index}.2/24")
    with qemu.Machine(" ".join(words), *arguments, namespace=namespace, machine=machine) as kernel:
        kernel.expect("^net: ready$")
        for index in range(4):
            target = f"10.0.{index}.2"
            assert ping(namespace, "-c", "20", "-i", "0.01", "-s", "3000", to=target) == (20, 20)


@pytest.mark.parametrize("models", [("rtl8139", "virtio-net-pci"), ("virtio-net-pci", "rtl8139")])
def test_forwards_between_two_cards(models):
    """Two namespaces that know each other only through the kernel."""
    with Namespace() as left, Namespace() as right:
        arguments = [word for index, model in enumerate(models)
                     for word in card(model, left.tap(*["10.0.1.1/24"][index:]), index)]
        arguments[-1] += ",mac=52:54:00:00:00:02"
        with qemu.Machine("forward ip=10.0.1.2/24 ip=10.0.2.2/24", *arguments,
                          namespace=left) as kernel:
            kernel.expect("^net: ready$")
            # QEMU holds the device, which goes on wherever it is moved.
            left.run("ip", "link", "set", "tap1", "netns", right.name)
            right.run("ip", "address", "add", "10.0.2.1/24", "dev", "tap1")
            right.run("ip", "link", "set", "tap1", "up")
            right.run("ip", "route", "add", "10.0.1.0/24", "via", "10.0.2.2")
            left.run("ip", "route", "add", "10.0.2.0/24", "via", "10.0.1.2")
            assert ping(left, "-c", "20", "-i", "0.01", "-s", "4000", to="10.0.2.1") == (20, 20)
            # One hop too few: the kernel says so itself.
            text = left.run("ping", "-c", "1", "-t", "1", "10.0.2.1", check=False)
            assert "From 10.0.1.2 icmp_seq=1 Time to live exceeded" in text
