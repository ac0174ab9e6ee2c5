from django.apps import AppConfig


class InvoicingConfig(AppConfig):
    name = "finetune.invoicing"
    label = "invoicing"

    def ready(self) -> None:
        from finetune.invoicing import checks  # noqa: F401 - registers the warning
