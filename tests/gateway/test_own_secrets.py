"""Tests of removing our own secrets from a gateway's answers before they are stored."""

from base64 import b32encode, b64encode, urlsafe_b64encode
from html import escape
import json
from typing import Any
import unicodedata
from urllib.parse import quote

from hypothesis import given, strategies as st
import orjson
import pytest

from custom_components.tesla_gateway_meters.gateway.own_secrets import OwnSecrets
from custom_components.tesla_gateway_meters.gateway.vocabulary import is_common_word

PASSWORD = "Pa55-w&rd/Ünïq"
TOKEN = "0a1B2c3D" * 10 + "-_=="
DIN = "1118431-01-F--17G0123456789"


def removed(data: Any, *secrets: str, known_as: str | None = None) -> Any:
    """Take secrets out of an answer, as a client does."""
    body = json.dumps(data).encode()
    return OwnSecrets(*secrets, known_as=known_as).redact(body, orjson.loads(body))


@pytest.mark.parametrize(
    "secret", ["Pa55w", "a b+c/d%", PASSWORD, TOKEN, '"\\quoted\\"']
)
@pytest.mark.parametrize(
    "write",
    [
        str,
        str.upper,
        str.lower,
        lambda text: quote(text, safe=""),
        lambda text: quote(text, safe="").replace("%20", "+"),
        escape,
        lambda text: json.dumps(text)[1:-1],
        lambda text: b64encode(text.encode()).decode(),
        lambda text: b64encode(f"customer:{text}".encode()).decode(),
        lambda text: b64encode(f"{{{text}}}".encode()).decode(),
        lambda text: urlsafe_b64encode(f"==={text}".encode()).decode(),
        lambda text: text.encode().hex(),
        quote,
        lambda text: quote(quote(text, safe=""), safe=""),
        lambda text: json.dumps(json.dumps(text)[1:-1])[1:-1],
        lambda text: text.encode().hex(":").upper(),
        lambda text: "".join(f"&#{ord(each)};" for each in text),
        lambda text: "".join(f"&#x{ord(each):X};" for each in text),
        lambda text: "".join(f"\\u{ord(each):04X}" for each in text),
        lambda text: "".join(f"\\x{ord(each):02x}" for each in text),
        lambda text: " ".join(map(str, text.encode())),
        lambda text: b32encode(text.encode()).decode().rstrip("="),
        lambda text: unicodedata.normalize("NFD", text),
    ],
)
def test_no_form_of_a_secret_is_left(secret: str, write: Any) -> None:
    """As it is or encoded, in texts, lists and keys, it is replaced."""
    form = write(secret)
    data = {
        "version": form,
        "error": f"login (user=customer&password={form}) failed: {form}!",
        form: [[form], {"type": "synchrometerX"}],
    }
    found = removed(data, secret, "another")
    text = json.dumps(found, ensure_ascii=False).casefold()
    assert secret.casefold() not in text
    # Of base64 the ends stay, which have bits of what is around it.
    assert form.casefold()[2:-2] not in text.replace("redacted", "")
    assert "redacted" in found["version"]
    assert found["error"].startswith("login (user=customer&password=")
    assert next(iter(found.values())) == found["version"]
    assert list(found.values())[-1][1] == {"type": "synchrometerX"}


def test_password_of_digits_is_not_left_as_a_number() -> None:
    """A number of that many digits is no measured value; all others stay."""
    found = removed(
        {"a": 81726354, "b": [81726354.0, 8172635, 81726354.5, True]}, "81726354"
    )
    assert found == {"a": None, "b": [None, 8172635, 81726354.5, True]}
    assert removed({"a": 1000, "b": "1000"}, "1000") == {"a": 1000, "b": "redacted"}


def test_mail_addresses_are_redacted() -> None:
    """All e-mail addresses are redacted."""
    found = removed(
        {"error": "user a.smith@home.example is not owner@x @ all"}, "Pa55w"
    )
    assert found == {"error": "user redacted is not redacted @ all"}


@pytest.mark.parametrize(
    "secret",
    ["", "abc", "solar", "Site", "synchrometerX", "version", "SystemGridConnected"],
)
def test_words_of_all_gateways_stay(secret: str) -> None:
    """A password that is a word of the API costs no value."""
    data = {"site": {"type": "solar", "version": "abc 1"}, "synchrometerX": "site"}
    assert removed(data, secret) == data


@pytest.mark.parametrize("secret", ["56789", "17G0123456789", DIN])
def test_din_stays_when_the_password_is_a_part_of_it(secret: str) -> None:
    """A gateway's first password is a part of its serial; it is still known by its DIN."""
    assert removed({"din": DIN.lower()}, secret, known_as=DIN) == {"din": DIN.lower()}


def test_year_as_a_password_leaves_stamps() -> None:
    """A stamp holds no password."""
    data = {
        "start_time": "2026-06-26 06:48:33 +0800",
        "at": "2026-07-30T04:24:54.3-06:00",
    }
    assert removed(data, "2026") == data
    assert removed({"error": "2026 is wrong"}, "2026") == {"error": "redacted is wrong"}


