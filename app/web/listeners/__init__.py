"""Listeners: the WebSocket that sends captures to a program, their list, and the part of the page of forwards."""
