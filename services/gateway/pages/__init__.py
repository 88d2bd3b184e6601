"""The back office: pages for colleagues, which read and change everything through our own API."""
