"""The whole system on one machine, with nothing but Python 3.11 and make."""
