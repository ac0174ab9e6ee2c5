from django.urls import URLPattern, path

from finetune.web.people import account, changes, customers, series, settings, users, webhooks

urlpatterns: list[URLPattern] = [
    path("customers/", customers.list_customers),
    path("customers/new/", customers.new_customer),
    path("customers/<customer_id>/", customers.show_customer),
    path("customers/<customer_id>/edit/", customers.edit_customer),
    path("account/", account.overview),
    path("account/password/", account.password),
    path("account/second-factor/", account.turn_on),
    path("account/second-factor/off/", account.turn_off),
    path("account/second-factor/codes/", account.new_codes),
    path("account/sessions/others/end/", account.end_all_others),
    path("account/sessions/<row_id>/end/", account.end_one),
    path("settings/", settings.index),
    path("settings/stores/", settings.list_stores),
    path("settings/stores/new/", settings.new_store),
    path("settings/stores/<row_id>/", settings.edit_store),
    path("settings/people/", users.list_users),
    path("settings/people/new/", users.new_user),
    path("settings/people/<row_id>/", users.edit_user),
    path("settings/people/<row_id>/second-factor/off/", users.end_second_factor),
    path("settings/series/", series.list_series),
    path("settings/series/new/", series.new_series),
    path("settings/series/<row_id>/", series.restart_series),
    path("settings/webhooks/", webhooks.list_webhooks),
    path("settings/webhooks/new/", webhooks.new_webhook),
    path("settings/webhooks/<row_id>/", webhooks.edit_webhook),
    path("settings/deliveries/", webhooks.list_deliveries),
    path("settings/deliveries/<row_id>/", webhooks.show_delivery),
    path("settings/changes/", changes.list_changes),
]
