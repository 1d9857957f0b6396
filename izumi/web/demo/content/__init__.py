"""The words and numbers of the demo: one TOML file for the world, one for each field of research."""
