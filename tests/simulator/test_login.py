"""Tests of logins, sessions, and endpoints without a login."""

from pathlib import Path
import re

import aiohttp
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
import pytest

from simulator import Certificate, LoginLimit

from .conftest import Connect

FORBIDDEN = (
    b'{"code":403,"error":"Unable to GET to resource",'
    b'"message":"User does not have adequate access rights"}'
)
BAD_CREDENTIALS = b'{"code":401,"error":"bad credentials","message":"Login Error"}'
RATE_LIMITED = (
    b'{"code":429,"error":"Api Limit reached for this endpoint",'
    b'"message":"API Limit Reached"}'
)


async def test_login(connect: Connect) -> None:
    """The answer, token and cookies have the real ones' forms."""
    async with connect(login=False) as client:
        response = await client.login()
        user = await response.json()
        assert list(user) == [
            "email",
            "firstname",
            "lastname",
            "roles",
            "token",
            "provider",
            "loginTime",
        ]
        assert user["roles"] == ["Home_Owner"]
        assert re.fullmatch(r"[\w-]{86}==", user["token"])
        assert re.fullmatch(
            r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}-06:00", user["loginTime"]
        )
        first, second = response.headers.getall("Set-Cookie")
        assert first == f"AuthCookie={user['token']}; Path=/"
        assert re.fullmatch(r"UserRecord=[\w-]+=*; Path=/", second)
        assert response.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("carried", ["bearer", "cookie", "quoted cookie", "both"])
async def test_session(connect: Connect, carried: str) -> None:
    """The token is taken as bearer and as cookie."""
    async with connect() as client:
        token = client.headers["Authorization"].removeprefix("Bearer ")
        headers = {
            "bearer": client.headers,
            "cookie": {"Cookie": f"AuthCookie={token}"},
            "quoted cookie": {"Cookie": f'AuthCookie="{token}"; UserRecord=x'},
            "both": client.headers | {"Cookie": f"AuthCookie={token}"},
        }[carried]
        response = await client.get("meters/aggregates", headers=headers)
        assert response.status == 200
        assert client.gateway.requests[-1].authorised


async def test_without_session(connect: Connect) -> None:
    """All but the status is refused, with the real body and headers."""
    async with connect(login=False) as client:
        for headers in ({}, {"Authorization": "Bearer nonsense"}):
            response = await client.get("meters/aggregates", headers=headers)
            assert response.status == 403
            assert await response.read() == FORBIDDEN
            assert response.headers["Content-Type"] == "application/json"
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert response.headers["Cache-Control"] == "no-cache, no-store"
        first, second = client.gateway.requests
        assert (first.authorised, first.credentials) == (False, False)
        assert (second.authorised, second.credentials) == (False, True)
        assert (await client.payload("status"))["din"] == client.gateway.din


async def test_post_elsewhere(connect: Connect) -> None:
    """A customer may not write."""
    async with connect() as client:
        response = await client.session.post(
            f"{client.url}/operation", headers=client.headers
        )
        assert response.status == 403


@pytest.mark.parametrize("path", ["/api/devices/vitals", "/api/nonsense", "/"])
async def test_unknown_path(connect: Connect, path: str) -> None:
    """An unknown path is answered by plain text, with or without a session."""
    async with connect() as client:
        url = client.url.removesuffix("/api") + path
        response = await client.session.get(url)
        assert response.status == 404
        assert await response.read() == b"404 page not found\n"
        assert response.headers["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    "fields",
    [
        {"username": "customer", "password": "WRONG"},
        {"username": "customer"},
        {"username": "kiosk", "password": "SIMUL"},
        {},
        [],
    ],
)
async def test_bad_password(connect: Connect, fields: object) -> None:
    """Anything but the customer's password is refused."""
    async with connect(login=False) as client:
        response = await client.session.post(f"{client.url}/login/Basic", json=fields)
        assert response.status == 401
        assert await response.read() == BAD_CREDENTIALS
        assert "Set-Cookie" not in response.headers


async def test_installer(connect: Connect) -> None:
    """An installer has to be at the gateway."""
    async with connect(login=False) as client:
        response = await client.session.post(
            f"{client.url}/login/Basic",
            json={"username": "installer", "password": "SIMUL"},
        )
        assert response.status == 401
        assert "physical access" in (await response.json())["error"]


async def test_form_and_nonsense(connect: Connect) -> None:
    """A form logs in as JSON does; what is neither does not."""
    async with connect(login=False, password="pässword 1") as client:
        fields = {"username": "customer", "password": "pässword 1"}
        response = await client.session.post(f"{client.url}/login/Basic", data=fields)
        assert response.status == 200
        response = await client.session.post(
            f"{client.url}/login/Basic",
            data=b"{",
            headers={"Content-Type": "application/json"},
        )
        assert response.status == 401


