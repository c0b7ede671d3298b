"""What ails an installation: each check a file in `checks`, asked by people and by the alerts."""
