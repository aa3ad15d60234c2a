"""`kibitz doctor`: a data directory and its machine looked over, each finding with what to do about it."""
