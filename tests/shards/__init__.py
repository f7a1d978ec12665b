"""Several installations behind one router, each with some of the bins: what the others notice when one fails."""
