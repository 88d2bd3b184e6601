"""The process that reads one mail of a stranger: few means, no network, and nothing of ours.

It reads the mail from standard input and writes one line of JSON: what it reports, or with the
argument `show` what a person sees of it. Whatever the mail does to it,
the mailbox goes on.
"""

from __future__ import annotations

import json
import resource
import sys
from dataclasses import asdict

from services.mailer.bounces.report import read_report
from services.mailer.bounces.shown import shown
from shared.chassis.confinement import confine

SHOW = "show"
MAX_MEMORY = 256 << 20  # address space; the largest mail takes a tenth of it
MAX_CPU = 5  # seconds; an ordinary notification needs a hundredth
MAX_OPEN_FILES = 16


def main() -> int:
    """Answer what the mail reports, or how it is shown."""
    is_alone = confine()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_CPU, MAX_CPU + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (MAX_OPEN_FILES, MAX_OPEN_FILES))
    content = sys.stdin.buffer.read()
    if SHOW in sys.argv[1:]:
        told = {"alone": is_alone, "shown": asdict(shown(content))}
    else:
        report = read_report(content)
        told = {"alone": is_alone, "report": asdict(report) if report else None}
    sys.stdout.write(json.dumps(told))
    return 0


if __name__ == "__main__":
    sys.exit(main())
