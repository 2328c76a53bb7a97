"""Plans and drift as one HTML file that needs nothing else: no network, no fonts, no framework.

Text from vendors and users is made visible first, and escaped by the template engine; a content security policy lets
no script and no style run but the two of this folder, known by their digests.
"""
