"""`python -m deploy.local up | demo | down | status | clock | stack`."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from deploy.local.clocks import ClocksDifferError, NoClockError, move_clocks
from deploy.local.jars import JarsMissingError
from deploy.local.part import PartFailedError
from deploy.local.ports import HOST, PortTakenError
from deploy.local.process import Process, proportional_bytes
from deploy.local.running import (
    AlreadyRunningError,
    WillNotStopError,
    processes_below,
    sole_supervisor,
    stop_other,
)
from deploy.local.screen import mebibytes, show_table, tell
from deploy.local.service_process import ROOT, ServiceFailedError, is_ready, roles, settings
from deploy.local.stack import Stack
from deploy.local.supervisor import StoppedError, Supervisor

# Who can try everything that a caseworker does; his password is the default of DEMO_PASSWORD.
DEMO_USER = "behandelaar, wachtwoord Welkom-in-de-demo-1"
# Where the data, keys and logs of this installation lie; another folder is another installation.
STATE = Path(os.environ.get("HERONDERZOEK_STATE", ROOT / ".local"))
EXPECTED_ERRORS: tuple[type[Exception], ...] = (
    AlreadyRunningError,
    ClocksDifferError,
    JarsMissingError,
    NoClockError,
    PartFailedError,
    PortTakenError,
    ServiceFailedError,
    WillNotStopError,
)


def main() -> int:
    """Do what the command line asks; every expected error is one clear message."""
    parser = argparse.ArgumentParser(prog="python -m deploy.local", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("up", help="alles starten en aan laten staan")
    demo = commands.add_parser("demo", help="alles starten en een heronderzoek laten zien")
    demo.add_argument("--once", action="store_true", help="na de demo stoppen")
    demo.add_argument("--file", help="eigen XLSX-bestand in plaats van verzonnen inwoners")
    commands.add_parser("down", help="stoppen wat elders is gestart")
    commands.add_parser("status", help="tonen wat draait")
    # Without options of its own, so that -2h is not taken for one.
    clock = commands.add_parser(
        "clock",
        help="zakelijke tijd van alle diensten verzetten: +14d, -2h, reset; zonder: tonen",
        prefix_chars="/",
        add_help=False,
    )
    clock.add_argument("by", nargs="?", default="show")
    commands.add_parser("stack", help="alleen PostgreSQL, Kafka, S3 en mail starten")
    chosen = parser.parse_args()
    try:
        return _command(chosen)
    except EXPECTED_ERRORS as error:
        print(f"\n{error}", file=sys.stderr)
        return 1


def _command(chosen: argparse.Namespace) -> int:
    if chosen.command == "down":
        return _down()
    if chosen.command == "status":
        return _status()
    if chosen.command == "clock":
        return _clock(chosen.by)
    if chosen.command == "demo":
        arguments = ["--file", str(Path(chosen.file).absolute())] if chosen.file else []
        return _run(lambda supervisor: _demo(supervisor, arguments, once=chosen.once))
    if chosen.command == "stack":
        return _run_stack()
    return _run(_stay_up)


def _run(then: Callable[[Supervisor], int]) -> int:
    """Start the system, do something with it, and stop it whatever happens."""
    with sole_supervisor(STATE):
        started = time.monotonic()
        print("Heronderzoek start.", flush=True)
        supervisor = Supervisor(Stack(STATE))
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: supervisor.stopping.set())
        try:
            supervisor.start()
            _show_addresses(supervisor, time.monotonic() - started)
            return then(supervisor)
        except StoppedError:
            return 130  # what shells report for a program that Ctrl+C ended
        finally:
            print("Heronderzoek stopt.", flush=True)
            supervisor.stop()


def _run_stack() -> int:
    """Run the parts alone, for who works on one service and starts it by hand."""
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stopping.set())
    with sole_supervisor(STATE), Stack(STATE) as stack:
        rows = [(name, value) for name, value in stack.environment().items() if "KEY" not in name]
        show_table("De onderdelen draaien. Stoppen: Ctrl+C", rows)
        stopping.wait()
    return 0


def _show_addresses(supervisor: Supervisor, seconds: float) -> None:
    ports = supervisor.stack.ports
    rows = [
        ("Schermen", f"http://{HOST}:{ports.gateway}/, gebruiker {DEMO_USER}"),
        ("JSON-API", f"http://{HOST}:{ports.gateway}/v1, uitleg op /docs"),
        *(
            (role.service, f"http://{HOST}:{role.port}")
            for role in roles(supervisor.stack)
            if role.kind == "api" and role.service != "gateway"
        ),
        ("E-mail lezen (IMAP)", f"{HOST}:{ports.imap}, adres als naam, elk wachtwoord"),
        ("PostgreSQL", f"{HOST}:{ports.postgres}"),
        ("Kafka", f"{HOST}:{ports.kafka}"),
        ("S3", f"http://{HOST}:{ports.s3}"),
        ("Logboeken", str(STATE / "log")),
        ("Geheugen", mebibytes(supervisor.resident_bytes())),
    ]
    show_table(f"Heronderzoek draait, na {seconds:.1f} s. Stoppen: Ctrl+C", rows)


def _stay_up(supervisor: Supervisor) -> int:
    supervisor.watch()
    return 0


def _demo(supervisor: Supervisor, arguments: list[str], *, once: bool) -> int:
    """Run the demo beside the watch, so that what falls meanwhile is started again."""
    codes: list[int] = []
    demo = Process(
        [sys.executable, "-m", "examples.demo", *arguments],
        None,
        environment=settings(supervisor.stack),
        folder=ROOT,
    )

    def play() -> None:
        demo.start()
        codes.append(demo.wait())
        if once:
            supervisor.stopping.set()
        elif codes == [0]:
            tell("De demo is klaar; het systeem blijft aan. Stoppen: Ctrl+C")
        else:
            tell(f"De demo is mislukt (code {codes[0]}). Zie {STATE / 'log'}.")

    player = threading.Thread(target=play)
    player.start()
    supervisor.watch()
    demo.stop()
    player.join()
    return codes[0]


def _down() -> int:
    if stop_other(STATE):
        print("Heronderzoek is gestopt.")
    else:
        print("Heronderzoek draaide niet.")
    return 0


def _clock(by: str) -> int:
    """Move the clocks of all services, or show them; development only, as this installation is."""
    stack = Stack(STATE)
    times = move_clocks(stack, by)
    rows = [(name, f"{now:%d-%m-%Y %H:%M:%S}", f"{shift}") for name, (shift, now) in times.items()]
    show_table("Zakelijke tijd per dienst (UTC), en hoever die is verzet", rows)
    return 0


def _status() -> int:
    """Show each process and part; the exit code tells whether all of them are well."""
    stack = Stack(STATE)
    healths = [(role.name, role.port, is_ready(role.port)) for role in roles(stack)]
    parts = [
        (part.name, getattr(stack.ports, part.listens_on[0]), part.answers())
        for part in stack.parts
    ]
    rows = [
        (name, f"{HOST}:{port}", "gereed" if well else "niet gereed")
        for name, port, well in [*parts, *healths]
    ]
    memory = sum(proportional_bytes(pid) for pid in processes_below(STATE))
    show_table(f"Heronderzoek gebruikt {mebibytes(memory)} geheugen", rows)
    return 0 if all(well for _, _, well in [*parts, *healths]) else 1


if __name__ == "__main__":
    sys.exit(main())
