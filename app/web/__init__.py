"""The pages, the API and the WebSockets of smsbin.

Threat model: pages and API require the access token (P8), a known Host and, for anything that changes something, an
Origin of this server. Captured data is treated as hostile in every template (P7).
"""
