"""Examples round the system: made-up residents, and what another system may build on its events."""
