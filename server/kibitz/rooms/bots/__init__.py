"""Seats played by the server, and the processes in which their brains think."""
