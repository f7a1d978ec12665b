"""Masking: values of captures are shown with • in place of their characters."""
