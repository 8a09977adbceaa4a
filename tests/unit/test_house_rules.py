"""The house rules: the table, what may stand in it, and who may do what by it."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import NotAllowed, UserError
from bot.sentences import keys
from bot.story import house_rules
from bot.story.hours import Length, after, parse_hours
from bot.story.opening import open_round
from bot.story.people import Role, Standing
from bot.story.rooms import Preset
from bot.story.rule_lines import BY_KEY, LINES, Rules
from tests.unit.voting_room import START, VotingRoom

PRESETS: tuple[Preset, ...] = get_args(Preset)


def test_every_field_of_the_rules_is_one_line_of_the_table() -> None:
    assert sorted(line.field for line in LINES) == sorted(f.name for f in fields(Rules))
    assert len(BY_KEY) == len(LINES)


@pytest.mark.parametrize("platform", ["terminal", "discord"])
@pytest.mark.parametrize("preset", PRESETS)
def test_every_line_of_every_preset_is_said_in_plain_words(preset: Preset, platform: str) -> None:
    room = VotingRoom(preset, platform).snapshot.room
    lines = house_rules.printed(room)
    assert [line.key for line in lines] == [line.key for line in LINES]
    assert all(line.title and line.words and not line.changed for line in lines)


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.key)
def test_what_a_line_prints_as_typed_can_be_typed_again(line: object) -> None:
    for preset in PRESETS:
        for room in (VotingRoom(preset).snapshot.room, VotingRoom(preset, "discord").snapshot.room):
            printed = house_rules.printed(room, line.key)[0]  # type: ignore[attr-defined]  # a Line
            kind = line.kind  # type: ignore[attr-defined]  # a Line
            assert kind.write(kind.read(printed.key, printed.typed)) == printed.typed


def test_every_value_that_a_line_allows_has_words_of_its_own() -> None:
    catalogue = keys()
    for line in LINES:
        for option in getattr(line.kind, "options", ()):
            assert f"rules.{line.key}_{option}".replace("-", "_") in catalogue
        for option, _ in getattr(line.kind, "special", ()):
            assert f"rules.{line.key}_{option}".replace("-", "_") in catalogue


def test_the_columns_hold_what_the_house_rules_say() -> None:
    community = house_rules.in_force(VotingRoom("community", "discord").snapshot.room)
    studio = house_rules.in_force(VotingRoom("studio", "slack").snapshot.room)
    table = house_rules.in_force(VotingRoom("table", "discord").snapshot.room)
    terminal = house_rules.in_force(VotingRoom("table", "terminal").snapshot.room)
    assert (community.length, community.last_call) == (Length(24 * 60), Length(60))
    assert (community.ideas_each, community.ideas_most, community.run_off_from) == (2, 10, 7)
    assert (community.names, community.pen_minutes, community.budget_cents) == ("hidden", 15, 500)
    assert community.tie == ("people", "showrunner", "dice")
    assert (studio.length, studio.parts, studio.decides) == (Length(room_days=1), "two", "showrunner")
    assert studio.early_close == Length(10)
    assert (table.length, table.early_close) == (Length(10), Length(1))
    assert (terminal.length, terminal.early_close) == (Length(), Length())
    assert (table.quorum, table.budget_cents, table.short_words) == (2, None, 60)


@pytest.mark.parametrize(
    ("key", "typed", "field", "value"),
    [
        ("length", "2 room days", "length", Length(room_days=2)),
        ("length", "90", "length", Length(90)),
        ("length", "3d", "length", Length(3 * 24 * 60)),
        ("length", "none", "length", Length()),
        ("Quorum", "regulars", "quorum", -1),
        ("quorum", "4", "quorum", 4),
        ("tie", "dice, showrunner", "tie", ("showrunner", "dice")),
        ("turn order", "Round Robin", "turn_order", "round-robin"),
        ("folded", "yes", "folded", True),
        ("budget", "$12", "budget_cents", 1200),
        ("run_off", "off", "run_off_from", 0),
        ("zone", "Europe/Berlin", "zone", "Europe/Berlin"),
        ("hours", "mon-fri 09:00-18:00", "hours", "Mon-Fri 09:00-18:00"),
        ("hours", "always", "hours", ""),
    ],
)
def test_a_showrunner_sets_a_line_as_people_type_it(key: str, typed: str, field: str, value: object) -> None:
    room = VotingRoom("community", hours="Tue 10:00-12:00")
    room.keep(house_rules.set_line(room.snapshot, key, typed, room.by("w1")))
    assert getattr(house_rules.in_force(room.snapshot.room), field) == value
    assert room.acts[-1].kind == "rule.set"


def test_setting_a_line_says_what_it_was_and_setting_it_back_leaves_no_trace_in_the_room() -> None:
    room = VotingRoom("table")
    news = room.keep(house_rules.set_line(room.snapshot, "quorum", "4", room.by("w1")))
    assert (news.before.typed, news.line.typed, news.line.changed) == ("2", "4", True)
    room.keep(house_rules.set_line(room.snapshot, "quorum", "2", room.by("w1")))
    assert not room.snapshot.room.rules


def test_an_unknown_line_suggests_the_nearest() -> None:
    room = VotingRoom()
    with pytest.raises(UserError) as refused:
        house_rules.set_line(room.snapshot, "quorun", "4", room.by("w1"))
    assert "Did you mean quorum?" in refused.value.sentence
    with pytest.raises(UserError) as refused:
        house_rules.set_line(room.snapshot, "zzzzzz", "4", room.by("w1"))
    assert refused.value.key == "rules.no_such_line"


@pytest.mark.parametrize(
    ("key", "typed", "names"),
    [
        ("method", "best", "approval, ranked, single"),
        ("quorum", "0", "1 to 50, regulars, half"),
        ("length", "soon", "1 room day"),
        ("length", "0 room days", "1 room day"),
        ("tie", "coin", "people, showrunner, dice"),
        ("zone", "Middle/Earth", "Europe/Berlin"),
        ("zone", "EST", "America/New_York"),
        ("hours", "Mon 18:00-09:00", "Mon-Fri 09:00-18:00"),
        ("folded", "maybe", "on, off"),
        ("stop", "never", "anyone"),
    ],
)
def test_a_value_that_cannot_stand_there_names_what_can(key: str, typed: str, names: str) -> None:
    room = VotingRoom()
    with pytest.raises(UserError) as refused:
        house_rules.set_line(room.snapshot, key, typed, room.by("w1"))
    assert refused.value.argument == "value"
    assert names in refused.value.sentence.replace("\\", "")


@given(st.sampled_from(LINES), st.text(max_size=30))
def test_whatever_is_typed_stands_in_a_line_or_is_refused_with_a_sentence(line: object, typed: str) -> None:
    room = VotingRoom()
    try:
        outcome = house_rules.set_line(room.snapshot, line.key, typed, room.by("w1"))  # type: ignore[attr-defined]  # a Line
    except UserError as refused:
        said = refused.sentence
    else:
        said = house_rules.printed(outcome.value.room, line.key)[0].words  # type: ignore[attr-defined]  # a Line
    assert said


def test_a_line_written_by_another_version_falls_back_to_the_preset() -> None:
    room = VotingRoom(rules={"quorum": "a dozen", "gone": "1", "form": "line"}).snapshot.room
    assert house_rules.in_force(room).quorum == 2
    assert house_rules.in_force(room).form == "line"


def test_choosing_a_kind_of_room_keeps_the_lines_that_were_changed_by_hand() -> None:
    room = VotingRoom("table", rules={"quorum": "4"})
    news = room.keep(house_rules.choose_preset(room.snapshot, " Studio ", room.by("w1")))
    assert room.snapshot.room.preset == "studio"
    assert room.snapshot.room.preset_chosen
    assert house_rules.in_force(room.snapshot.room).quorum == 4
    assert [line.key for line in news.kept] == ["quorum"]
    with pytest.raises(UserError):
        house_rules.choose_preset(room.snapshot, "circus", room.by("w1"))


# ---- who may


def test_who_opened_the_first_story_runs_the_room_until_someone_is_appointed() -> None:
    room = VotingRoom()
    assert house_rules.is_showrunner(room.snapshot, room.by("w1"))
    assert not house_rules.is_showrunner(room.snapshot, room.by("w2"))
    room.member("w2", role=Role.SHOWRUNNER)
    assert not house_rules.is_showrunner(room.snapshot, room.by("w1"))
    assert house_rules.is_showrunner(room.snapshot, room.by("w2"))
    assert house_rules.is_showrunner(room.snapshot, room.by("mod", Standing(keeper=True)))
    assert not house_rules.is_showrunner(room.snapshot, room.by(None))


def test_only_who_runs_the_room_changes_its_rules() -> None:
    room = VotingRoom()
    with pytest.raises(NotAllowed):
        house_rules.set_line(room.snapshot, "quorum", "4", room.by("w2"))
    with pytest.raises(NotAllowed):
        house_rules.choose_preset(room.snapshot, "studio", room.by("w2"))


def test_in_a_community_keepers_open_rooms_and_in_a_studio_full_members_do() -> None:
    community = house_rules.in_force(VotingRoom("community", "discord").snapshot.room)
    studio = house_rules.in_force(VotingRoom("studio", "slack").snapshot.room)
    with pytest.raises(NotAllowed):
        house_rules.may_open(community, Standing(), Role.NONE)
    house_rules.may_open(community, Standing(keeper=True), Role.NONE)
    house_rules.may_open(studio, Standing(), Role.NONE)
    with pytest.raises(NotAllowed):
        house_rules.may_open(studio, Standing(guest=True), Role.NONE)


@pytest.mark.parametrize("preset", PRESETS)
def test_readers_and_people_who_cannot_post_neither_pitch_nor_vote(preset: Preset) -> None:
    room = VotingRoom(preset)
    room.pitch("w1", "An idea")
    room.member("r", role=Role.READER)
    for moment in (room.by("r"), room.by("x", Standing(can_post=False))):
        with pytest.raises(NotAllowed) as refused:
            house_rules.may_pitch(room.snapshot, moment)
        assert refused.value.sentence
        with pytest.raises(NotAllowed):
            house_rules.may_vote(room.snapshot, room.round, moment)


def test_guests_of_a_studio_do_not_pitch() -> None:
    room = VotingRoom("studio", "slack")
    with pytest.raises(NotAllowed):
        house_rules.may_pitch(room.snapshot, room.by("g", Standing(guest=True)))
    house_rules.may_pitch(VotingRoom("table").snapshot, room.by("g", Standing(guest=True)))


def test_a_new_studio_locks_nobody_out_and_a_listed_one_only_those_who_are_not_listed() -> None:
    room = VotingRoom("studio", "slack")
    room.pitch("w1", "An idea")
    room.member("w2", days=3)
    house_rules.may_vote(room.snapshot, room.round, room.by("new"))
    for name in ("w3", "w4"):
        room.member(name, days=3)
    with pytest.raises(NotAllowed):
        house_rules.may_vote(room.snapshot, room.round, room.by("new"))
    room.member("new", role=Role.WRITER)
    house_rules.may_vote(room.snapshot, room.round, room.by("new"))
    with pytest.raises(NotAllowed):
        house_rules.may_vote(room.snapshot, room.round, room.by("w2"))


def settled(server_hours: float, regulars: int) -> VotingRoom:
    """A community with a round that opens now."""
    room = VotingRoom("community", "discord")
    for n in range(regulars):
        room.member(f"w{n + 1}", days=2)
    since = Standing(space_since=START - timedelta(hours=server_hours))
    room.keep(open_round(room.snapshot, room.story, "", room.by("w1", since)))
    return room


def test_newcomers_of_a_settled_server_wait_a_day_before_they_vote() -> None:
    room = settled(100, 5)
    late, early = (Standing(joined_at=START - timedelta(hours=h)) for h in (23, 24))
    house_rules.may_vote(room.snapshot, room.round, room.by("n", early))
    with pytest.raises(NotAllowed) as refused:
        house_rules.may_vote(room.snapshot, room.round, room.by("n", late))
    assert "24 hours" in refused.value.sentence


@pytest.mark.parametrize(("server_hours", "regulars"), [(47, 5), (100, 4)])
def test_in_a_young_server_or_a_small_room_newcomers_vote_at_once(server_hours: float, regulars: int) -> None:
    room = settled(server_hours, regulars)
    house_rules.may_vote(room.snapshot, room.round, room.by("n", Standing(joined_at=START)))


# ---- who is counted on


def test_a_regular_took_part_on_two_of_the_last_fourteen_days_in_the_rooms_zone() -> None:
    room = VotingRoom(zone="America/New_York")
    room.now = datetime(2026, 3, 4, 4, 0, tzinfo=UTC)  # the evening of the 3rd in New York
    room.seen("w1")
    room.later(hours=2)  # the 4th there, the same day in UTC
    room.seen("w1")
    assert [m.name for m in house_rules.regulars(room.snapshot, room.now)] == ["w1"]
    room.later(days=12)
    assert house_rules.regulars(room.snapshot, room.now)
    room.later(days=1)
    assert not house_rules.regulars(room.snapshot, room.now)


@pytest.mark.parametrize(("regulars", "needed"), [(0, 2), (6, 2), (7, 3), (21, 7), (40, 7)])
def test_a_communitys_quorum_is_a_third_of_its_regulars_within_limits(regulars: int, needed: int) -> None:
    room = VotingRoom("community")
    room.member("x")
    room.member("y")
    for n in range(regulars):
        room.member(f"r{n}", days=2)
    assert house_rules.quorum(room.snapshot, house_rules.in_force(room.snapshot.room), room.now) == needed


@pytest.mark.parametrize(("here", "away", "needed"), [(3, 0, 2), (4, 0, 3), (4, 3, 3), (5, 1, 3)])
def test_a_studios_quorum_is_more_than_half_of_those_not_away(here: int, away: int, needed: int) -> None:
    room = VotingRoom("studio")
    for n in range(here):
        room.member(f"h{n}", days=2)
    for n in range(away):
        room.member(f"a{n}", days=2, away=True)
    assert house_rules.quorum(room.snapshot, house_rules.in_force(room.snapshot.room), room.now) == needed


@pytest.mark.parametrize("preset", PRESETS)
def test_alone_in_a_room_ones_word_decides(preset: Preset) -> None:
    room = VotingRoom(preset)
    room.pitch("w1", "An idea")
    assert room.round.terms.quorum == 1


def test_the_second_person_who_opens_a_round_is_not_alone() -> None:
    room = VotingRoom("table")
    room.seen("w1")
    opened = house_rules.quorum(
        room.snapshot, house_rules.in_force(room.snapshot.room), room.now, room.person("w2").key
    )
    assert opened == 2


def test_a_first_act_is_remembered_and_a_look_is_not() -> None:
    room = VotingRoom()
    assert house_rules.seen(room.snapshot, room.by("w1"), acted=False) == ()
    room.seen("w1")
    assert room.snapshot.room.acted == 1
    assert room.snapshot.member(room.person("w1")).active_days == (START.date(),)  # type: ignore[union-attr]  # just seen
    assert house_rules.seen(room.snapshot, room.by("w1"), acted=True) == ()
    room.later(days=20)
    room.seen("w1")
    assert room.snapshot.room.acted == 1
    assert room.snapshot.member(room.person("w1")).active_days == (room.now.date(),)  # type: ignore[union-attr]  # seen before


def test_any_act_brings_back_who_was_away_and_a_look_does_not() -> None:
    room = VotingRoom()
    room.member("w1", away=True)
    assert house_rules.seen(room.snapshot, room.by("w1"), acted=False) == ()
    room.seen("w1")
    member = room.snapshot.member(room.person("w1"))
    assert member is not None
    assert not member.away


def test_a_changed_name_is_taken_over() -> None:
    room = VotingRoom()
    room.seen("w1")
    (row,) = house_rules.seen(room.snapshot, replace(room.by("w1"), name="Ada"), acted=False)
    assert row.name == "Ada"  # type: ignore[attr-defined]  # a Member


# ---- room hours

OFFICE = "Mon-Fri 09:00-18:00"


def local(zone: str, *at: int) -> datetime:
    return datetime(*at, tzinfo=ZoneInfo(zone))  # type: ignore[misc,arg-type]  # year to minute


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ((2026, 3, 3, 15, 0), (2026, 3, 4, 15, 0)),
        ((2026, 3, 6, 15, 0), (2026, 3, 9, 15, 0)),
        ((2026, 3, 7, 12, 0), (2026, 3, 9, 18, 0)),
        ((2026, 3, 3, 20, 0), (2026, 3, 4, 18, 0)),
        ((2026, 3, 27, 15, 0), (2026, 3, 30, 15, 0)),  # over the night when Berlin's clocks change
    ],
)
def test_a_room_day_is_counted_inside_room_hours(start: tuple[int, ...], end: tuple[int, ...]) -> None:
    ends = after(local("Europe/Berlin", *start), Length(room_days=1), "Europe/Berlin", OFFICE)
    assert ends == local("Europe/Berlin", *end).astimezone(UTC)


def test_without_hours_a_room_day_ends_at_the_same_time_tomorrow_though_the_clocks_change() -> None:
    start = local("America/New_York", 2026, 3, 7, 12, 0)
    ends = after(start, Length(room_days=1), "America/New_York", "")
    assert ends == local("America/New_York", 2026, 3, 8, 12, 0).astimezone(UTC)
    assert ends is not None
    assert ends - start.astimezone(UTC) == timedelta(hours=23)


def test_minutes_pass_as_they_pass() -> None:
    start = local("America/New_York", 2026, 3, 7, 12, 0)
    ends = after(start, Length(24 * 60), "America/New_York", OFFICE)
    assert ends is not None
    assert ends.astimezone(UTC) - start.astimezone(UTC) == timedelta(hours=24)


def test_what_has_no_length_has_no_end() -> None:
    assert after(START, Length(), "UTC", OFFICE) is None


def test_weekdays_go_round_the_week() -> None:
    assert parse_hours("Fri-Mon 10:00-24:00").days == {4, 5, 6, 0}
    assert parse_hours("Tue,Thu-Fri 10:00-12:00").days == {1, 3, 4}


_ZONES = st.sampled_from(
    ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]
)
_HOURS = st.sampled_from(["", OFFICE, "Sat-Sun 00:00-24:00", "Wed 23:00-23:30", "Mon-Sun 01:30-03:30"])
_INSTANTS = st.timedeltas(timedelta(0), timedelta(days=365)).map(lambda t: START + t)


@given(_INSTANTS, st.timedeltas(timedelta(0), timedelta(days=9)), st.integers(1, 4), _ZONES, _HOURS)
def test_room_days_end_later_inside_the_hours_and_keep_the_order_of_their_beginnings(
    start: datetime, gap: timedelta, days: int, zone: str, hours: str
) -> None:
    first = after(start, Length(room_days=days), zone, hours)
    second = after(start + gap, Length(room_days=days), zone, hours)
    more = after(start, Length(room_days=days + 1), zone, hours)
    assert first is not None
    assert second is not None
    assert more is not None
    assert first > start
    assert more > first
    assert second >= first - timedelta(hours=1)  # clocks that are set back show an hour twice
    open_hours = parse_hours(hours)
    wall = (first - timedelta(microseconds=1)).astimezone(ZoneInfo(zone))
    assert wall.weekday() in open_hours.days
