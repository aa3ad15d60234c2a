"""How fresh and how whole the numbers are."""
