"""Stock by store: ledgers, entries, serials, and the log of prices."""
