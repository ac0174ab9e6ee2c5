from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "finetune.catalog"
    label = "catalog"
