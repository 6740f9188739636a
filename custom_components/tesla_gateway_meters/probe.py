"""Check of a gateway after the login: whether it serves values, and already does."""

from http import HTTPStatus

from .gateway import (
    AbsentError,
    BrokenAnswerError,
    EmptyAnswerError,
    ForbiddenError,
    GatewayClient,
    PayloadError,
    StartingError,
    StatusError,
)


async def require_answers(client: GatewayClient) -> None:
    """Request the totals, and the other endpoints if there are no totals.

    Raises StartingError for a gateway that has no values yet, and another GatewayError
    for a device that is no gateway, although it accepted the login.
    """
    try:
        await client.aggregates()
    except AbsentError:
        if not await _has_other_values(client):
            raise
    except ForbiddenError as err:
        # Some firmwares refuse totals while they start, also after a good login.
        if not await _has_other_values(client):
            raise StartingError("no totals yet") from err
    except (BrokenAnswerError, EmptyAnswerError, StatusError) as err:
        if _is_start(err):
            raise StartingError("no totals yet") from err
        raise


async def _has_other_values(client: GatewayClient) -> bool:
    """Return whether another endpoint has values that entities show."""
    starting: StatusError | EmptyAnswerError | None = None
    for request in (
        client.state_of_charge,
        client.grid_status,
        client.site_meters,
        client.solar_meters,
        client.meters,
    ):
        try:
            await request()
        except (EmptyAnswerError, StatusError) as err:
            starting = err if _is_start(err) else starting
        except AbsentError, ForbiddenError, PayloadError:
            continue
        else:
            return True
    if starting is not None:
        raise StartingError("no values yet") from starting
    return False


def _is_start(err: BrokenAnswerError | EmptyAnswerError | StatusError) -> bool:
    """Return whether a failure is temporary: 502 is a site manager that is down."""
    return (
        not isinstance(err, StatusError)
        or err.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    )
