"""The frozen values that travel from stage to stage; their import order is the pipeline."""
