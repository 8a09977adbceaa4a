"""What a request costs, by the configured prices, so that a room can see and cap what its machine spends.

One dollar per million tokens is one micro-dollar per token, so a price in dollars per million tokens times a
number of tokens is a cost in millionths of a dollar. Costs are rounded up: a budget must never be flattered.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from bot.settings import Price
from bot.writing.briefs import Usage

_DATED = re.compile(r"(-\d{8}|-latest|@.+)$")
"""Endings that name an edition of a model, at the same price: `claude-haiku-4-5-20251001`."""

FREE = Price()
"""A model on this machine costs nothing."""

DEAREST = Price(10.0, 50.0, 12.5, 20.0, 1.0)
"""For a model that is not listed: no known price is higher, so a cap holds early rather than late."""


def cost(usage: Usage, price: Price) -> int:
    """The cost of one request in millionths of a US dollar, rounded up. Thinking is part of the output."""
    written = usage.cache_write_5m_tokens + usage.cache_write_1h_tokens
    prompt = usage.input_tokens + written + usage.cache_read_tokens
    if price.above is not None and price.beyond is not None and prompt > price.above:
        return cost(usage, price.beyond)
    exact = (
        usage.input_tokens * price.input
        + usage.cache_write_5m_tokens * price.write_5m
        + usage.cache_write_1h_tokens * price.write_1h
        + usage.cache_read_tokens * price.read
        + usage.output_tokens * price.output
    )
    return math.ceil(round(exact, 6))


def price_of(model: str, prices: Mapping[str, Price], otherwise: Price) -> Price:
    """A model's price by its name, with or without an edition's date; `otherwise` for an unlisted one."""
    return prices.get(model) or prices.get(_DATED.sub("", model)) or otherwise
