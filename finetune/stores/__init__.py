"""The shops of the chain, each with the GSTIN it bills under."""
