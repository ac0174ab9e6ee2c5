"""e-invoices of issued documents: prepared, put into the outbox, and what the portal answered."""
