from django.apps import AppConfig


class InventoryConfig(AppConfig):
    name = "finetune.inventory"
    label = "inventory"
