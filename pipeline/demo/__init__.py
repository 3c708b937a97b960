"""A synthetic Pohjois-Savo with known truth, and local servers that speak like the real platforms.

`world` holds the dataclasses, `region` makes the true organisations, `sightings` what each platform sees of
them, `*_server` serve those views over real HTTP on loopback, `score` compares a catalogue with the truth.
Everybody and everything in it is invented; phone numbers and domains are reserved ones.
Nothing outside this package and the tests imports it.
"""
