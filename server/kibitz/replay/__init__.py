"""`kibitz replay`: what the journal has of a room, in words, proved again, or as a document."""
