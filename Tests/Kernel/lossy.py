"""A wire that loses frames: lossy.py TAP SOCKET QEMU_SOCKET PERCENT SEED

Carries frames between a TAP device and a QEMU datagram link, and loses some of either direction,
the same ones for the same seed and order.
"""

import fcntl
import os
import random
import select
import socket
import struct
import sys

TUNSETIFF, IFF_TAP, IFF_NO_PI = 0x400454CA, 0x0002, 0x1000


def main(tap, own, peer, percent, seed):
    device = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", tap.encode(), IFF_TAP | IFF_NO_PI))
    link = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    link.bind(own)
    chance = random.Random(int(seed))
    print("ready", flush=True)
    while True:
        for ready in select.select([device, link], [], [])[0]:
            frame = os.read(device, 65536) if ready is device else link.recv(65536)
            if chance.random() * 100 < float(percent):
                continue
            try:
                if ready is device:
                    link.sendto(frame, peer)
                else:
                    os.write(device, frame)
            except OSError:
                pass  # the other end is not there yet, or not any more


main(*sys.argv[1:])
