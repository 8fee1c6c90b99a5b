"""RawReport to CleanReport: repaired, cleaned, folded, with the raw place of every character."""
