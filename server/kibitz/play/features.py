"""The names that clients may report as used; anything else is refused, so that labels stay few."""

FEATURES: frozenset[str] = frozenset(
    {
        "spectate",
        "replay",
        "rematch",
        "chat",
        "chat_preset",
        "invite_copy",
        "invite_share",
        "invite_qr",
        "bot_game",
        "theme",
        "sound",
        "language",
        "keyboard",
        "offline_move",
        "lab",
        "resign",
    }
)
