"""Compiling many units at the same time, in processes of this machine or by the workers of a cluster."""
