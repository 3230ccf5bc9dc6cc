"""A stateful X on a port of its own, to build and test against.

It shares no code with the rest of Factotum: it checks what Factotum sends, and code that checks
itself finds nothing. Signatures and grants are verified by oauthlib's server side.
"""
