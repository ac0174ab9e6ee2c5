from django.apps import AppConfig


class DrawersConfig(AppConfig):
    name = "finetune.drawers"
    label = "drawers"
