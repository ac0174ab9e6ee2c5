"""Money taken on a booking before it is billed: receipt vouchers, their set-off in bills, refund vouchers."""
