"""Names that are used from outside what vulture reads: frameworks, wires, entry points."""
