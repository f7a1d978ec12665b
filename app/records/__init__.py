"""Files in which providers list their messages: recognised by their columns, and read row by row."""
