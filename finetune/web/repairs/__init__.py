"""Pages of repairs: the bench, intake, one repair, and the customer's view of it."""
