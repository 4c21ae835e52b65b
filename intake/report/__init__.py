"""What the requests add up to: figures for managers, with small numbers hidden, and when somebody should be on.

`reading` asks the database, everything else here is pure (R-O4).
"""
