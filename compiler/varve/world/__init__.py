"""Everything that is not us: git, disk, environment, processes."""
