"""The day end: the drawer of a store, its count, its Z report, and the days before."""
