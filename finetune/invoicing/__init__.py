"""Invoices: drawn up by rules, numbered last, frozen once issued; and what is owed on them."""
