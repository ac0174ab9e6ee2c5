"""Pages of goods: stock, movements, units, approvals, catalogue, labels."""
