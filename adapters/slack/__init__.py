"""Slack as a platform: the whole room behind `/room`, cards as Block Kit messages, forms as modals, an App Home."""
