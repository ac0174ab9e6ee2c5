"""Buyers: who they are, how they are reached, under which GSTIN they buy."""
