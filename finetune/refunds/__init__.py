"""Money given back on payments: never more than was taken, and by the tender that it came in."""
