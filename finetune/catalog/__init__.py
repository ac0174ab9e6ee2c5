"""What is sold: categories, products with HSN and rate, variants with their prices."""
