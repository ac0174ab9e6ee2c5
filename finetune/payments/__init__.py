"""Money taken: payments in four modes, and the sale that bills and takes money at once."""
