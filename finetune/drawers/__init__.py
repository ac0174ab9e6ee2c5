"""The drawer of a store: opened with a float, counted and closed with a Z report. Its tables are in payments, since
all money falls into a session when it is written."""
