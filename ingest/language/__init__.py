"""Chinese as it is written: tables of words in `data/`, and the recognisers that are made of them.

Everything else in the product asks here; no other module writes a unit, a rank, a post or a question word.
"""
