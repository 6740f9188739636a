"""Faults that replace the answer. Each function maps the right answer to another."""

from dataclasses import dataclass, replace

from .answers import Answer, for_status

type Value = str | float | None


@dataclass(frozen=True, slots=True)
class Due:
    """The answer that was due, the fault's value, and whether a login was asked."""

    answer: Answer
    value: Value
    login: bool


def status(due: Due) -> Answer:
    """Answer with another status."""
    return for_status(int(due.value or 0), login=due.login)


def redirect(due: Due) -> Answer:
    """Send the client elsewhere, with the small page that Go's HTTP server adds to that."""
    return Answer(
        301,
        f'<a href="{due.value}">Moved Permanently</a>.\n\n'.encode(),
        "text/html; charset=utf-8",
        headers={"Location": str(due.value)},
    )


def body(due: Due) -> Answer:
    """Answer with this text."""
    return Answer(body=str(due.value).encode())


def null(_: Due) -> Answer:
    """Answer with a JSON null."""
    return Answer(body=b"null")


def empty(_: Due) -> Answer:
    """Answer with nothing."""
    return Answer(content_type=None)


def html(_: Due) -> Answer:
    """Answer with a web page."""
    page = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body></body></html>\n"
    return Answer(body=page, content_type="text/html; charset=utf-8")


def content_type(due: Due) -> Answer:
    """Answer with another content type, or none."""
    return replace(due.answer, content_type=str(due.value or "") or None)
