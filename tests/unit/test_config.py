"""Configuration: what holds without a file, what each source may set, how every mistake is told at once."""

from __future__ import annotations

import dataclasses
import os
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import settings as declared
from bot.config import ConfigMistakes, database_url, describe, example_file, load, with_database
from bot.errors import OperatorError
from bot.key_kinds import Wrong
from bot.sentences import keys
from bot.settings import PRICES, Price, Secret, Settings
from bot.tables import read_tables

KEY = "sk-ant-api03-7hQ2mZ"
HOME = {"HOME": "/home/ana"}

Writes = Callable[..., Path]


@pytest.fixture
def toml(tmp_path: Path) -> Writes:
    """Writes a bot.toml into the test's folder."""

    def write(text: str | bytes, name: str = "bot.toml") -> Path:
        path = tmp_path / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return write


@pytest.fixture
def env(tmp_path: Path) -> Writes:
    """Writes a .env into the test's folder, private unless told otherwise."""

    def write(text: str | bytes, mode: int = 0o600, folder: Path = tmp_path) -> Path:
        path = folder / ".env"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        path.chmod(mode)
        return path

    return write


def mistakes(tmp_path: Path, environ: dict[str, str] | None = None) -> dict[str, str]:
    """What is wrong with the configuration of this folder, by where it is."""
    with pytest.raises(ConfigMistakes) as caught:
        load(None, HOME | (environ or {}), tmp_path)
    found = {mistake.where: mistake.what for mistake in caught.value.mistakes}
    assert len(found) == len(caught.value.mistakes)
    assert all(f"{where}: {what}" in str(caught.value) for where, what in found.items())
    return found


# Defaults and the shipped file


def test_everything_has_a_default_without_any_file(tmp_path: Path) -> None:
    found = load(None, HOME, tmp_path)
    assert found.provider == "deck"
    assert found.database.url == "sqlite:////home/ana/.local/share/room37/room37.db"
    assert found.room.zone == "UTC"
    assert found.prices == PRICES


def test_the_shipped_file_says_exactly_the_defaults(tmp_path: Path) -> None:
    assert load(example_file(), HOME, tmp_path) == load(None, HOME, tmp_path)


def test_the_shipped_file_gives_every_key_of_every_table() -> None:
    shipped = tomllib.loads(example_file().read_text("utf-8"))
    for path in every_key():
        table: object = shipped
        for word in path:
            assert isinstance(table, dict)
            assert word in table, f"bot.toml lacks {'.'.join(path)}"
            table = table[word]


def test_each_key_of_the_shipped_file_stands_below_a_comment() -> None:
    lines = example_file().read_text("utf-8").splitlines()
    prices = next(n for n, line in enumerate(lines) if line.startswith("[prices"))
    budget = lines.index("[budget]")
    for n, line in enumerate(lines):
        if re.match(r"\w+ = ", line) and not prices < n < budget:
            assert lines[n - 1].startswith("#"), f"{line} has no comment"
    assert lines[prices - 1].startswith("#")


def every_key() -> Iterator[tuple[str, ...]]:
    """The path of each field that a file can set, as bot.settings declares them."""
    for top in dataclasses.fields(Settings):
        if top.name in ("secrets", "sources", "prices"):
            continue
        cls = {
            "database": declared.Database,
            "writer": declared.WriterSettings,
            "budget": declared.BudgetDefaults,
            "room": declared.RoomDefaults,
            "discord": declared.DiscordSettings,
            "slack": declared.SlackSettings,
            "log": declared.LogSettings,
        }[top.name]
        for field in dataclasses.fields(cls):
            if cls is declared.RoomDefaults and field.name == "preset":
                yield from (("room", "preset", inner.name) for inner in dataclasses.fields(declared.Presets))
            else:
                yield (top.name, field.name)
    for model, price in PRICES.items():
        for field in dataclasses.fields(Price):
            if getattr(price, field.name) is not None:
                yield ("prices", model, field.name)


def test_no_key_stands_in_two_tables() -> None:
    names = [path[-1] for path in every_key() if path[0] != "prices"]
    assert len(names) == len(set(names))


def test_every_sentence_of_configuration_is_used() -> None:
    sources = "".join(
        path.read_text("utf-8")
        for name in ("config", "tables", "key_kinds", "env_file")
        for path in [Path(declared.__file__).with_name(f"{name}.py")]
    )
    for key in keys():
        if key.startswith("config.") and not key.startswith("config.writer_"):
            assert f'"{key.removeprefix("config.")}"' in sources, key


