"""Hyvinvointitarjotin.fi: social and health associations of Pohjois-Savo that can receive new people.

Its cards are read as all actor cards are (`cards`); what is its own stands here: its addresses, its three axes of
search, and that its contact form is never touched.
"""
