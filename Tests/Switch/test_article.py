"""Two hosts, a VM on each, one subnet across a GRE tunnel, a gateway with masquerade: host 2 is Open
vSwitch, then Martlet too."""

import pytest

from conftest import join
from harness.switch import Switch
from harness.traffic import can_ping, datagrams, ping, transfer
from support.namespace import Namespace, run, set_kernel

MEGABYTE = 1 << 20


class Setup:
    """The hosts of the article; `vm1` is on `host1`, `vm2` on `host2`."""

    def __init__(self, make_host, start_switch) -> None:
        self.host1, self.host2 = make_host(), make_host()
        self.vm1, self.vm2, self.outside = make_host(), make_host(), make_host()
        join(self.host1, self.host2, ("u0", "u0"), ("172.31.0.1/24", None))
        join(self.host1, self.outside, ("x0", "x0"), ("198.51.100.1/24", "198.51.100.2/24"))
        join(self.host1, self.vm1, ("v0", "eth0"), (None, "10.20.0.11/24"))
        join(self.host2, self.vm2, ("v0", "eth0"), (None, "10.20.0.12/24"))
        self.switch = start_switch(self.host1, "one")
        self.switch("add-br", "br-int", "address=10.20.0.1/24")
        self.switch("add-port", "br-int", "v0")
        self.switch("add-port", "br-int", "gre0", "--type", "gre", "--remote-ip", "172.31.0.2")
        for vm in (self.vm1, self.vm2):
            with vm:
                run("ip", "route", "add", "default", "via", "10.20.0.1")
        self.masquerade()

    def masquerade(self) -> None:
        with self.host1:
            set_kernel("net.ipv4.ip_forward", 1)
            run("nft", "add", "table", "ip", "nat")
            run("nft", "add", "chain", "ip", "nat", "post",
                "{ type nat hook postrouting priority 100; }")
            run("nft", "add", "rule", "ip", "nat", "post",
                "ip", "saddr", "10.20.0.0/24", "oif", "x0", "masquerade")

    def check(self) -> None:
        ping(self.vm1, "10.20.0.12")
        ping(self.vm2, "10.20.0.11")
        transfer(self.vm1, self.vm2, "10.20.0.12", 8 * MEGABYTE)
        transfer(self.vm2, self.vm1, "10.20.0.11", 8 * MEGABYTE)
        datagrams(self.vm1, self.vm2, "10.20.0.12", (1, 512, 1400))
        # Both reach the outside, which knows of no route back.
        ping(self.vm1, "198.51.100.2")
        ping(self.vm2, "198.51.100.2")
        transfer(self.vm2, self.outside, "198.51.100.2", 2 * MEGABYTE)
        transfer(self.vm1, self.outside, "198.51.100.2", 8 * MEGABYTE)


def be_open_vswitch(host: Namespace, start_ovs) -> None:
    ovs = start_ovs(host)
    with host:
        run("ethtool", "-K", "u0", "tx", "off")
    ovs.vsctl("add-br", "br-phy", "--", "set", "bridge", "br-phy", "datapath_type=netdev",
              "--", "add-port", "br-phy", "u0")
    with host:
        run("ip", "addr", "add", "172.31.0.2/24", "dev", "br-phy")
        run("ip", "link", "set", "br-phy", "up")
        # Its own stated need: without it no TCP of the VM gets through.
        run("ethtool", "-K", "v0", "tx", "off")
    ovs.vsctl("add-br", "br-int", "--", "set", "bridge", "br-int", "datapath_type=netdev",
              "--", "add-port", "br-int", "v0",
              "--", "add-port", "br-int", "gre0",
              "--", "set", "interface", "gre0", "type=gre", "options:remote_ip=172.31.0.1")


@pytest.mark.ovs
def test_host_two_is_open_vswitch(make_host, start_switch, start_ovs) -> None:
    setup = Setup(make_host, start_switch)
    be_open_vswitch(setup.host2, start_ovs)
    with setup.vm2:
        # Open vSwitch's own recipe for its side; ours clamps what passes it.
        run("ethtool", "-K", "eth0", "tx", "off")
    setup.check()
    port = setup.switch.port("gre0")
    assert port["error"] is None
    assert port["counters"]["clamped_openings_total"] > 0


def be_martlet(setup: Setup, start_switch) -> Switch:
    with setup.host2:
        run("ip", "addr", "add", "172.31.0.2/24", "dev", "u0")
    switch = start_switch(setup.host2, "two")
    switch("add-br", "br-int")
    switch("add-port", "br-int", "v0")
    switch("add-port", "br-int", "gre0", "--type", "gre", "--remote-ip", "172.31.0.1")
    return switch


def test_both_hosts_are_martlet(make_host, start_switch) -> None:
    setup = Setup(make_host, start_switch)
    be_martlet(setup, start_switch)
    setup.check()


@pytest.mark.parametrize("kill", [False, True], ids=["ended", "killed"])
def test_everything_is_back_after_a_restart(make_host, start_switch, kill: bool) -> None:
    setup = Setup(make_host, start_switch)
    be_martlet(setup, start_switch)
    ping(setup.vm1, "10.20.0.12")
    before = setup.switch.show()
    with setup.host1:
        setup.switch.restart(kill)
    after = setup.switch.show()
    for show in (before, after):
        for bridge in show["bridges"]:
            for port in bridge["ports"]:
                del port["counters"]
    assert after == before
    ping(setup.vm1, "10.20.0.12", 1)
    ping(setup.vm2, "198.51.100.2", 1)


def test_large_packets_are_answered_and_the_sender_adapts(make_host, start_switch) -> None:
    setup = Setup(make_host, start_switch)
    be_martlet(setup, start_switch)
    # 1500 less the outer IP header, GRE and the inner Ethernet header.
    assert setup.switch.port("gre0")["mtu"] == 1462
    ping(setup.vm1, "10.20.0.12")
    assert not can_ping(setup.vm1, "10.20.0.12", "-M", "do", "-s", 1472)
    with setup.vm1:
        assert "mtu 1462" in run("ip", "route", "get", "10.20.0.12")
    assert can_ping(setup.vm1, "10.20.0.12", "-M", "do", "-s", 1434)
    # Without DF the sender fragments from now on.
    assert can_ping(setup.vm1, "10.20.0.12", "-s", 1472)
    assert setup.switch.port("gre0")["counters"]["too_big_answers_total"] > 0
