"""Side-by-side measurements. The machines are shared, so only ratios within one run mean anything; below 1.5× is noise."""
