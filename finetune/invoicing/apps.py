from django.apps import AppConfig


class InvoicingConfig(AppConfig):
    name = "finetune.invoicing"
    label = "invoicing"
