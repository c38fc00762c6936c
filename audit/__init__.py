"""What was shown to whom: the access log, its hash chain, and the proof that nobody changed it."""
