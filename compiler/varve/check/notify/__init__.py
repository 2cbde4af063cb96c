"""Notifications: who is told what and when, and whether Alertmanager could do it."""
