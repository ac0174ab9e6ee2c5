"""FineTune: bills, payments and stock for a repair-and-retail chain."""

__version__ = "0.1.0"
