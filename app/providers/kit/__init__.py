"""What the data sheets share: readers of forms and JSON, parties, times, bounds, and parts of composed requests."""
