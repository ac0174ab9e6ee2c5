"""What must be true of the books, a module for each kind of thing, a check for each promise."""
