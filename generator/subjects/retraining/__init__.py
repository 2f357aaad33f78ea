"""When to retrain: options, triggers, policies, history, and the recommendation."""