# Where the files are looked for, and which source is strongest


def test_the_named_file_comes_before_the_variable_and_before_the_folder(tmp_path: Path, toml: Writes) -> None:
    toml('[room]\nzone = "Asia/Tokyo"\n')
    by_variable = toml('[room]\nzone = "Europe/Paris"\n', "second.toml")
    by_name = toml('[room]\nzone = "America/Lima"\n', "third.toml")
    named = HOME | {"ROOM37_CONFIG": "second.toml"}
    assert load(None, HOME, tmp_path).room.zone == "Asia/Tokyo"
    assert load(None, named, tmp_path).room.zone == "Europe/Paris"
    assert load(None, named, tmp_path).sources.config == by_variable
    assert load(Path("third.toml"), named, tmp_path).room.zone == "America/Lima"
    assert load(by_name, named, Path("/")).room.zone == "America/Lima"


def test_a_named_file_that_is_missing_is_a_mistake(tmp_path: Path) -> None:
    found = mistakes(tmp_path, {"ROOM37_CONFIG": "nowhere.toml"})
    assert "cannot be read (No such file or directory)" in found[str(tmp_path / "nowhere.toml")]


def test_the_environment_is_stronger_than_env_and_env_than_the_file(
    tmp_path: Path, toml: Writes, env: Writes
) -> None:
    toml('[database]\nurl = "sqlite:///file.db"\n[writer]\nbase_url = "http://file:1"\n')
    env("ROOM37_DATABASE=env.db\nANTHROPIC_BASE_URL=http://env:2\n")
    found = load(None, HOME | {"ROOM37_DATABASE": "shell.db"}, tmp_path)
    assert found.database.path == tmp_path / "shell.db"
    assert found.writer.base_url == "http://env:2"


def test_an_env_file_fills_only_what_is_unset(tmp_path: Path, env: Writes) -> None:
    env(f"ANTHROPIC_API_KEY={KEY}\n")
    assert load(None, HOME, tmp_path).secrets.anthropic_api_key.reveal() == KEY
    emptied = load(None, HOME | {"ANTHROPIC_API_KEY": ""}, tmp_path)
    assert not emptied.secrets.anthropic_api_key
    assert emptied.provider == "deck"


def test_an_env_file_beside_bot_toml_is_read_after_that_of_the_working_folder(
    tmp_path: Path, toml: Writes, env: Writes
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    config = toml("")
    beside = env("ANTHROPIC_BASE_URL=http://beside:1\nROOM37_DATABASE=beside.db\n")
    here = env("ANTHROPIC_BASE_URL=http://here:2\n", folder=elsewhere)
    found = load(config, HOME, elsewhere)
    assert found.writer.base_url == "http://here:2"
    assert found.database.path == elsewhere / "beside.db"
    assert found.sources.env_files == (here, beside)


def test_an_env_file_can_name_the_configuration(tmp_path: Path, toml: Writes, env: Writes) -> None:
    toml('[log]\nlevel = "debug"\n', "mine.toml")
    env("ROOM37_CONFIG=mine.toml\n")
    assert load(None, HOME, tmp_path).log.level == "debug"


# What must be true of .env


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o610, 0o666])
def test_an_env_file_that_others_can_reach_is_refused_with_the_command_that_closes_it(
    tmp_path: Path, env: Writes, mode: int
) -> None:
    path = env(f"ANTHROPIC_API_KEY={KEY}\n", mode)
    told = mistakes(tmp_path)[str(path)]
    assert f"chmod 600 {path}" in told
    assert KEY not in told


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o700])
def test_an_env_file_that_is_closed_to_others_is_read(tmp_path: Path, env: Writes, mode: int) -> None:
    env(f"ANTHROPIC_API_KEY={KEY}\n", mode)
    assert load(None, HOME, tmp_path).provider == "claude"


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a file away")
def test_an_env_file_of_someone_else_is_refused(tmp_path: Path, env: Writes) -> None:
    path = env(f"ANTHROPIC_API_KEY={KEY}\n")
    os.chown(path, 12345, 12345)
    assert "belongs to someone else" in mistakes(tmp_path)[str(path)]


