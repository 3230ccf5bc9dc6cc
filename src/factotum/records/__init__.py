"""What exists: one file a record type, with its fields, rules, label and search words."""
