"""The demo shop: two weeks of a small chain, played by the same actions that the counter uses."""
