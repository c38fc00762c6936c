"""What officers write: commands with their rules, and the ledger that keeps every event for ever."""
