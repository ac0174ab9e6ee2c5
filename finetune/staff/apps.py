from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "finetune.staff"
    label = "staff"
