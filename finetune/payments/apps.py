from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "finetune.payments"
    label = "payments"
