"""The names that clients may report as used; anything else is refused, so that labels stay few.

docs/features.md says what each one counts.
"""

FEATURES: frozenset[str] = frozenset(
    {
        "bot_game",
        "chat",
        "chat_preset",
        "command",
        "embed",
        "emote",
        "help",
        "invite_copy",
        "invite_qr",
        "invite_share",
        "keyboard",
        "lab",
        "language",
        "leaderboard",
        "mute",
        "notifications",
        "offline_move",
        "profile",
        "quick_match",
        "rematch",
        "replay",
        "replay_fork",
        "resign",
        "sound",
        "spectate",
        "theme",
        "update",
    }
)
