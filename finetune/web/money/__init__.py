"""Money: payments, refunds, credit notes, customers' credit and deposits, each a list with its documents."""