def test_a_folder_or_a_pipe_named_env_is_no_env_file(tmp_path: Path) -> None:
    (tmp_path / ".env").mkdir()
    assert load(None, HOME, tmp_path).sources.env_files == ()
    (tmp_path / ".env").rmdir()
    os.mkfifo(tmp_path / ".env")
    assert load(None, HOME, tmp_path).sources.env_files == ()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("\n\nANTHROPIC_API_KEY\n", 3),
        (f"# mine\nANTHROPIC_API_KEY='{KEY}\n", 2),
        (b"A=1\n\xff\xfe=2\n", 2),
    ],
)
def test_a_broken_line_of_an_env_file_is_named_by_its_number(
    tmp_path: Path, env: Writes, text: str | bytes, line: int
) -> None:
    told = mistakes(tmp_path)[str(path)] if (path := env(text)) else ""
    assert f"line {line} " in told
    assert KEY not in told


def test_a_dollar_sign_in_an_env_file_is_only_a_dollar_sign(tmp_path: Path, env: Writes) -> None:
    env('export ANTHROPIC_API_KEY="sk-$HOME-${HOME}" # mine\n')
    assert load(None, HOME, tmp_path).secrets.anthropic_api_key.reveal() == "sk-$HOME-${HOME}"


def test_the_shipped_example_of_an_env_file_can_be_used_as_it_is(tmp_path: Path, env: Writes) -> None:
    env((Path(__file__).parents[2] / ".env.example").read_bytes())
    assert load(None, HOME, tmp_path) == load(None, HOME, Path("/nowhere"))


# All mistakes at once


def test_all_mistakes_of_all_sources_are_told_at_once_with_the_nearest_right_word(
    tmp_path: Path, toml: Writes, env: Writes
) -> None:
    toml("""
provider = "deck"
[writer]
provider = "cluade"
modle = "claude-opus-5-5"
effort = "hihg"
max_tokens = "4000"
first_byte_seconds = true
max_retries = 99
base_url = "localhost:8080"
[room]
zone = "europe/berlin"
hours = "18:00-09:00"
[room.preset]
terminal = "tabel"
[logs]
level = "info"
[budget]
room_month = -1
[database]
url = "mysql://host/name"
""")
    private = env("", 0o644)
    found = mistakes(tmp_path, {"ROOM37_DATABSE": "x", "ANTHROPIC_API_KEY": "two words"})
    assert "writer.provider" in found.pop("provider")
    assert 'Did you mean "claude"?' in found.pop("writer.provider")
    assert "Did you mean writer.model?" in found.pop("writer.modle")
    assert 'Did you mean "high"?' in found.pop("writer.effort")
    assert "this is text. Write a whole number from 256 to 64000" in found.pop("writer.max_tokens")
    assert "this is true or false. Write a number" in found.pop("writer.first_byte_seconds")
    assert "from 0 to 10" in found.pop("writer.max_retries")
    assert "https://" in found.pop("writer.base_url")
    assert 'Did you mean "Europe/Berlin"?' in found.pop("room.zone")
    assert "Mon-Fri 09:00-18:00" in found.pop("room.hours")
    assert 'Did you mean "table"?' in found.pop("room.preset.terminal")
    assert "Did you mean log?" in found.pop("logs")
    assert 'Or write "preset".' in found.pop("budget.room_month")
    assert "postgresql+asyncpg://" in found.pop("database.url")
    assert "chmod 600" in found.pop(str(private))
    assert "Did you mean ROOM37_DATABASE?" in found.pop("ROOM37_DATABSE")
    assert "Copy the key again" in found.pop("ANTHROPIC_API_KEY")
    assert found == {}


def test_the_heading_counts_the_mistakes_and_names_the_file(tmp_path: Path, toml: Writes) -> None:
    path = toml("[log]\nlevel = 1\n")
    with pytest.raises(OperatorError, match=r"^One thing ") as one:
        load(None, HOME, tmp_path)
    assert str(path) in str(one.value).splitlines()[0]
    toml("[log]\nlevel = 1\nlevle = 2\n")
    with pytest.raises(OperatorError, match=r"^2 things "):
        load(None, HOME, tmp_path)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[writer]\nmodel = "claude\n', "line 2, column 16"),
        ("[writer\n", "line 1, column 8"),
        ("a = 1\na = 2\n", "line 2, column 6"),
        ("a = [1,", "ends in the middle"),
        (b'[room]\nzone = "\xe9"\n', "line 2 is not UTF-8"),
        ("a = " + "9" * 5000, "too large or too deeply nested"),
        ("a = " + "[" * 5000, "too large or too deeply nested"),
        ("# " + "x" * 1_100_000, "larger than a megabyte"),
    ],
)
def test_a_file_that_is_no_toml_is_told_with_its_place(
    tmp_path: Path, toml: Writes, text: str | bytes, told: str
) -> None:
    path = toml(text)
    assert told in mistakes(tmp_path)[str(path)]


