"""`python -m finetune`."""

from finetune.ops.cli import main

main()
