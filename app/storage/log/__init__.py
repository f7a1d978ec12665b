"""The log: captures and user settings in order, durable before they are acknowledged. It does not interpret
captures."""
