"""Words that all gateways use are distinguished from those that may name someone."""

import pytest

from custom_components.tesla_gateway_meters.gateway.vocabulary import (
    is_common_word,
    is_error_word,
)


@pytest.mark.parametrize("word", ["timeout", "TIMEOUT", "Timeout", "modbus", "Modbus"])
def test_word_of_an_error_text_is_known(word: str) -> None:
    """In the case in which it is written, or in capitals."""
    assert is_error_word(word)


@pytest.mark.parametrize("word", ["Page", "Place", "smith", "SMITH", "Smith", "", "7"])
def test_word_that_may_be_a_name_is_not_known(word: str) -> None:
    """A capital makes a name of most words."""
    assert not is_error_word(word)


@pytest.mark.parametrize(
    "word",
    [
        "solarRGM",
        "solarrgm",
        "Site",
        "instant_power",
        "timeout",
        "synchrometerX",
        "neurio_w2_tcp",
        "SystemIslandedActive",
        "TEG",
    ],
)
def test_word_of_the_api_is_common(word: str) -> None:
    """Keys, locations, words of errors in any case; types and states as they are."""
    assert is_common_word(word)


@pytest.mark.parametrize("word", ["smith", "neurio_smith", "SystemSmith", "teg1", ""])
def test_other_word_is_not_common(word: str) -> None:
    """A part of it that is common makes it no common word."""
    assert not is_common_word(word)
