"""Random requests at a running shop, made from the published description. `make fuzz` runs it."""
