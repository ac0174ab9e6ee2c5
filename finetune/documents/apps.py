from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "finetune.documents"
    label = "documents"
