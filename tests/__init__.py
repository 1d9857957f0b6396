"""Tests of the whole, and what tests of the rooms share."""
