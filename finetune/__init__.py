"""FineTune: bills, payments and stock for a repair-and-retail chain."""

__version__ = "0.2.0"
