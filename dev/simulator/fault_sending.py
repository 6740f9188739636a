"""Faults that send the right answer late, slowly, partially or not at all."""

import asyncio
from typing import Final

from aiohttp import web

from .answers import Answer
from .fault_answers import Value

_MEBIBYTE: Final = 1024 * 1024
_CHUNK: Final = 64 * 1024


async def cut(request: web.BaseRequest, answer: Answer, _: Value) -> web.StreamResponse:
    """Close the connection in the middle of the body."""
    response = await _first_half(request, answer)
    if request.transport is not None:
        request.transport.close()
    return response


async def half_headers(
    request: web.BaseRequest, answer: Answer, _: Value
) -> web.StreamResponse:
    """Close the connection in the middle of the headers."""
    response = answer.response()
    if request.transport is not None:
        # Written below aiohttp, which sends headers whole or not at all.
        status = f"HTTP/1.1 {response.status} {response.reason}"
        request.transport.write(f"{status}\r\nContent-Ty".encode())
        request.transport.close()
    return response


async def reset(
    request: web.BaseRequest, answer: Answer, _: Value
) -> web.StreamResponse:
    """Drop the connection without an answer."""
    if request.transport is not None:
        request.transport.abort()
    return answer.response()


async def slow(
    _: web.BaseRequest, answer: Answer, seconds: Value
) -> web.StreamResponse:
    """Wait with the headers."""
    await asyncio.sleep(float(seconds or 0))
    return answer.response()


async def slow_body(
    request: web.BaseRequest, answer: Answer, seconds: Value
) -> web.StreamResponse:
    """Wait in the middle of the body."""
    response = await _first_half(request, answer)
    await asyncio.sleep(float(seconds or 0))
    await response.write(answer.body[len(answer.body) // 2 :])
    await response.write_eof()
    return response


async def large(
    request: web.BaseRequest, answer: Answer, mebibytes: Value
) -> web.StreamResponse:
    """Pad the body with spaces, and send no content length.

    The padding comes last: a client that cuts the body off at its limit, where it should refuse
    it, gets a whole payload and gives itself away.
    """
    response = web.StreamResponse(
        status=answer.status, headers=answer.response().headers
    )
    await response.prepare(request)
    await response.write(answer.body)
    padding = int(float(mebibytes or 0) * _MEBIBYTE) - len(answer.body)
    while padding > 0:
        await response.write(b" " * min(padding, _CHUNK))
        padding -= _CHUNK
    await response.write_eof()
    return response


async def _first_half(request: web.BaseRequest, answer: Answer) -> web.StreamResponse:
    """Send the headers, which announce the whole body, and the first half of it."""
    response = web.StreamResponse(
        status=answer.status, headers=answer.response().headers
    )
    response.content_length = len(answer.body)
    await response.prepare(request)
    if half := answer.body[: len(answer.body) // 2]:
        await response.write(half)
    return response
