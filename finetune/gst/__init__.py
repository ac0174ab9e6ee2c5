"""Indian GST as pure functions: no database, no clock, no framework. Dates and facts are passed in."""
