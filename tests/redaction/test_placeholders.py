"""The form of placeholders, and which texts have the same one."""

import pytest

from custom_components.tesla_gateway_meters.redaction.placeholders import (
    Placeholders,
    form_of_address,
)


@pytest.mark.parametrize(
    ("text", "placeholder"),
    [
        ("barn", "redacted_1"),
        ("12345", "90001"),
        ("1234", "redacted_1"),
        ("OBB0000000001", "OBB9000000001"),
        ("JBL12345Y1F01E", "JBL90000000001"),
        ("TG12345", "TG90001"),
        ("A1234", "90001"),
        ("ABCDE", "redacted_1"),
        ("1" * 20, "9" + "1".zfill(19)),
        ("1" * 30, "9" + "1".zfill(19)),
        ("1" * 80, "9" + "1".zfill(19)),
        ("1" * 81, "redacted_1"),
        ("00-00-5e-00-53-01", "02-00-00-00-00-01"),
        ("00:00:5E:00:53:01", "02:00:00:00:00:01"),
        ("192.168.7.23", "198.51.100.2"),
        ("fe80::1", "2001:db8::1"),
        ("a.smith@home.example", "person1@example.com"),
        ("1.2.3", "redacted_1"),
        ("1.2.3.barn", "redacted_1"),
        # What a gateway puts around a name stays.
        ("0x12345", "0x90001"),
        ("0X12345", "0X90001"),
        ("PWRview-12345", "PWRview-90001"),
        ("neurio-12345", "neurio-90001"),
        ("12345synchrometerX", "90001synchrometerX"),
        ("12345Synchrometer", "90001Synchrometer"),
        ("synchrometerX", "synchrometerX"),
        ("1232100-00-E--TG12345", "1232100-00-E--TG90001"),
        (
            "0x1232100-00-e--TG12345synchrometerY",
            "0x1232100-00-e--TG90001synchrometerY",
        ),
        ("PWRview-0x12345", "PWRview-9000001"),
        ("", ""),
    ],
)
def test_placeholder_has_the_form_of_its_text(text: str, placeholder: str) -> None:
    """A text has the same placeholder each time."""
    placeholders = Placeholders()
    assert placeholders.of(text) == placeholder
    assert placeholders.of(text) == placeholder


def test_texts_have_the_same_placeholder_in_any_case_and_with_anything_around() -> None:
    """Others have another one."""
    placeholders = Placeholders()
    first = placeholders.of("JBL12345")
    assert placeholders.of("jbl12345") == first
    assert placeholders.of("0xJBL12345synchrometerX") == f"0x{first}synchrometerX"
    assert placeholders.of("JBL12346") == "JBL90002"
    assert placeholders.of("00-00-5E-00-53-01") == "02-00-00-00-00-01"
    assert placeholders.of("00:00:5e:00:53:01") == "02:00:00:00:00:01"


@pytest.mark.parametrize(
    ("text", "number", "address"),
    [
        ("10.0.0.1", 1, "198.51.100.2"),
        ("10.0.0.1", 253, "198.51.100.254"),
        ("10.0.0.1", 254, "198.51.101.1"),
        ("10.0.0.1", 508, "198.51.102.1"),
        ("fe80::1", 255, "2001:db8::ff"),
        ("00-00-5e-00-53-01", 255, "02-00-00-00-00-FF"),
        ("00-00-5e-00-53-01", 257, "02-00-00-00-01-01"),
        ("a@b", 7, "person7@example.com"),
    ],
)
def test_each_address_of_many_is_one_for_documentation(
    text: str, number: int, address: str
) -> None:
    """A large network has more than 254."""
    form = form_of_address(text)
    assert form is not None
    assert form(number) == address


@pytest.mark.parametrize(
    "text", ["", "barn", "1.2.3", "1:2", "1.2.3.4.5", "300.1.1.1", "a:b:c", "12345"]
)
def test_other_texts_are_no_address(text: str) -> None:
    """Nor are some that look like one."""
    assert form_of_address(text) is None


def test_placeholder_is_never_a_name_that_is_given() -> None:
    """A placeholder that is in use would name another meter."""
    placeholders = Placeholders()
    placeholders.learn("90001")
    placeholders.reserve("0x90002")
    placeholders.reserve("REDACTED_1")
    assert placeholders.of("12345") == "90003"
    assert placeholders.of("barn") == "redacted_2"


@pytest.mark.parametrize(("name", "is_known"), [("A5M", False), ("TA5M", True)])
def test_name_of_four_letters_is_known_anywhere(name: str, is_known: bool) -> None:
    """A shorter one occurs by chance."""
    placeholders = Placeholders()
    placeholders.learn(f"0x{name}synchrometerX")
    for text in (name, name.lower(), f"PWRview-{name}"):
        assert placeholders.is_name(text) is is_known
        assert placeholders.is_known(text) is is_known
    assert not placeholders.is_known(f"a{name}")


@pytest.mark.parametrize(("secret", "is_known"), [("A5m", False), ("TA5m", True)])
def test_secret_of_four_letters_is_known_within_other_texts(
    secret: str, is_known: bool
) -> None:
    """And is the name of something too."""
    placeholders = Placeholders()
    placeholders.learn_secret(secret)
    for text in (secret, secret.upper(), f"x{secret}x"):
        assert placeholders.is_known(text) is is_known
    assert placeholders.is_name(secret) is is_known
    assert not placeholders.is_name(f"x{secret}x")
    assert not placeholders.is_known("another")


def test_numbers_have_placeholders_of_their_own() -> None:
    """Equal ones the same."""
    placeholders = Placeholders()
    assert placeholders.of_number(5551234) == 900_000_001
    assert placeholders.of_number(48.5) == 900_000_002
    assert placeholders.of_number(5551234) == 900_000_001
