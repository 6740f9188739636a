"""Whether what answers a login is a gateway that can be set up, and now."""

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
    """Ask for the totals, and where there are none at all, for what else there is.

    What has neither is no gateway, whatever it takes for a login. Raises StartingError
    for a gateway that has none yet, and another GatewayError for what is none.
    """
    try:
        await client.aggregates()
    except AbsentError:
        if not await _answers_otherwise(client):
            raise
    except ForbiddenError as err:
        # Of one that has just taken the password: some firmwares do so as they start.
        if not await _answers_otherwise(client):
            raise StartingError("no totals yet") from err
    except (BrokenAnswerError, EmptyAnswerError, StatusError) as err:
        if _is_start(err):
            raise StartingError("no totals yet") from err
        raise


async def _answers_otherwise(client: GatewayClient) -> bool:
    """Whether the gateway gives any of what else entities are made of."""
    starting: StatusError | EmptyAnswerError | None = None
    for ask in (
        client.charge,
        client.grid_status,
        client.site_meters,
        client.solar_meters,
        client.meters,
    ):
        try:
            await ask()
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
    """Whether a failure is one that passes: 502 is a site manager that is down."""
    return (
        not isinstance(err, StatusError)
        or err.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    )
