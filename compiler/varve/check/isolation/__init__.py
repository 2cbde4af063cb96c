"""Checks that isolate tenants of one server: what each may connect to, how much it defines, and what that costs."""
