"""Inzage: everything of one resident as a ZIP (AVG art. 15), put together by a job."""
