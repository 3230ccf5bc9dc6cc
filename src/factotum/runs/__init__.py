"""Drivers that perform what a walk asks for, and what they keep: journal, effect ledger, chats."""
