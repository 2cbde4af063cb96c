"""Who compiles many units at the same time: processes of this machine, or the workers of a cluster."""
