"""FineTune: bills, payments and stock for a repair-and-retail chain."""
