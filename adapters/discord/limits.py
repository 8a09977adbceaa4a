"""Discord's limits that a renderer meets."""

from __future__ import annotations

CONTENT = 2_000
"""Characters of a message's content: https://discord.com/developers/docs/resources/message#create-message"""
LAYOUT_TEXT = 4_000
"""Characters of all text in a message of components: https://discord.com/developers/docs/components/reference"""
LAYOUT_COMPONENTS = 40
"""Components of such a message, nested ones included: https://discord.com/developers/docs/components/reference"""
ROW = 5
"""Buttons in a row: https://discord.com/developers/docs/components/reference#action-row"""
ROWS = 5
"""Rows under a plain message."""
CUSTOM_ID = 100
"""https://discord.com/developers/docs/components/reference#anatomy-of-a-component-custom-id"""
BUTTON_LABEL = 80
"""https://discord.com/developers/docs/components/reference#button"""
OPTION = 100
"""A menu's option: its label, value and description each: https://discord.com/developers/docs/components/reference#string-select"""
OPTIONS = 25
PLACEHOLDER = 150
RADIO = (2, 10)
"""Options of a radio group: https://discord.com/developers/docs/components/reference#radio-group"""
MODAL_TITLE = 45
"""https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-response-object-modal"""
MODAL_PARTS = 5
LABEL = 45
LABEL_ABOUT = 100
"""https://discord.com/developers/docs/components/reference#label"""
INPUT = 4_000
"""Characters of a form's field: https://discord.com/developers/docs/components/reference#text-input"""
FILES = 10
"""Files of a message."""
FILE_ABOUT = 1_024
"""Alt text of a file: https://discord.com/developers/docs/resources/message#attachment-object"""
COMMAND_NAME = 32
COMMAND_ABOUT = 100
COMMAND_OPTIONS = 25
COMMAND_CHOICES = 25
COMMAND_TOTAL = 8_000
"""Characters of a command's names, descriptions and values together:
https://discord.com/developers/docs/interactions/application-commands#slash-commands"""
COMMANDS = 100
MENUS = 15
"""Entries of a message's menu: https://discord.com/developers/docs/interactions/application-commands#registering-a-command"""
STRING_OPTION = 6_000
"""`max_length` of a string option: https://discord.com/developers/docs/interactions/application-commands#application-command-object"""
LOCALES = frozenset({
    "id", "da", "de", "en-GB", "en-US", "es-ES", "es-419", "fr", "hr", "it", "lt", "hu", "nl", "no", "pl", "pt-BR", "ro",
    "fi", "sv-SE", "vi", "tr", "cs", "el", "bg", "ru", "uk", "hi", "th", "zh-CN", "ja", "zh-TW", "ko",
})  # fmt: skip
"""https://discord.com/developers/docs/reference#locales"""
