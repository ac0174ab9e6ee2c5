from django.apps import AppConfig


class SendingConfig(AppConfig):
    name = "finetune.sending"
    label = "sending"
