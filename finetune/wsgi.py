"""What granian serves."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "finetune.settings")
django.setup(set_prefix=False)

from finetune.core.gateway import Gateway  # noqa: E402

application = Gateway()
