from django.urls import URLPattern, path

from finetune.web.day import earlier, pages

urlpatterns: list[URLPattern] = [
    path("day/", pages.show_day),
    path("day/open/", pages.open_drawer),
    path("day/earlier/", earlier.list_days),
    path("day/<session_id>/", pages.show_report),
    path("day/<session_id>/close/", pages.close_day),
    path("day/<session_id>/movements/", pages.move),
]
