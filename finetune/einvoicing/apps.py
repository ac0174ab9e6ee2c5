from django.apps import AppConfig


class EinvoicingConfig(AppConfig):
    name = "finetune.einvoicing"