async def test_rate_limit(connect: Connect) -> None:
    """Good and bad logins count; the window rolls on in simulated time."""
    async with connect(login_limit=LoginLimit(3, 300), frozen=True) as client:
        client.gateway.advance(100)
        assert (await client.login("WRONG")).status == 401
        assert (await client.login()).status == 200
        response = await client.login()
        assert response.status == 429
        assert await response.read() == RATE_LIMITED
        client.gateway.advance(199)
        assert (await client.login()).status == 429
        client.gateway.advance(1)
        assert (await client.login()).status == 200
        assert (await client.login()).status == 429
        assert client.gateway.logins == 7


async def test_default_limit(connect: Connect) -> None:
    """Ten logins in five minutes."""
    async with connect(login=False) as client:
        statuses = [(await client.login()).status for _ in range(11)]
        assert statuses == [200] * 10 + [429]


async def test_token_life(connect: Connect) -> None:
    """A token is valid for the set time; another login does not end it."""
    async with connect(token_life=3600, frozen=True) as client:
        old = client.headers
        client.gateway.advance(3000)
        await client.login()
        assert (await client.get("meters", headers=old)).status == 200
        client.gateway.advance(600)
        assert (await client.get("meters", headers=old)).status == 403
        assert (await client.get("meters")).status == 200


async def test_expire_tokens(connect: Connect) -> None:
    """A restart of the gateway ends every session."""
    async with connect() as client:
        client.gateway.expire_tokens()
        assert (await client.get("meters")).status == 403
        await client.login()
        assert (await client.get("meters")).status == 200


async def test_logout(connect: Connect) -> None:
    """204 without a body, and only that session is over."""
    async with connect() as client:
        other = client.headers
        await client.login()
        response = await client.get("logout")
        assert response.status == 204
        assert await response.read() == b""
        assert (await client.get("meters")).status == 403
        assert (await client.get("meters", headers=other)).status == 200
        response = await client.get("logout", headers={})
        assert response.status == 204


async def test_password_changed(connect: Connect) -> None:
    """A new password asks for a new login, and leaves the old session alone."""
    async with connect() as client:
        client.gateway.password = "OTHER"
        assert (await client.get("meters")).status == 200
        assert (await client.login("SIMUL")).status == 401
        assert (await client.login()).status == 200


async def test_record(connect: Connect) -> None:
    """Requests, logins and connections are counted; one connection is enough for all."""
    async with connect() as client:
        for _ in range(3):
            await client.get("meters/site")
        gateway = client.gateway
        assert gateway.count("/api/meters/site") == gateway.count("meters/site") == 3
        assert gateway.logins == 1
        assert gateway.connections == 1
        assert [request.path for request in gateway.requests][:2] == [
            "/api/login/Basic",
            "/api/meters/site",
        ]


async def test_fingerprint(connect: Connect) -> None:
    """The served certificate is the one printed, and a client that pins it gets through."""
    certificate = Certificate.generate()
    async with connect(login=False, certificate=certificate) as client:
        gateway = client.gateway
        assert gateway.fingerprint == certificate.fingerprint
        pinned = aiohttp.Fingerprint(bytes.fromhex(gateway.fingerprint))
        response = await client.session.get(f"{client.url}/status", ssl=pinned)
        assert response.status == 200
        other = aiohttp.Fingerprint(bytes.fromhex(Certificate.generate().fingerprint))
        with pytest.raises(aiohttp.ServerFingerprintMismatch):
            await client.session.get(f"{client.url}/status", ssl=other)


def test_certificate() -> None:
    """Self-signed EC P-256 for 25 years, in the names of a gateway."""
    certificate = x509.load_pem_x509_certificate(Certificate.generate().pem_cert)
    key = certificate.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert key.curve.name == "secp256r1"
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    assert names.value.get_values_for_type(x509.DNSName) == [
        "teg",
        "powerwall",
        "powerpack",
    ]
    life = certificate.not_valid_after_utc - certificate.not_valid_before_utc
    assert 24.9 < life.days / 365 < 25.1


def test_certificate_kept(tmp_path: Path) -> None:
    """A file keeps it from run to run, for its owner's eyes only."""
    file = tmp_path / "certificate.pem"
    made = Certificate.kept_in(file)
    assert Certificate.kept_in(file) == made
    assert file.stat().st_mode & 0o077 == 0
    file.write_text("nonsense")
    with pytest.raises(ValueError, match="PEM"):
        Certificate.kept_in(file)
