"""Walls of the kernel round a child process that reads what strangers made.

A parser that is taken over should have nobody to talk to. A network namespace of its own has not
even a loopback that is up, whatever the code inside calls. Anyone may make one together with a user
namespace, unless the machine forbids it (as Docker's seccomp profile does); then the child goes on
behind its other walls, and the log says so.

Source: unshare(2), user_namespaces(7), capset(2).
"""

from __future__ import annotations

import ctypes
from functools import cache

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_NO_NEW_PRIVS = 38
_CAPABILITY_VERSION_3 = 0x20080522


def confine() -> bool:
    """Leave the network and all privileges, for good; False when the network could not be left.

    Call it first: a process with threads may not make a user namespace.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    left: int = libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
    # A new user namespace comes with every capability inside it: more kernel to attack.
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    libc.capset(header, (ctypes.c_uint32 * 6)())
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    return left == 0


@cache
def tell_shared_network(child: str) -> None:
    """Say once per process that its children of this kind could not leave the network."""
    import structlog  # noqa: PLC0415 - the child itself logs nothing and starts often

    log = structlog.get_logger()
    log.warning("child_shares_network", child=child)
