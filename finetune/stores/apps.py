from django.apps import AppConfig


class StoresConfig(AppConfig):
    name = "finetune.stores"
    label = "stores"
