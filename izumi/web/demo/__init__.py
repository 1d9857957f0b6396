"""The demo: an invented year of work, told as data and played through actions only."""
