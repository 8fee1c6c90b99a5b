"""What the bot must remember over a restart: one SQLite file for each bot, one store for each kind of thing in it.

Guarantees: every change is one transaction and survives the death of the process; what is personal is deleted after
the retention days, or at once when its owner asks. Times are seconds since the epoch. Calls take well under a
millisecond and are made on the event loop; `Retention.tidy` and `Database.checkpoint`, which may wait for the disk,
are for another thread.
"""
