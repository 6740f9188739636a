"""Decode an HTTP answer, or raise the error that it stands for."""

from http import HTTPStatus
import re
from typing import Final

import orjson

from .errors import (
    AbsentError,
    BadCredentialsError,
    EmptyAnswerError,
    ForbiddenError,
    PayloadError,
    StatusError,
)
from .transport import Answer

REFUSED: Final = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


def decode(answer: Answer) -> object:
    """Return the JSON of an answer.

    Raises AbsentError (404), ForbiddenError (401, 403), StatusError (any other
    status but 200), EmptyAnswerError, and PayloadError for what is no JSON or
    reports an error.
    """
    match answer.status:
        case HTTPStatus.OK:
            pass
        case HTTPStatus.NOT_FOUND:
            raise AbsentError("no such endpoint")
        case HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN:
            raise ForbiddenError("not for the customer")
        case status:
            raise StatusError(status)
    try:
        data = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        error = PayloadError if answer.body.strip() else EmptyAnswerError
        raise error("not JSON") from None
    # Old firmwares report an error with status 200.
    if isinstance(data, dict) and isinstance(data.get("error"), str):
        raise PayloadError("an error in place of an answer")
    return data


def decode_token(answer: Answer) -> str:
    """Return the token of a login's answer.

    Raises BadCredentialsError for a refused password, PayloadError if there
    is no usable token, and what `decode` raises.
    """
    if answer.status in REFUSED:
        # A gateway refuses in JSON; a web page is that of a router or a proxy.
        if answer.is_page:
            raise PayloadError("a web page in place of an answer")
        raise BadCredentialsError("the gateway refuses the password")
    data = decode(answer)
    token = data.get("token") if isinstance(data, dict) else None
    # Only printable ASCII can stand in a header.
    if not isinstance(token, str) or not re.fullmatch(r"[!-~]+", token):
        raise PayloadError("an answer without a token")
    return token
