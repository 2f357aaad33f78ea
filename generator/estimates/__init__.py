"""Takes sums of the ledger, gives estimates with their intervals: what the rooms of all subjects share."""
