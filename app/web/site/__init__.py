"""What every page and API call shares: access, headers, forms, inputs, templates, addresses. It imports no noun."""
