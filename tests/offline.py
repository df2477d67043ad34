"""Runs a command where the only network is this computer's own loopback: ``offline.py COMMAND...``.

To be started in a network namespace of its own, which `start.py` makes; imports nothing of the project.
"""

import ctypes
import fcntl
import os
import socket
import struct
import sys

# linux/sockios.h, linux/if.h, linux/prctl.h
SIOCSIFFLAGS, IFF_UP, IFF_RUNNING = 0x8914, 0x1, 0x40
PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 47, 4
VARIABLE = "MIO_FIDELITY_OFFLINE"


def main(words: list[str]) -> None:
    """Bring the loopback up, give away the right to do so, and become the command."""
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP | IFF_RUNNING))
    ctypes.CDLL(None).prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    os.environ[VARIABLE] = "1"
    os.execvp(words[0], words)


if __name__ == "__main__":
    main(sys.argv[1:])
