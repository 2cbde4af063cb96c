"""Notifications: who is notified of what and when, and whether Alertmanager could do it."""
