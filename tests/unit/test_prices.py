"""What a request costs, by the table of prices."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.prices import DEAREST, FREE, cost, price_of
from bot.settings import PRICES, Price
from bot.writing.briefs import Usage

counts = st.integers(0, 1_000_000)
usages = st.builds(
    Usage,
    input_tokens=counts,
    cache_write_5m_tokens=counts,
    cache_write_1h_tokens=counts,
    cache_read_tokens=counts,
    output_tokens=counts,
)


def test_each_kind_of_token_has_its_own_price() -> None:
    usage = Usage(
        input_tokens=1000,
        cache_write_5m_tokens=1000,
        cache_write_1h_tokens=1000,
        cache_read_tokens=1000,
        output_tokens=1000,
        thinking_tokens=600,
    )
    assert cost(usage, PRICES["claude-opus-5-5"]) == 4000 + 5000 + 8000 + 200 + 20_000


def test_thinking_is_part_of_the_output_and_not_charged_twice() -> None:
    price = PRICES["claude-sonnet-5-5"]
    assert cost(Usage(output_tokens=100, thinking_tokens=90), price) == cost(Usage(output_tokens=100), price)


def test_a_fraction_of_a_micro_dollar_is_rounded_up() -> None:
    assert cost(Usage(cache_read_tokens=1), PRICES["claude-haiku-5-5"]) == 1
    assert cost(Usage(cache_read_tokens=300), PRICES["claude-haiku-5-5"]) == 3


def test_haiku_charges_the_whole_prompt_at_the_higher_price_above_a_hundred_thousand_tokens() -> None:
    price = PRICES["claude-haiku-5-5"]
    assert cost(Usage(input_tokens=60_000, cache_read_tokens=40_000), price) == 6_000 + 400
    assert cost(Usage(input_tokens=60_001, cache_read_tokens=40_000), price) == 30_001 + 2_000
    assert cost(Usage(input_tokens=100_001, output_tokens=100), price) == 50_001 + 250


@pytest.mark.parametrize("name", ["claude-haiku-4-5-20251001", "claude-haiku-4-5-latest", "claude-haiku-4-5"])
def test_an_edition_of_a_model_costs_what_the_model_costs(name: str) -> None:
    assert price_of(name, PRICES, DEAREST) is PRICES["claude-haiku-4-5"]


def test_a_model_that_is_not_listed_is_not_taken_for_one_with_a_similar_name() -> None:
    assert price_of("claude-opus-5-7", PRICES, DEAREST) is DEAREST
    assert price_of("SmolLM2-135M", PRICES, FREE) is FREE


@given(usages, st.sampled_from(list(PRICES.values())))
def test_no_listed_price_is_above_the_one_for_unknown_models(usage: Usage, price: Price) -> None:
    assert cost(usage, FREE) == 0 <= cost(usage, price) <= cost(usage, DEAREST)
