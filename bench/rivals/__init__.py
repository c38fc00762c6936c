"""The managers' questions asked of somebody else: PostgreSQL and pandas, from the same published tables."""
