"""The log: what came and what users decided, in order, durable before it is acknowledged. It understands nothing."""
