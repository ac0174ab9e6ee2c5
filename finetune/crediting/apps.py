from django.apps import AppConfig


class CreditingConfig(AppConfig):
    name = "finetune.crediting"
    label = "crediting"
