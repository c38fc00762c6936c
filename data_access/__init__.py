"""From files to frames: the contract, intake, snapshots, derived tables, and the one gate of data."""