def test_answer_without_a_secret_is_returned_as_it_is() -> None:
    """Nothing of it is replaced, and no copy made."""
    data: list[object] = [{"type": "synchrometerX"}]
    assert OwnSecrets("Pa55w").redact(orjson.dumps(data), data) is data


@pytest.mark.parametrize(
    ("secret", "repeated"),
    [
        ("81726354", "81726354"),
        ("81726354", "56,49,55,50,54,51,53,52"),
        ("a1b2", "A1B2"),
        ("1-2.3+4", "1-2.3+4"),
        ("füsk", "Füsk"),
        ("\u0131s\u0131tma", "ISITMA"),
    ],
)
def test_secret_is_found_after_answers_that_differ_in_digits(
    secret: str, repeated: str
) -> None:
    """The results of earlier answers do not hide a secret in a later one."""
    secrets = OwnSecrets(secret)

    def answer(text: str) -> object:
        body = orjson.dumps({"error": text, "power": 1})
        return secrets.redact(body, orjson.loads(body))

    other = repeated.translate(str.maketrans("12345678", "90909090"))
    for _ in range(2):
        if other != repeated:
            assert answer(other) == {"error": other, "power": 1}
        assert answer(repeated) == {"error": "redacted", "power": 1}


@pytest.mark.parametrize("around", ["{}", "\n{}", "{}\t!", "({})", "\\{}"])
def test_short_secret_is_found_where_it_is_a_word(around: str) -> None:
    """Letters of an escape are no letters next to it."""
    found = removed({"error": around.format("Pa55w")}, "Pa55w")
    assert found == {"error": around.format("redacted")}


def test_short_secret_stays_within_other_words_but_goes_elsewhere() -> None:
    """A password that is the end of the serial is replaced only by itself."""
    found = removed(
        {"din": DIN, "serial": "17G0123456789", "error": "no 56789"}, "56789"
    )
    assert found == {"din": DIN, "serial": "17G0123456789", "error": "no redacted"}


def test_memory_for_answers_is_bounded() -> None:
    """A gateway that answers otherwise each time fills nothing."""
    secrets = OwnSecrets("Pa55word")
    for number in range(200):
        body = orjson.dumps(["x" * (number + 1)] * (number * 5))
        secrets.redact(body, orjson.loads(body))
    assert len(secrets._possible) <= 16
    assert max(map(len, secrets._possible)) <= 16 * 1024


def test_base64_of_urls_is_redacted() -> None:
    """Base64 of URLs has other characters instead of + and /."""
    secret = ">>>???>>>???"
    form = urlsafe_b64encode(secret.encode()).decode()
    assert {"-", "_"} <= set(form)
    assert removed({"error": form}, secret) == {"error": "redacted"}


def test_secret_behind_an_escape_is_redacted() -> None:
    """JSON may write any letter as an escape."""
    body = rb'{"error": "Pa55w\u0041bcd"}'
    found = OwnSecrets("Pa55wAbcd").redact(body, orjson.loads(body))
    assert found == {"error": "redacted"}


def test_secret_is_redacted_however_deeply_it_is_nested() -> None:
    """No depth that can be read is too deep."""
    body = b"[" * 1000 + b'"Pa55w\\u0041bcd"' + b"]" * 1000
    found = OwnSecrets("Pa55wAbcd").redact(body, orjson.loads(body))
    while isinstance(found, list):
        (found,) = found
    assert found == "redacted"


@given(st.text(min_size=8, max_size=30), st.text(max_size=10), st.text(max_size=10))
def test_any_password_is_redacted(secret: str, before: str, behind: str) -> None:
    """Of any password that is long enough nothing is left, whatever stands around it."""
    found = removed({"error": f"{before}{secret}{behind}"}, secret)
    is_word = is_common_word(secret) or "redacted" in secret or secret in "redacted"
    if not is_word:
        assert secret not in found["error"].replace("redacted", "")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ("Pa55w or xPa55wx", "redacted or xPa55wx"),
        ("xPa55wx or Pa55w", "xPa55wx or redacted"),
        ("xPa55wx, Pa55w, xPa55wx", "xPa55wx, redacted, xPa55wx"),
    ],
)
def test_short_secret_is_found_beside_words_that_have_it(
    error: str, expected: str
) -> None:
    """Wherever it stands, the word is replaced and the others stay."""
    assert removed({"error": error}, "Pa55w") == {"error": expected}


def test_secret_is_redacted_in_each_branch() -> None:
    """None is passed over for another that is nested as deeply."""
    data = {name: [[{"x": "Pa55wAbcd"}], "Pa55wAbcd"] for name in "abc"}
    assert removed(data, "Pa55wAbcd") == {
        name: [[{"x": "redacted"}], "redacted"] for name in "abc"
    }


def test_smallest_number_of_eight_digits_may_be_a_password() -> None:
    """With a digit less it is a measured value."""
    assert removed({"a": 10_000_000}, "10000000") == {"a": None}
    assert removed({"a": 9_999_999}, "9999999") == {"a": 9_999_999}
