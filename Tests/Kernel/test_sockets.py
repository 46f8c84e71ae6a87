"""Threads with sockets: the echo server on port 7, as many clients of this machine see it."""

import os

import pytest

import peers
from link import Namespace

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="network namespaces need root")

ECHO = """
import hashlib, os, socket, sys, threading

def echo(size):
    with socket.create_connection(("192.0.2.2", 7)) as s:
        data = os.urandom(size)
        def send():
            s.sendall(data)
            s.shutdown(socket.SHUT_WR)
        sender = threading.Thread(target=send)
        sender.start()
        got = bytearray()
        while piece := s.recv(1 << 16):
            got += piece
        sender.join()
        results.append(hashlib.sha256(got).digest() == hashlib.sha256(data).digest())

results = []
threads = [threading.Thread(target=echo, args=(int(sys.argv[2]),)) for _ in range(int(sys.argv[1]))]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(results.count(True), "whole")
"""


@pytest.fixture
def namespace():
    with Namespace() as space:
        yield space


@pytest.mark.parametrize("clients, size", [(1, 0), (1, 1), (1, 5_000_000), (100, 20_000), (40, 200_000)])
def test_echoes_every_byte_in_order(namespace, clients, size):
    with peers.boot(namespace):
        assert namespace.run("python3", "-c", ECHO, clients, size) == f"{clients} whole\n"
