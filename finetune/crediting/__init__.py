"""Corrections of issued bills: credit notes, and the credit that a customer has with the shop."""
