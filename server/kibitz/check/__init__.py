"""`kibitz check`: plays a game at random thousands of times and holds it to what the frame promises of it."""
