"""The register of risks, with evidence and expected loss."""
