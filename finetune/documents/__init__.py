"""Documents on paper: what an issued bill says, put into words, set and printed once."""
