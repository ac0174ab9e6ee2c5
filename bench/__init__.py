"""How much the shop costs, held against the least that the same rows cost."""
