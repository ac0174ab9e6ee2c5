"""Nobody in: who may do what with whose, tokens, sessions, guessing, secrets. Generated from the API itself."""
