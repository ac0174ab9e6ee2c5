from django.apps import AppConfig


class RefundsConfig(AppConfig):
    name = "finetune.refunds"
    label = "refunds"