def test_a_configuration_that_is_a_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "bot.toml").mkdir()
    assert "Is a directory" in mistakes(tmp_path)[str(tmp_path / "bot.toml")]


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path, toml: Writes) -> None:
    toml(b'\xef\xbb\xbf[log]\r\nlevel = "error"\r\n')
    assert load(None, HOME, tmp_path).log.level == "error"


def test_a_key_where_a_table_belongs_is_told(tmp_path: Path, toml: Writes) -> None:
    toml('writer = "claude"\n[room]\npreset = "table"\n[prices]\nmine = 3\n[[log]]\nlevel = "info"\n')
    found = mistakes(tmp_path)
    assert set(found) == {"writer", "room.preset", "prices.mine", "log"}
    assert "[room.preset]" in found["room.preset"]


@pytest.mark.parametrize("zone", ["", "Europe", "../etc/passwd", "/etc/localtime", "Mars/Olympus", "\u0000"])
def test_a_zone_that_does_not_exist_is_told_whatever_it_is(zone: str) -> None:
    _, wrong = read_tables({"room": {"zone": zone}})
    assert [where for where, _ in wrong] == ["room.zone"]


@pytest.mark.parametrize(
    "hours", ["", "09:00-18:00 Mon", "Mon-Fri 9-18", "Mon 25:00-26:00", "Mon 18:00-18:00"]
)
def test_room_hours_are_days_and_a_span(hours: str) -> None:
    _, wrong = read_tables({"room": {"hours": hours}})
    assert len(wrong) == (1 if hours else 0)


@pytest.mark.parametrize("hours", ["Mon-Fri 09:00-18:00", "Sat,Sun 10:00-24:00", "Fri-Mon,Wed 00:00-23:59"])
def test_room_hours_can_be_several_days(hours: str) -> None:
    tables, wrong = read_tables({"room": {"hours": hours}})
    assert (tables.room.hours, wrong) == (hours, [])


JUST_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
OURS = st.sampled_from(sorted({word for path in every_key() for word in path}))


@given(
    st.dictionaries(
        OURS | st.text(max_size=6), JUST_ANYTHING | st.dictionaries(OURS, JUST_ANYTHING), max_size=5
    )
)
def test_no_file_whatever_it_holds_stops_the_reading_short(raw: dict[str, object]) -> None:
    tables, wrong = read_tables(raw)
    for name in raw:
        known = name in {path[0] for path in every_key()}
        assert known or any(where.startswith((name, '"')) for where, _ in wrong)
    assert tables.writer.max_retries in range(11)
    assert all(isinstance(price.input, float) for price in tables.prices.values())


def test_waiting_for_all_of_an_answer_includes_waiting_for_its_beginning(
    tmp_path: Path, toml: Writes
) -> None:
    toml("[writer]\nfirst_byte_seconds = 60\noverall_seconds = 30\n")
    assert "writer.first_byte_seconds" in mistakes(tmp_path)["writer.overall_seconds"]


# Secrets


@pytest.mark.parametrize(
    "line",
    [
        f'[writer]\napi_key = "{KEY}"',
        f'[writer]\nmodel = "{KEY}"',
        f'[writer]\nprovider = "{KEY}"',
        f'anthropic_api_key = "{KEY}"',
        f'[secrets]\nanthropic = ["{KEY}"]',
        f'[slack]\ntoken = "{KEY[10:]}"',
        f'[writer]\nbase_url = "https://ana:{KEY}@host"',
        f'[database]\nurl = "postgresql+asyncpg://ana:{KEY}@host/name"',
        f'[database]\nurl = "postgresql+asyncpg://host/name?password={KEY}"',
        f"[writer]\n{KEY} = 1",
        f"[writer]\n{KEY} = 1\n{KEY} = 2",
        f"[writer]\nmodel = {KEY}",
        f'[room]\nzone = "{KEY}"',
    ],
)
def test_a_secret_in_bot_toml_is_refused_and_never_repeated(tmp_path: Path, toml: Writes, line: str) -> None:
    toml(line)
    with pytest.raises(ConfigMistakes) as caught:
        load(None, HOME, tmp_path)
    assert KEY[10:] not in str(caught.value)
    assert KEY[10:] not in repr(caught.value)


def test_a_secret_in_bot_toml_is_sent_to_the_environment(tmp_path: Path, toml: Writes) -> None:
    toml(f'[writer]\napi_key = "{KEY}"\n')
    assert "put it into the environment" in mistakes(tmp_path)["writer.api_key"]


