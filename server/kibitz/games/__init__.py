"""The bundled games and where further ones are found."""
