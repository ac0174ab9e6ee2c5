"""One wrong on purpose for every check of the books: what somebody with the superuser's hands could do."""

from tests.reports.sabotage import bills, drawers, money, stock

ALL = (
    *bills.NUMBERS,
    *bills.BILLS,
    *bills.LINES,
    *money.MONEY,
    *money.CREDIT,
    *money.DEPOSITS,
    *drawers.DRAWERS,
    *stock.STOCK,
    *stock.SERIALS,
    *stock.TRAIL,
)
