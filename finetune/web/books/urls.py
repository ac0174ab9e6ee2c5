from django.urls import URLPattern, path

from finetune.web.books import overview, registers, returns

urlpatterns: list[URLPattern] = [
    path("reports/", overview.show_reports),
    path("reports/numbers/", overview.show_numbers),
    path("reports/sales/", registers.show_sales),
    path("reports/day-book/", registers.show_day),
    path("reports/stock-value/", registers.show_stock_value),
    path("reports/dues/", registers.show_dues),
    path("reports/gstr-1/", returns.show_gstr1),
    path("reports/gstr-1/problems/", returns.show_problems),
    path("reports/gstr-3b/", returns.show_gstr3b),
]
