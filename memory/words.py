"""Where words live: every column of the house that can hold what people (or a co-writer) wrote.

Erasing walks this list, and a test holds every TEXT column of the schema against it: a feature that brings a table or
a column says here what it holds, or the test fails. `quotes` holds words of others beside its own row's, so it is
looked through for quotations; `names` are what the room calls its things, and are touched only when they repeat
erased words from end to end.
"""

from __future__ import annotations

OWN: dict[str, tuple[str, ...]] = {
    "passages": ("opening", "closing", "content_note"),
    "passage_versions": ("text", "hidden_text"),
    "drafts": ("text",),
    "pitches": ("text", "hidden_text", "content_note"),
    "machine_texts": ("text", "hidden_text", "request", "reason"),
    "facts": ("name", "text"),
    "reports": ("words", "reason", "answer"),
    "notes": ("text",),
    "asks": ("text", "name"),
    "held": ("text",),
    "prompts": ("text", "hidden_text"),
    "prompt_ideas": ("text",),
    "answers": ("opening",),
    "answer_versions": ("text", "hidden_text"),
}
"""Rows that are somebody's words: emptied when they are erased by their id."""

QUOTES: dict[str, tuple[str, ...]] = {
    "desk": ("args", "outcome"),
    "tidings": ("fields",),
    "acts": ("text", "detail"),
    "members": ("block_note",),
    "rounds": ("reason",),
}
"""Rows that quote: receipts, tidings, the ledger's plain side, notes."""

NAMES: dict[str, tuple[str, ...]] = {
    "stories": ("title", "logline", "voice", "tense", "language"),
    "scenes": ("title", "place"),
    "rounds": ("question",),
    "rooms": ("title",),
}
"""What the room calls its things."""

NO_WORDS: dict[str, tuple[str, ...]] = {
    "rooms": ("platform", "space", "channel", "thread", "parent_id", "preset", "rules", "zone", "hours", "machine_on_by",
              "spent_month", "stopped_scene", "resume_by", "role_map"),
    "members": ("person", "name", "role", "active_days", "consent", "blocked_by", "reports_seen", "groups",
                "zone", "notify"),
    "stories": ("status", "created_by", "branch", "scene_id", "dealt"),
    "scenes": ("story_id", "branch", "order_key", "status"),
    "passages": ("story_id", "branch", "scene_id", "order_key", "status", "author", "pitch_id", "veil"),
    "passage_versions": ("passage_id", "spans", "by", "machine_text_id"),
    "drafts": ("story_id", "person", "kind", "reason", "state", "base_passage_id", "machine_text_id", "call"),
    "machine_texts": ("story_id", "asker", "mode", "provider", "model", "persona", "label", "shown", "state", "stop",
                      "base_passage_id", "pitch_id", "veil"),
    "rounds": ("story_id", "branch", "letter", "part", "terms", "opened_by", "seed", "finalists", "result", "winner_id",
               "runner_up_id", "tally", "decided_how", "decided_by", "closed_by"),
    "pitches": ("story_id", "round_id", "author", "author_name", "status", "carried_from", "machine_text_id", "draft_id",
                "veil", "veiled_from"),
    "ballots": ("round_id", "person", "choices", "part"),
    "turn_states": ("order", "current", "passed", "taken"),
    "pens": ("holder", "pitch_id", "offered_to", "base_passage_id"),
    "facts": ("story_id", "branch", "kind", "by", "status", "source_passage_id", "replaces", "source_message", "made_from"),
    "reports": ("reporter", "about", "subject", "author", "author_name", "state", "answered_by"),
    "tidings": ("person", "key"),
    "notes": ("story_id", "by", "state", "resolved_by", "passage_id", "scene_id", "writer", "message"),
    "asks": ("kind", "asker", "author", "author_name", "message", "state", "fact_kind"),
    "held": ("person", "message", "author", "name", "state"),
    "errands": ("person", "kind", "subject"),
    "schedules": ("at", "zone", "by", "next_day", "reckoned_with", "weekdays", "anchor", "kind", "genre", "source", "status",
                  "why", "last_day", "skipped", "untold"),
    "prompts": ("kind", "genre", "source", "status", "by", "schedule_id", "day", "missed", "measure", "card_id", "idea_id",
                "machine_text_id", "label", "wished", "instead", "picks", "veil"),
    "prompt_ideas": ("by", "status"),
    "prompt_orders": ("schedule_id", "kind", "genre", "state", "machine_text_id", "why"),
    "answers": ("prompt_id", "person", "name", "status", "veil"),
    "answer_versions": ("answer_id", "prompt_id", "person"),
    "answer_ballots": ("prompt_id", "person", "choices"),
    "goals": ("person", "story_id", "status"),
    "digests": ("zone", "status", "next_day"),
    "sprints": ("by", "story_id", "state"),
    "sprint_runners": ("sprint_id", "person"),
    "erasures": ("kind",),
    "chains": ("chain", "hash"),
    "ledger": ("kind", "subjects", "chain", "actor_commitment", "text_commitment", "detail_commitment", "previous", "hash"),
    "acts": ("actor_salt", "actor", "text_salt", "detail_salt", "reversed_by"),
    "desk": ("source_id", "person", "command", "state"),
    "posts": ("kind", "subject", "refs", "nonce", "state", "content_hash", "owner"),
    "processes": ("platforms",),
    "shards": ("owner",),
    "vault": ("key", "sealed"),
    "due": ("kind", "subject", "rule", "zone", "claimed_by"),
}  # fmt: skip
"""Ids, kinds, states, names of people: nothing that anybody wrote. (`id` and `room_id` go without saying.)"""
