from django.apps import AppConfig


class OpsConfig(AppConfig):
    name = "finetune.ops"
    label = "ops"
