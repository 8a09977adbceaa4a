"""Which co-writer the settings mean."""

from __future__ import annotations

from urllib.parse import urlsplit

from bot.ports import Writer
from bot.settings import Settings


def make_writer(settings: Settings) -> Writer:
    """The co-writer that is configured. `auto` is Claude when a key or an address is set, else the deck."""
    match settings.provider:
        case "claude":
            from adapters.claude import Claude  # noqa: PLC0415  # only when it is asked for
            from adapters.claude_request import Patience  # noqa: PLC0415
            from adapters.prices import DEAREST, FREE  # noqa: PLC0415

            wanted = settings.writer
            here = urlsplit(wanted.base_url).hostname in ("127.0.0.1", "localhost", "::1")
            patience = Patience(
                first_byte=wanted.first_byte_seconds, between=wanted.stall_seconds, overall=wanted.overall_seconds,
                retries=wanted.max_retries,
            )  # fmt: skip
            return Claude(
                api_key=settings.secrets.anthropic_api_key.reveal(), base_url=wanted.base_url or None, model=wanted.model,
                effort=wanted.effort, prices=settings.prices, patience=patience,
                unknown_price=FREE if here else DEAREST, schema=not here,
            )  # fmt: skip
        case "recording":
            from adapters.recording import Recording  # noqa: PLC0415

            return Recording.shipped()
        case "none":
            from bot.writing.silent import Silent  # noqa: PLC0415

            return Silent()
        case _:
            from bot.writing.deck import Deck  # noqa: PLC0415

            return Deck()
