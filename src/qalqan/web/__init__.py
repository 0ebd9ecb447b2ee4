"""The console and the JSON API over the store: `create_app` makes both as one ASGI application."""

from qalqan.web.factory import create_app

__all__ = ["create_app"]
