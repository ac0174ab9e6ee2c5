"""People: users, their roles and stores, log-in, tokens, and the table of who may do what."""
