from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "finetune.customers"
    label = "customers"
