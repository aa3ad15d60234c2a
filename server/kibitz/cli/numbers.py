"""Numbers on a command line."""

import argparse


def above_zero(text: str) -> int:
    """A whole number from 1. Raises what argparse turns into one sentence."""
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)
