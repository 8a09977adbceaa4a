"""Discord as a platform: its client, and how calls, cards, forms and markup look there."""
