"""The walls round the child process: what it may use, and that it talks to nobody.

A parser can be made to abort or to allocate half a terabyte; no `except` catches that. So the
limits are the kernel's, set by the child itself before it opens the file. Its network is empty
where the kernel allows that; the interpreter's own refusals stand behind it.
"""

import resource
import sys
from pathlib import Path

from shared.chassis.confinement import confine

MAX_MEMORY = 512 << 20  # address space; 100,000 rows need 256 MiB
MAX_CPU = 60  # seconds; 100,000 rows need 4
MAX_OUTPUT = 512 << 20  # bytes per file; 100,000 rows take 70 MiB
MAX_OPEN_FILES = 32

# Events of the interpreter that a check of a workbook never causes by itself.
_FORBIDDEN = (
    "socket.connect", "socket.bind", "socket.getaddrinfo", "socket.gethostby", "socket.sendto",
    "subprocess.Popen", "os.exec", "os.fork", "os.posix_spawn", "os.system",
    "urllib.Request", "webbrowser.open",
)  # fmt: skip


def apply_limits() -> bool:
    """Put up the walls; they cannot be taken down again in this process.

    False when the network is still that of the machine.
    """
    is_alone = confine()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_CPU, MAX_CPU + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_OUTPUT, MAX_OUTPUT))
    resource.setrlimit(resource.RLIMIT_NOFILE, (MAX_OPEN_FILES, MAX_OPEN_FILES))
    sys.addaudithook(_refuse_forbidden)
    return is_alone


def cpu_seconds() -> float:
    """Return the processor time used so far."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def peak_mib() -> float:
    """Return the most memory that was resident, in MiB.

    `ru_maxrss` of a fresh process starts at its parent's peak, so the kernel's own high-water mark
    of this program's memory is read first.
    """
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _refuse_forbidden(event: str, _: tuple[object, ...]) -> None:
    if event.startswith(_FORBIDDEN):
        raise PermissionError(f"not allowed while a workbook is checked: {event}")
