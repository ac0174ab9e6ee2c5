"""`check --deploy`: what makes a shop unsafe on the open Internet, all of it at once."""

from finetune.ops.deploy_check.command import check_deploy

__all__ = ["check_deploy"]