@given(st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_", min_size=12))
def test_a_key_is_shown_by_nothing_but_reveal(tail: str) -> None:
    key = f"sk-ant-{tail}"
    found = load(None, HOME | {"ANTHROPIC_API_KEY": f" {key}\n"}, Path("/nowhere"))
    assert found.secrets.anthropic_api_key.reveal() == key
    shown = [repr(found), str(found), f"{found.secrets.anthropic_api_key}", *describe(found)]
    assert not any(key in text for text in shown)
    assert found.secrets.anthropic_api_key == Secret(key)
    assert found.secrets.anthropic_api_key != Secret(key + "x")


@given(
    st.text("abcXYZ09!$:?#%", min_size=8).filter(lambda text: text not in "postgresql+asyncpg://host/name"),
)
def test_a_password_of_the_database_is_never_shown(password: str) -> None:
    address = f"postgresql+asyncpg://ana:{password}@host/name"
    try:
        found = load(None, HOME | {"ROOM37_DATABASE": address}, Path("/nowhere"))
    except ConfigMistakes as mistaken:
        assert password not in str(mistaken)  # noqa: PT017 - either way of ending must keep it
    else:
        assert found.database.url == address
        assert password not in " ".join((repr(found), *describe(found)))


# Where memory is kept


@pytest.mark.parametrize(
    ("place", "path"),
    [
        ("stories.db", "/srv/room/stories.db"),
        ("../stories.db", "/srv/stories.db"),
        ("/var/my stories.db", "/var/my stories.db"),
        ("what?#%20.db", "/srv/room/what?#%20.db"),
        ("sqlite:///stories.db", "/srv/room/stories.db"),
        ("sqlite:////var/stories.db", "/var/stories.db"),
        ("sqlite:////var/my%20stories.db", "/var/my stories.db"),
    ],
)
def test_a_database_file_can_be_a_path_or_an_address(place: str, path: str) -> None:
    url = database_url(place, Path("/srv/room"))
    assert declared.Database(url).path == Path(path)
    assert database_url(url, Path("/elsewhere")) == url


@pytest.mark.parametrize(
    "place",
    [
        "",
        "folder/",
        ":memory:",
        "~/stories.db",
        "sqlite://stories.db",
        "sqlite:///",
        "sqlite:///:memory:",
        "sqlite:///a.db?mode=ro",
        "postgresql://host/name",
        "postgresql+asyncpg://host",
        "postgresql+asyncpg://host:port/name",
        "postgresql+asyncpg://[host/name",
        "mysql://host/name",
    ],
)
def test_what_is_no_place_for_memory_is_refused(place: str) -> None:
    with pytest.raises(Wrong, match=r"\bWrite|needs|database"):
        database_url(place, Path("/srv"))


@pytest.mark.parametrize(
    "address", ["postgresql+asyncpg://host/name", "postgresql+asyncpg:///name?host=/run/pg"]
)
def test_a_postgresql_address_is_kept_as_it_is(address: str) -> None:
    assert database_url(address, Path("/srv")) == address
    assert declared.Database(address).path is None


def test_a_database_of_bot_toml_is_relative_to_its_folder(tmp_path: Path, toml: Writes) -> None:
    config = toml('[database]\nurl = "sqlite:///stories.db"\n')
    assert load(config, HOME, Path("/")).database.path == tmp_path / "stories.db"


def test_the_option_of_the_command_line_is_stronger_than_all(tmp_path: Path) -> None:
    found = load(None, HOME | {"ROOM37_DATABASE": "shell.db"}, tmp_path)
    assert with_database(found, None, tmp_path) == found
    assert with_database(found, "option.db", tmp_path).database.path == tmp_path / "option.db"
    with pytest.raises(ConfigMistakes, match="--db: "):
        with_database(found, "mysql://host/name", tmp_path)


def test_the_default_place_follows_the_data_folder() -> None:
    nowhere = Path("/nowhere")
    given_folder = load(None, {"XDG_DATA_HOME": "/data", "HOME": "/home/ana"}, nowhere)
    assert given_folder.database.path == Path("/data/room37/room37.db")
    relative = load(None, {"XDG_DATA_HOME": "data", "HOME": "/home/ana"}, nowhere)
    assert relative.database.path == Path("/home/ana/.local/share/room37/room37.db")
    with pytest.raises(ConfigMistakes, match="neither XDG_DATA_HOME nor HOME"):
        load(None, {}, nowhere)


# Prices


def test_a_price_of_a_known_model_is_changed_key_by_key(tmp_path: Path, toml: Writes) -> None:
    toml('[prices."claude-haiku-5-5"]\noutput = 7\nbeyond = { output = 9 }\n')
    found = load(None, HOME, tmp_path).prices
    known = PRICES["claude-haiku-5-5"]
    assert known.beyond is not None
    beyond = dataclasses.replace(known.beyond, output=9.0)
    assert found["claude-haiku-5-5"] == dataclasses.replace(known, output=7.0, beyond=beyond)
    assert found["claude-sonnet-5-5"] == PRICES["claude-sonnet-5-5"]


def test_cache_prices_of_a_new_model_follow_its_input_price(tmp_path: Path, toml: Writes) -> None:
    toml("[prices.new]\ninput = 4\noutput = 20\nread = 0.2\n[prices.mine]\ninput = 0\noutput = 0\n")
    found = load(None, HOME, tmp_path).prices
    assert found["new"] == Price(4.0, 20.0, 5.0, 8.0, 0.2)
    assert found["mine"] == Price()


def test_a_price_lacks_nothing_and_has_one_whole_step(tmp_path: Path, toml: Writes) -> None:
    toml("""
[prices.a]
input = 1
[prices.b]
input = 1
output = 2
above = 100
[prices."c d"]
input = 1
output = 2
beyond = { output = 3, above = 4 }
[prices.e]
input = "1"
output = nan
raed = 2
""")
    assert set(mistakes(tmp_path)) == {
        "prices.a.output",
        "prices.b.beyond",
        'prices."c d".above',
        'prices."c d".beyond.input',
        'prices."c d".beyond.above',
        "prices.e.input",
        "prices.e.output",
        "prices.e.raed",
    }


# Which co-writer, and what the doctor says of it


@pytest.mark.parametrize(
    ("provider", "environ", "meant", "why"),
    [
        ("auto", {}, "deck", "because there is no ANTHROPIC_API_KEY"),
        (
            "auto",
            {"ANTHROPIC_API_KEY": KEY},
            "claude",
            "at api.anthropic.com, because there is an ANTHROPIC_API_KEY",
        ),
        (
            "auto",
            {"ANTHROPIC_BASE_URL": "http://llama:8080/v1"},
            "claude",
            "at llama, because there is a base_url",
        ),
        ("claude", {"ANTHROPIC_API_KEY": KEY}, "claude", 'because writer.provider is "claude"'),
        ("claude", {"ANTHROPIC_BASE_URL": "http://llama:8080"}, "claude", "at llama, without a key"),
        ("deck", {"ANTHROPIC_API_KEY": KEY}, "deck", 'because writer.provider is "deck"'),
        ("recording", {}, "recording", 'because writer.provider is "recording"'),
        ("none", {"ANTHROPIC_API_KEY": KEY}, "none", 'because writer.provider is "none"'),
    ],
)
def test_the_co_writer_that_is_meant_is_told_with_its_reason(
    tmp_path: Path, toml: Writes, provider: str, environ: dict[str, str], meant: str, why: str
) -> None:
    toml(f'[writer]\nprovider = "{provider}"\n')
    found = load(None, HOME | environ, tmp_path)
    assert found.provider == meant
    assert why in describe(found)[-1]


def test_claude_without_key_and_address_is_a_mistake(tmp_path: Path, toml: Writes) -> None:
    toml('[writer]\nprovider = "claude"\n')
    assert "ANTHROPIC_API_KEY" in mistakes(tmp_path)["writer.provider"]


def test_the_description_names_files_variables_and_the_place_of_memory(
    tmp_path: Path, toml: Writes, env: Writes
) -> None:
    config, private = toml(""), env(f"ANTHROPIC_API_KEY={KEY}\n")
    told = "\n".join(describe(load(None, HOME, tmp_path)))
    for part in (str(config), str(private), "ANTHROPIC_API_KEY", "/home/ana/.local/share/room37/room37.db"):
        assert part in told
    assert KEY not in told
    assert "the defaults hold" in describe(load(None, HOME, Path("/nowhere")))[0]


def test_default_effort_and_preset_budget_leave_it_to_others(tmp_path: Path, toml: Writes) -> None:
    toml('[writer]\neffort = "default"\n[budget]\nroom_month = 12\nperson_share = "preset"\n')
    found = load(None, HOME, tmp_path)
    assert found.writer.effort is None
    assert (found.budget.room_month, found.budget.person_share) == (12.0, None)
