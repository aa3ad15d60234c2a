"""Sign-in by an OpenID Connect provider: the authorization code flow with PKCE, and what its word is worth.

Who may see what is decided elsewhere; this only finds out what the provider calls somebody.
"""
