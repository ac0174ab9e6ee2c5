from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "finetune.reports"
    label = "reports"
