from django.apps import AppConfig


class BookingsConfig(AppConfig):
    name = "finetune.bookings"
    label = "bookings"
