"""Files looked at before they are audited: what they hold, and an `audit.toml` guessed from that."""
