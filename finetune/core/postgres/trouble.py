"""Conditions to expect of a database on a shop's own computer. Each message says what to do next."""


class DatabaseTrouble(Exception):
    """The database cannot be started or reached. The text is for the person at the keyboard."""


class AlreadyRunning(DatabaseTrouble):
    """Another process holds this data folder. A retry helps once that process has ended."""
