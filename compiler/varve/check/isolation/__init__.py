"""What keeps tenants of one server apart: where each may reach, how much it brings, and what that costs."""
