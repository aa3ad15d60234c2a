"""From events to states, and what may follow what. Knows no clock and no viewer."""
