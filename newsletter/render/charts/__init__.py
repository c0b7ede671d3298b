"""Charts, one file each; see `newsletter.render.chart`."""
