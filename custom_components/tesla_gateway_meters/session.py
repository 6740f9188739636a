"""The HTTP session that a gateway is asked through."""

import aiohttp

from .gateway import AbortingResponse


def create_session() -> aiohttp.ClientSession:
    """Create a session for one gateway, to be closed by its owner.

    Home Assistant's shared ones drop an idle connection after 15 s, which
    would cost a TLS handshake for each poll; and the gateway's login goes by
    headers, so no cookies are kept.
    """
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(
            limit=1,
            keepalive_timeout=3600,
            resolver=aiohttp.ThreadedResolver(),
        ),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"Accept-Encoding": "identity"},
        response_class=AbortingResponse,
    )
