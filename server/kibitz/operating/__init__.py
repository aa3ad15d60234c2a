"""What an operator does with a data directory: back it up, restore it, have it looked over, prune it."""
