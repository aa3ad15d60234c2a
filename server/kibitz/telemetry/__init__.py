"""What is worth knowing afterwards and worth no move: conflicts, incidents, refusals, the use of features.

Written behind, in bulk, by a thread of its own, into a file of its own. Losing all of it harms nothing:
a full queue drops and counts, a disk that fails is tried again later, a server without it plays on.
"""
