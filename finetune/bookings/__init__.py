"""The one living record: a device that came in, or a sale at the counter."""
