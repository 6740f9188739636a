"""Fixtures of the simulator's tests."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime

import pytest

from .client import Client, connected

MORNING = datetime.fromisoformat("2026-06-21T09:30:00-06:00")

type Connect = Callable[..., AbstractAsyncContextManager[Client]]


@pytest.fixture
def connect(socket_enabled: None) -> Connect:
    """Serve a gateway and log in to it; see `connected`."""
    return connected
