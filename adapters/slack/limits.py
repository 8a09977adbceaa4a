"""Slack's limits that a renderer meets.

Where Slack's pages say nothing, the limit is that of the SDK's own validators (slack_sdk/models/blocks).
"""

from __future__ import annotations

TEXT = 4_000
"""Characters of a message's `text` that `chat.update` still takes; a post would take 40,000.
https://docs.slack.dev/reference/methods/chat.update#errors (msg_too_long)"""
STREAM_TEXT = 12_000
"""Markdown of one call that streams; here of one stream, as of one message:
https://docs.slack.dev/reference/methods/chat.appendStream"""
BLOCKS = 50
"""Blocks of a message: https://docs.slack.dev/reference/block-kit/blocks"""
BLOCKS_WEIGHT = 12_000
"""Characters of all blocks of a message as JSON. Slack documents none, but refuses about 13,200 of them with
`msg_blocks_too_long`: https://github.com/slackapi/bolt-js/issues/2509"""
VIEW_BLOCKS = 100
"""Blocks of a modal or an App Home: https://docs.slack.dev/reference/block-kit/blocks"""
HEADER = 150
"""https://docs.slack.dev/reference/block-kit/blocks/header-block"""
SECTION_TEXT = 3_000
"""Also of any other text object: https://docs.slack.dev/reference/block-kit/blocks/section-block"""
ACTIONS = 25
"""Elements of an actions block: https://docs.slack.dev/reference/block-kit/blocks/actions-block"""
BUTTON_LABEL = 75
"""https://docs.slack.dev/reference/block-kit/block-elements/button-element"""
ACTION_ID = 255
"""Also of `block_id` and `callback_id`."""
OPTION = 75
"""An option's text, value and description each (newer pages say 150 for the value):
https://docs.slack.dev/reference/block-kit/composition-objects/option-object"""
CHECKBOXES = 10
"""Options of checkboxes or radio buttons: https://docs.slack.dev/reference/block-kit/block-elements/checkboxes-element"""
OPTIONS = 100
"""Options of a select menu: https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element"""
PLACEHOLDER = 150
CONFIRM_TITLE = 100
"""https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object"""
CONFIRM_TEXT = 300
CONFIRM_BUTTON = 30
VIEW_TITLE = 24
"""Also of a modal's two buttons: https://docs.slack.dev/reference/views/modal-views"""
METADATA = 3_000
"""Characters of a view's `private_metadata`."""
LABEL = 2_000
"""Also of a hint: https://docs.slack.dev/reference/block-kit/blocks/input-block"""
INPUT = 3_000
"""https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element"""
FILE_ABOUT = 1_000
"""Alt text of a file: https://docs.slack.dev/reference/methods/files.getUploadURLExternal"""
SUGGESTIONS = 100
"""Options that a suggestion request may be answered with:
https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element#external_select"""
APP_NAME = 35
"""https://docs.slack.dev/reference/app-manifest, here and below."""
APP_ABOUT = 140
APP_LONG = (175, 4_000)
BOT_NAME = 80
COMMAND_ABOUT = 2_000
USAGE_HINT = 1_000
SHORTCUTS = 10
SHORTCUT_NAME = 24
SHORTCUT_ABOUT = 150
