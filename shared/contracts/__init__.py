"""What the services say to each other: event classes, topics, merge fields, code lists."""
