"""How messages are written and packed: as JSON, plain, in one zlib stream, or in one zstd stream."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable

Pack = Callable[[str], bytes | str]

written = json.JSONEncoder(separators=(",", ":")).encode
"""JSON without spaces, by one encoder that is made once."""

_ZSTD_START = bytes.fromhex("28b52ffd") + b"\x00\x38"
"""The magic number, then a frame without a size whose window is 128 KiB (RFC 8878, 3.1.1)."""
_ZSTD_BLOCK = 128 * 1024


def packer(kind: str | None) -> Pack:
    """The packing that a client asked for with `?compress=`; each message can be unpacked as soon as it is there."""
    if kind == "zlib-stream":
        return _zlib()
    if kind == "zstd-stream":
        return _zstd()
    return str


def _zlib() -> Pack:
    stream = zlib.compressobj(1)

    def pack(text: str) -> bytes:
        return stream.compress(text.encode()) + stream.flush(zlib.Z_SYNC_FLUSH)

    return pack


def _zstd() -> Pack:
    """A valid zstd stream needs no compressor: its blocks may be raw, each behind three bytes of header."""
    start = _ZSTD_START

    def pack(text: str) -> bytes:
        nonlocal start
        data = text.encode()
        blocks = [start]
        start = b""
        for begin in range(0, len(data), _ZSTD_BLOCK):
            block = data[begin : begin + _ZSTD_BLOCK]
            blocks += [(len(block) << 3).to_bytes(3, "little"), block]
        return b"".join(blocks)

    return pack
