"""The figures that documents state: which hold, which contradict one another."""
