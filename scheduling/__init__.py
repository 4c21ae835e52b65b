"""The ledger of places, and of when somebody is on to call people. Knows no requests."""
