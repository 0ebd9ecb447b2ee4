"""`qalqan serve`: the console and the API."""

from __future__ import annotations

import gc
from dataclasses import replace
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from qalqan.flow.services import Services


@click.command("serve")
@click.option("--host", help="Address to listen on; by default QALQAN_HOST.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on; by default QALQAN_PORT.")
@click.option("--no-worker", is_flag=True, help="Leave batches to `qalqan worker` processes.")
def command(host: str | None, port: int | None, *, no_worker: bool) -> None:
    """Serve the console and the API, and walk what waits."""
    from qalqan.app import opened

    with opened() as services:
        serve(services, host, port, work=not no_worker)


def serve(services: Services, host: str | None, port: int | None, *, work: bool) -> None:
    """Serve until stopped."""
    import uvicorn

    from qalqan.flow.delivering import Sender
    from qalqan.flow.jobs import Jobs
    from qalqan.flow.keeper import Keeper
    from qalqan.web import create_app

    host, port = host or services.settings.host, port or services.settings.port
    # The console guards against foreign host names by the address that it is really served at.
    served = replace(services, settings=services.settings.model_copy(update={"host": host, "port": port}))
    jobs = Jobs(services) if work else None
    keeper = Keeper(services, jobs.settle) if jobs else None
    sender = Sender(services)
    sender.start()
    if jobs and keeper:
        jobs.start()
        keeper.start()
    app = create_app(served)
    app.state.checks.checker.build()  # so that the first platform that asks does not wait for the indexes
    gc.freeze()  # what is loaded now stays: no collection need walk through it, which takes a sixth of a second
    click.echo(f"Console: http://{host}:{port}  (stop with Ctrl-C)")
    try:
        uvicorn.run(
            app,
            host=host,
            port=port,
            log_level="warning",
            server_header=False,
            proxy_headers=False,  # whoever asks could else say to be somebody else, and be counted as that
        )
    finally:
        app.state.checks.close()
        sender.stop()
        if jobs and keeper:
            keeper.stop()
            jobs.stop()
