"""What people see: thin views that ask the use-cases and draw the answer."""
