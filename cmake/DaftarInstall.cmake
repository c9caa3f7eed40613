# Filled in below: install rules and the exported package.
