"""What every room uses and no shop word names: money, dates, refusals, transactions, lists, the API layer."""
