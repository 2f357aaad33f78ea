"""A program of its own: takes a model file and rows as frames on standard input, gives predictions as frames.

It runs in a process of its own, with the Python that the model needs: nothing here is newer than Python 3.8, and
nothing imports another part of the package.
"""
