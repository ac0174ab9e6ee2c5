"""What leaves the shop after a document: e-mail with the PDF, a text to share, signed webhooks."""
