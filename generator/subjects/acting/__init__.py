"""What acting on a prediction costs: thresholds, tiers, and each action beside deploying."""
