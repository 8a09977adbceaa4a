"""`python -m tests.pictures --out FOLDER`: play the evening, draw what people saw, photograph it.

Writes FOLDER/evening.html (any width) and, where there is a Chromium, FOLDER/desktop/NAME.png and FOLDER/phone/NAME.png.
`--readme` renews the pictures that README.md shows.
"""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from tests.pictures.camera import WIDTHS, browser, camera
from tests.pictures.evening import play
from tests.pictures.page import page
from tests.pictures.shots import Shot

EXAMPLES = Path(__file__).parents[2] / "examples"
README = {
    "discord_ballot": ("ballot-later", "desktop"),
    "discord_vote": ("my-ballot-open", "phone"),
    "discord_passage": ("page", "desktop"),
}
"""Pictures that README.md shows: which shot, at which width."""


async def _photograph(shots: list[Shot], html: Path, program: str) -> None:
    async with camera(program, html) as seen:
        for folder, width in WIDTHS.items():
            (html.parent / folder).mkdir(exist_ok=True)
            await seen.wide(width, 1)
            for shot in shots:
                (html.parent / folder / f"{shot.name}.png").write_bytes(await seen.shoot(f"#{shot.name}"))


async def _for_readme(html: Path, program: str) -> None:
    async with camera(program, html) as seen:
        for name, (shot, width) in README.items():
            await seen.wide(WIDTHS[width], 1.5)
            (EXAMPLES / f"{name}.png").write_bytes(await seen.shoot(f"#{shot} .window"))


def main() -> None:
    """Play, draw, photograph."""
    parser = argparse.ArgumentParser(prog="python -m tests.pictures")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--readme", action="store_true", help="also write the pictures of README.md into examples/")
    given = parser.parse_args()
    shots, refused = asyncio.run(play())
    html = given.out.resolve() / "evening.html"
    html.parent.mkdir(parents=True, exist_ok=True)
    html.write_text(page(shots, "story"), "utf-8")
    print(f"{html}: {len(shots)} pictures drawn; refused by the server: {len(refused)}")
    program = browser()
    if program is None:
        print("no screenshots: there is no Chromium here (apt-get install chromium)")
        return
    asyncio.run(_photograph(shots, html, program))
    print(f"{html.parent}/desktop, {html.parent}/phone: {len(shots)} screenshots each, by {program}")
    if given.readme:
        asyncio.run(_for_readme(html, program))
        print(f"{EXAMPLES}: {', '.join(f'{name}.png' for name in README)}")


if __name__ == "__main__":
    main()
