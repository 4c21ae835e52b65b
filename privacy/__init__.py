"""How people are protected: sealing, keyed lookup, audit, private links, limits, redaction. Knows no requests."""
