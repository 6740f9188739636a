"""A PostgreSQL server of Debian's package, in a folder of its own and without a network."""

from collections.abc import Generator
from contextlib import contextmanager
import os
from pathlib import Path
import pwd
import shutil
import subprocess
from tempfile import mkdtemp
from typing import Any

import pytest

USER = "homeassistant"


def programs() -> Path | None:
    """Return the folder of the newest server's programs, None if there is none."""
    found = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(found, key=lambda path: int(path.parts[-3]), default=None)
    return newest and newest.parent


def _run(program: Path, *arguments: object, **options: Any) -> None:
    # The server outlives pg_ctl and would hold a pipe open, so its output is a file.
    subprocess.run(  # noqa: S603 - fixed programs and words
        [program, *map(str, arguments)],
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        **options,
    )


def _owner() -> dict[str, Any]:
    """Return whom the server runs as: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return {}
    try:
        account = pwd.getpwnam("postgres")
    except KeyError:
        pytest.skip("PostgreSQL does not run as root, and there is no user postgres")
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


@contextmanager
def serve_database() -> Generator[str]:
    """Start a server with an empty database, and yield its address for the recorder."""
    if (bin_folder := programs()) is None:
        pytest.skip("PostgreSQL is not installed (Debian's package postgresql)")
    owner = _owner()
    # A socket's path is short, which a test's own folder may not be.
    folder = Path(mkdtemp(prefix="postgresql-"))
    data = folder / "data"
    try:
        if owner:
            os.chown(folder, owner["user"], owner["group"])
        options = {**owner, "cwd": folder}
        _run(
            bin_folder / "initdb",
            *("--auth=trust", "--encoding=UTF8", "--no-sync", "--username", USER),
            *("--pgdata", data),
            **options,
        )
        settings = f"-k {folder} -c listen_addresses='' -c fsync=off"
        control = (bin_folder / "pg_ctl", "--pgdata", data, "-w")
        log = folder / "log"
        _run(*control, "--log", log, "--options", settings, "start", **options)
        try:
            names = ("--host", folder, "--username", USER)
            _run(bin_folder / "createdb", *names, USER, **options)
            yield f"postgresql://{USER}@/{USER}?host={folder}"
        finally:
            _run(*control, "--mode", "immediate", "stop", **options)
    finally:
        shutil.rmtree(folder)
