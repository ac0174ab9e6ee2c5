"""Bills: the list, a bill as a document with all that happened to it, drafts, and what may be done with each."""
