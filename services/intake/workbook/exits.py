"""How a child process ends, and the frame in which its work is done."""

import gc
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from services.intake.workbook.limits import apply_limits
from services.intake.workbook.refusals import Refusal, Refused
from shared.chassis.scratch import die_with_parent

REFUSED = 3
CRASHED = 4
OUT_OF_MEMORY = 5
#: Said first, when the kernel did not let the child leave the network.
SHARED_NETWORK = "network shared"


def run_limited(work: Callable[[], None], refuse: Callable[[Refusal], None]) -> int:
    """Do the work of a child within its limits; answers the exit status.

    0: done; REFUSED: `refuse` wrote down why; anything else: it died.
    """
    die_with_parent()
    if not apply_limits():
        sys.stdout.write(f"{SHARED_NETWORK}\n")
        sys.stdout.flush()
    gc.disable()  # millions of short-lived tuples, no cycles: collecting takes time for nothing
    try:
        work()
    except Refused as refused:
        refuse(refused.refusal)
        return REFUSED
    except MemoryError:
        return OUT_OF_MEMORY
    except Exception as error:  # noqa: BLE001 - the message may hold a cell, so only the place is told
        place = traceback.extract_tb(error.__traceback__)[-1]
        sys.stderr.write(f"{type(error).__name__} at {Path(place.filename).name}:{place.lineno}\n")
        return CRASHED
    return 0
