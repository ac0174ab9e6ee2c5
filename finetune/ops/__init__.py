"""The command line: run the shop, seed the demo, check the books."""
