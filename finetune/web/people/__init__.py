"""Pages of customers, users, stores and settings."""
