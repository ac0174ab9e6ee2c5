from django.urls import URLPattern, path

from finetune.web.repairs import board, detail, listing, money, new, parts, photos, public, sharing

urlpatterns: list[URLPattern] = [
    path("repairs/", board.show_board),
    path("repairs/list/", listing.list_repairs),
    path("repairs/new/", new.take_in_page),
    path("repairs/customers/", new.match_customers),
    path("repairs/imei/", new.look_at_imei),
    path("repairs/<booking_id>/", detail.show_repair),
    path("repairs/<booking_id>/edit/", detail.edit_repair),
    path("repairs/<booking_id>/card/", detail.job_card),
    path("repairs/<booking_id>/move/", board.move),
    path("repairs/<booking_id>/cancel/", board.cancel),
    path("repairs/<booking_id>/parts/", parts.use_part),
    path("repairs/<booking_id>/photos/", photos.send_photos),
    path("repairs/<booking_id>/photos/<photo_id>/", photos.show_photo),
    path("repairs/<booking_id>/photos/<photo_id>/remove/", photos.take_photo_away),
    path("repairs/<booking_id>/deposit/", money.take_deposit_page),
    path("repairs/<booking_id>/deposits/<deposit_id>/refund/", money.give_deposit_back),
    path("repairs/<booking_id>/bill/", money.draft_of_estimate),
    path("repairs/<booking_id>/link/", sharing.renew_link),
    path("repairs/<booking_id>/link/end/", sharing.end_link),
    path("r/<token>/", public.status_page, name="public_repair"),
]
