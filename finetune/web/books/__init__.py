"""The books: registers, the proof of numbers, what is owed, and the GST returns."""
