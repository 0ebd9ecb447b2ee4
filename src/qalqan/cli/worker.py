"""`qalqan worker`: walk what others handed in."""

from __future__ import annotations

import signal
import threading

import click


@click.command("worker")
@click.option("--until-idle", is_flag=True, help="Stop when nothing is left to walk and to read.")
def command(*, until_idle: bool) -> None:
    """Walk batches that others handed in, until stopped. Start as many as you have machines and cores for.

    New known things are compared with what is stored, and banked files are read by every stage, without being asked.
    """
    from qalqan.app import opened
    from qalqan.flow.delivering import Sender
    from qalqan.flow.jobs import Jobs
    from qalqan.flow.keeper import Keeper
    from qalqan.flow.later import waiting
    from qalqan.store import scans

    stopped = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stopped.set())
    with opened() as services:
        jobs = Jobs(services)
        keeper = Keeper(services, jobs.settle)
        jobs.start()
        keeper.start()
        sender = Sender(services)
        sender.start()
        click.echo(f"Working as {jobs.worker.id}. Stop with Ctrl-C; nothing is lost.")
        while not stopped.wait(0.3):
            with services.store.reading() as tx:
                if until_idle and not scans.unfinished(tx) and not waiting(services, tx).files:
                    break
        sender.stop()
        keeper.stop()
        jobs.stop()
