"""The JSON face, `/api/v1`: one module a noun, shapes as typed structs, errors as problem+json (RFC 9457)."""
