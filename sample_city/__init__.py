"""いなば市: a fictional city that plays the upstream systems, day by day. The product never imports it."""
