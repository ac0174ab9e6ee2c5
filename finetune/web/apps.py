from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "finetune.web"
    label = "web"
