"""`python -m tests.pictures --out FOLDER`: play the evening, draw what people saw, photograph it.

Writes FOLDER/discord.html and FOLDER/slack.html (any width) and, where there is a Chromium, FOLDER/discord-desktop/NAME.png
and so on. `--readme` renews the pictures that README.md shows.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Iterator
from pathlib import Path

from tests.pictures import evening, page, slack_evening, slack_page
from tests.pictures.camera import WIDTHS, browser, camera

EXAMPLES = Path(__file__).parents[2] / "examples"
README = {
    "discord_ballot": ("ballot-later", "desktop"),
    "discord_vote": ("my-ballot-open", "phone"),
    "discord_passage": ("page", "desktop"),
    "slack_ballot": ("my-ballot", "desktop"),
    "slack_home": ("home", "desktop"),
}
"""Pictures that README.md shows, by platform and name: which shot, at which width."""


async def _photograph(names: list[str], html: Path, program: str) -> None:
    async with camera(program, html) as seen:
        for kind, width in WIDTHS.items():
            folder = html.parent / f"{html.stem}-{kind}"
            folder.mkdir(exist_ok=True)
            await seen.wide(width, 1)
            for name in names:
                (folder / f"{name}.png").write_bytes(await seen.shoot(f"#{name}"))


async def _for_readme(html: Path, program: str) -> list[str]:
    wanted = {name: shot for name, shot in README.items() if name.startswith(html.stem)}
    async with camera(program, html) as seen:
        for name, (shot, width) in wanted.items():
            await seen.wide(WIDTHS[width], 1.5)
            (EXAMPLES / f"{name}.png").write_bytes(await seen.shoot(f"#{shot} .window"))
    return list(wanted)


def _drawn(folder: Path) -> Iterator[tuple[Path, list[str]]]:
    """The pages, and the names of the shots on each."""
    folder.mkdir(parents=True, exist_ok=True)
    shots, refused = asyncio.run(evening.play())
    yield _written(folder / "discord.html", page.page(shots, "story"), len(shots), len(refused)), [shot.name for shot in shots]
    slack, slack_refused = asyncio.run(slack_evening.play())
    yield _written(folder / "slack.html", slack_page.page(slack), len(slack), len(slack_refused)), [shot.name for shot in slack]


def _written(html: Path, text: str, count: int, refused: int) -> Path:
    html.write_text(text, "utf-8")
    print(f"{html}: {count} pictures drawn; refused by the server: {refused}")
    return html


def main() -> None:
    """Play, draw, photograph."""
    parser = argparse.ArgumentParser(prog="python -m tests.pictures")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--readme", action="store_true", help="also write the pictures of README.md into examples/")
    given = parser.parse_args()
    program = browser()
    for html, names in _drawn(given.out.resolve()):
        if program is None:
            print("no screenshots: there is no Chromium here (apt-get install chromium)")
            continue
        asyncio.run(_photograph(names, html, program))
        print(f"{html.parent}/{html.stem}-desktop, -phone: {len(names)} screenshots each, by {program}")
        if given.readme:
            print(f"{EXAMPLES}: {', '.join(f'{name}.png' for name in asyncio.run(_for_readme(html, program)))}")


if __name__ == "__main__":
    main()
