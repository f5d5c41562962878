"""The pollbook's core: what a device and a server must agree on, byte for byte. No Django, no clock, no I/O.

``cbor`` bytes · ``keys`` devices and signatures · ``events`` one deed · ``segments`` signed runs of deeds · ``merge``
the union of everything heard · ``clock`` order for the eye · ``close`` the evening's arithmetic · ``voters`` keys and
filters · ``packets`` what a station is given · ``snapshot`` what fits a QR code · ``entitlement`` who gets what when.
docs/pollbook-format.md says the same in prose; pollbook/vectors/ holds the bytes that both twins are tested on.
"""
