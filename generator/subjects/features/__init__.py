"""The specification of the inputs: rules, contract, latency, and asks to producers."""
