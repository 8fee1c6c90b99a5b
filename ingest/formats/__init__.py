"""Delivered files to RawReport: found, decoded, parsed in a process of their own."""
