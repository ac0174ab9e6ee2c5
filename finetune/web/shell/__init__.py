"""What every page of the shop shares: who visits, the menu, forms, lists."""
