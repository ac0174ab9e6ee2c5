"""Django's PostgreSQL, on servers that may change their part: see `base`, which Django looks for by that name."""
