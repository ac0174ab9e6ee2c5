"""The counter: sell, take money, hold, take back; and finding anything by its code."""
