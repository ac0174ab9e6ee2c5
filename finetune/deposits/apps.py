from django.apps import AppConfig


class DepositsConfig(AppConfig):
    name = "finetune.deposits"
    label = "deposits"
