"""Chapter 9: getting the data in.

``merging`` plans the preparation of a sparse state; ``states`` builds its
circuit, and that of a whole vector of tensor powers.
"""
