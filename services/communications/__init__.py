"""Communication: one timeline per case, and what colleagues must know."""
