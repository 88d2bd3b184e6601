"""How a service runs: one transaction per step, events in and out, slow work, HTTP doors."""
